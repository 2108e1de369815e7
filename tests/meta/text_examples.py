#!/usr/bin/env python3
"""Compiles the C++ examples of a text, so that what a newcomer copies works.

usage: readme.py FILE COMPILER FLAG...

The ```cpp blocks of a text are one program, in their order, at namespace scope. From the first line that declares an
engine on, a block is the body of a function that is given `weights` and `pixels`.
"""
import pathlib
import re
import subprocess
import sys

BODY = "void use{}(hone::tensor_set const& weights, std::span<float const> pixels) {{ (void)weights, (void)pixels;\n"


def program(text, name):
    """The examples, numbered as the lines of the text are; how many there are."""
    blocks = list(re.finditer(r"^```cpp\n(.*?)^```", text, re.S | re.M))
    code = ""
    for i, block in enumerate(blocks):
        head, statements = re.match(r"(.*?)(^hone::engine<.*)?\Z", block[1], re.S | re.M).groups()
        line = text.count("\n", 0, block.start()) + 2
        code += f'#line {line} "{name}"\n{head}'
        if statements:
            code += BODY.format(i) + f'#line {line + head.count(chr(10))} "{name}"\n{statements}}}\n'
    return code, len(blocks)


def failure(text, name, command):
    """What the compiler says of the examples, if they do not compile or there are none."""
    code, count = program(text, name)
    if count == 0:
        return f"{name} has no example"
    done = subprocess.run([*command, "-fsyntax-only", "-Wno-unused-variable", "-x", "c++", "-"], input=code,
                          capture_output=True, text=True)
    return done.stderr if done.returncode else None


def main():
    if said := failure(pathlib.Path(sys.argv[1]).read_text(), sys.argv[1], sys.argv[2:]):
        print(f"the examples of {sys.argv[1]} do not compile:\n{said}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
