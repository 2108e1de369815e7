#!/usr/bin/env python3
"""Compiles every public header alone, and twice in a row.

usage: headers_alone.py ROOT COMPILER FLAG...      ROOT holds hone/; -inl.hpp files are not meant to be included alone
"""
import pathlib
import subprocess
import sys


def main():
    root, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
    headers = [p.relative_to(root).as_posix() for p in sorted(root.glob("hone/**/*.hpp")) if "-inl." not in p.name]
    failed = 0
    for header in headers:
        twice = f"#include <{header}>\n#include <{header}>\n"
        done = subprocess.run([*command, "-fsyntax-only", "-x", "c++", "-"], input=twice, capture_output=True, text=True)
        if done.returncode:
            failed += 1
            print(f"<{header}> does not compile alone:\n{done.stderr}")
    print(f"{len(headers)} headers, {failed} failed")
    return failed != 0 or not headers


if __name__ == "__main__":
    sys.exit(main())
