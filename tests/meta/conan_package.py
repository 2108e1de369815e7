#!/usr/bin/env python3
"""Creates and tests the Conan package offline: its dependencies come from packaging/conan, a local recipes index whose
recipes stand for the system's packages. Conan itself comes from PyPI; without PyPI the test is skipped (77).

usage: conan_package.py SOURCE_DIR WORK_DIR COMPILER
"""
import os
import pathlib
import subprocess
import sys
import venv

SKIPPED = 77


def conan_in(work):
    """The path of Conan in a virtual environment under `work`; nothing if PyPI cannot be reached."""
    conan = work / "venv" / "bin" / "conan"
    if not conan.exists():
        venv.create(work / "venv", with_pip=True, clear=True)
        pip = [work / "venv" / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "conan>=2.12,<3"]
        if subprocess.run(pip).returncode:
            return None
    return conan


def main():
    source, work, compiler = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    conan = conan_in(work)
    if conan is None:
        print("skipped: Conan cannot be had from PyPI (the message is above)")
        return SKIPPED
    environment = {**os.environ, "CONAN_HOME": str(work / "home"), "CXX": compiler, "CC": compiler}

    def run(*arguments):
        print("conan", *arguments, flush=True)
        subprocess.run([conan, *arguments], env=environment, check=True)

    run("profile", "detect", "--force")
    run("remote", "remove", "*")
    run("remote", "add", "system", source / "packaging" / "conan", "--type", "local-recipes-index", "--force")
    run("create", source, "--build=missing", "-s", "compiler.cppstd=20",
        *(flag for component in ("train", "store", "io", "ext") for flag in ("-o", f"hone/*:{component}=True")),
        "-c", "tools.cmake.cmaketoolchain:generator=Ninja",
        "-c", "tools.cmake.cmaketoolchain:user_presets=",
        "-c", f"tools.cmake.cmake_layout:test_folder={work / 'test_package'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
