#!/usr/bin/env python3
"""Compiles a file that must not compile, and reads the compiler's answer.

usage: compile_fail.py FILE COMPILER FLAG...

Every line `// expect: REGEX` of the file must match what the compiler prints; `// expect-gcc:` and `// expect-clang:`
count for one compiler. `// errors: N` bounds the number of errors: one mistake, no cascade. With -DHONE_FIXED the same
file must compile, so that it fails for the reason it shows and no other.
"""
import os
import pathlib
import re
import subprocess
import sys


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return done.returncode, done.stdout + done.stderr


def compile_(file, command, *more):
    return run(*command, *more, "-c", "-o", "/dev/null", file)


def problem(file, command):
    """What is wrong with the file, and what the compiler said; or nothing."""
    text = pathlib.Path(file).read_text()
    status, said = compile_(file, command)
    family = "clang" if "clang" in run(command[0], "--version")[1] else "gcc"
    expected = re.findall(rf"^// expect(?:-{family})?: *(.*\S)", text, re.M)
    if not re.search(r"^// expect: *\S", text, re.M):
        return "no line `// expect: REGEX`", ""
    if status == 0:
        return "it compiles, but must not", said
    for pattern in expected:
        if not re.search(pattern, said):
            return f"the compiler's answer does not match: {pattern}", said
    errors = len(re.findall(r"^\S*:\d+:\d+: (?:fatal )?error:", said, re.M))
    for limit in re.findall(r"^// errors: *(\d+)", text, re.M):
        if errors > int(limit):
            return f"{errors} errors where {limit} would do", said
    status, said = compile_(file, command, "-DHONE_FIXED")
    if status != 0:
        return "with -DHONE_FIXED it must compile, but does not", said
    return None


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if wrong := problem(sys.argv[1], sys.argv[2:]):
        print(f"{sys.argv[1]}: {wrong[0]}\n\n{wrong[1]}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
