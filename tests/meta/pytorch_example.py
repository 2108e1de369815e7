#!/usr/bin/env python3
"""Runs README's way from PyTorch to a program, as printed: exports, configures, builds, runs.

usage: pytorch_example.py README SOURCE BUILD COMPILER [PROGRAMS]

PROGRAMS is the folder of hone-run and hone-inspect: with them the exported network is compared with PyTorch's, and the
guide's state dict is looked into. Without PyTorch the export is left out (and said so): tests/imported/data/small.onnx
stands in for its file, the rest runs as printed.
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


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


def compare(folder, programs):
    """The exported file by hone-run on a random input, with what PyTorch made of it."""
    command = [programs / "hone-run", "kws.onnx", "--input", "x.npy", "--output", "got.npy"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    judge = ("import numpy as n; a, b = n.load('got.npy'), n.load('y.npy'); "
             "assert a.shape == b.shape and abs(a - b).max() <= 1e-5 * abs(b).max(), (a, b)")
    subprocess.run([sys.executable, "-c", judge], cwd=folder, check=True)
    print("hone-run's result is PyTorch's")


def export(text, guide, folder, programs):
    """README's lines in Python, then the guide's three that write a state dict."""
    python = block(text, "python") + ("import numpy\nx = torch.randn(1, 1, 49, 10)\nnumpy.save('x.npy', x.numpy())\n"
                                      "numpy.save('y.npy', net(x).detach().numpy())\n")
    save = re.search(r"^```python\n(.*?save_file.*?)^```", guide, re.S | re.M)[1]
    if has("safetensors"):
        python += save
    else:
        print("not run, for there is no module safetensors here: the lines that write a state dict")
    subprocess.run([sys.executable, "-c", python], cwd=folder, check=True)
    if programs is None:
        print("not run, for there are no programs here: the comparison with PyTorch")
        return
    compare(folder, programs)
    for file in folder.glob("*.safetensors"):
        said = subprocess.run([programs / "hone-inspect", file], check=True, capture_output=True, text=True).stdout
        if not all(re.search(rf"^{re.escape(name)} +f32", said, re.M) for name in ("0.weight", "0.bias", "4.weight")):
            sys.exit(f"{file} does not hold the state dict: {said}")
        print("the state dict is read")


def main():
    readme, source, build, compiler = sys.argv[1:5]
    programs = pathlib.Path(sys.argv[5]).resolve() if len(sys.argv) > 5 else None
    text, guide = pathlib.Path(readme).read_text(), (pathlib.Path(source) / "docs/guide.md").read_text()
    lines = sum(len([line for line in block(text, kind).splitlines() if line]) for kind in ("python", "cmake", "c++"))
    if lines >= 20:
        sys.exit(f"README's example has {lines} lines, under 20 were promised")
    folder = pathlib.Path(build)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if has("torch"):
        export(text, guide, folder, programs)
    else:
        print("not run, for there is no PyTorch here: the export, the state dict, and the comparison")
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
