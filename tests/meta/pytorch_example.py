#!/usr/bin/env python3
"""Runs README's way from PyTorch to a program, as printed: exports, configures, builds, runs.

usage: pytorch_example.py README SOURCE BUILD COMPILER

Without PyTorch the export is left out (and said so): tests/imported/data/small.onnx stands in for its file, the rest runs as printed.
"""
import pathlib
import re
import shutil
import subprocess
import sys


def block(text, language):
    """The first block of that language in the section on PyTorch."""
    section = text[text.index("## From PyTorch"):]
    return re.search(rf"^```{re.escape(language)}\n(.*?)^```", section, re.S | re.M)[1]


def has_torch():
    return subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode == 0


def main():
    readme, source, build, compiler = sys.argv[1:5]
    text = pathlib.Path(readme).read_text()
    lines = sum(len([line for line in block(text, kind).splitlines() if line]) for kind in ("python", "cmake", "c++"))
    if lines >= 20:
        sys.exit(f"README's example has {lines} lines, under 20 were promised")
    folder = pathlib.Path(build)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if has_torch():
        subprocess.run([sys.executable, "-c", block(text, "python")], cwd=folder, check=True)
    else:
        print("no PyTorch here: the export was not run")
        shutil.copy(pathlib.Path(source) / "tests/imported/data/small.onnx", folder / "kws.onnx")
    (folder / "listen.cpp").write_text(block(text, "c++"))
    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(listen LANGUAGES CXX)\nset(HONE_BUILD_TOOLS ON)\n"
        f'add_subdirectory("{source}" hone)\n' + block(text, "cmake"))
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    subprocess.run(["cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}",
                    *launcher], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder / "build", "--target", "listen"], check=True)
    code = subprocess.run([folder / "build/listen"]).returncode
    if code not in (0, 1):
        sys.exit(f"listen ended with {code}")


if __name__ == "__main__":
    main()
