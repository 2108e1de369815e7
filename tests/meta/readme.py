#!/usr/bin/env python3
"""Compiles the C++ examples of a text, so that what a newcomer copies works.

usage: readme.py FILE COMPILER FLAG...

A block of ```cpp stands at namespace scope; from the first line that declares an engine on, it is the body of a function
that is given `weights` and `pixels`.
"""
import pathlib
import re
import subprocess
import sys

BODY = "void use(hone::tensor_set const& weights, std::span<float const> pixels) {\n(void)weights, (void)pixels;\n"


def program(block):
    head, statements = re.match(r"(.*?)(^hone::engine<.*)?\Z", block, re.S | re.M).groups()
    return head + (BODY + statements + "}\n" if statements else "")


def failures(text, command):
    """How many examples there are, and what the compiler says of those that do not compile."""
    blocks = re.findall(r"^```cpp\n(.*?)^```", text, re.S | re.M)
    said = []
    for block in blocks:
        done = subprocess.run([*command, "-fsyntax-only", "-Wno-unused-variable", "-x", "c++", "-"], input=program(block),
                              capture_output=True, text=True)
        if done.returncode:
            said.append(f"{block}\n{done.stderr}")
    return len(blocks), said


def main():
    count, failed = failures(pathlib.Path(sys.argv[1]).read_text(), sys.argv[2:])
    for one in failed:
        print(f"this example of {sys.argv[1]} does not compile:\n{one}")
    print(f"{count} examples, {len(failed)} failed")
    return bool(failed) or count == 0


if __name__ == "__main__":
    sys.exit(main())
