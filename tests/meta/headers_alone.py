#!/usr/bin/env python3
"""Every public header compiles alone: nothing but what it includes itself stands before it.

usage: headers_alone.py ROOT UNITY COMPILER FLAG...

ROOT holds hone/; -inl.hpp files are not meant to be included alone. UNITY: the folders whose tests are compiled several
files at a time, with commas between.

Whatever begins with `#include <X>` compiles X with nothing before it. So a header that another one, or a unit test
beside it (tests/*/*_test.cpp, which the same build compiles one by one under the same warnings), includes first is
compiled there, and only the others here: less than half of them. fences.py holds every header to `#pragma once`.
"""
import pathlib
import re
import subprocess
import sys


def first_include(text):
    """The header that a file includes before all else, if it has only comments before that."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*|^[ \t]*#[ \t]*pragma once\b", "", text, flags=re.S | re.M)
    found = re.match(r"\s*#[ \t]*include[ \t]*<([^>]+)>", text)
    return found and found[1]


def to_compile(headers, tests):
    """Names of those `headers` (name -> text) that neither another header nor one of `tests` (texts) includes first."""
    proved = {first_include(text) for text in tests} | {first_include(text) for text in headers.values()}
    return [name for name in headers if name not in proved]


def main():
    root, unity, command = pathlib.Path(sys.argv[1]), sys.argv[2].split(","), sys.argv[3:]
    headers = {p.relative_to(root).as_posix(): p.read_text() for p in sorted(root.glob("hone/**/*.hpp"))
               if "-inl." not in p.name}
    tests = [p.read_text() for p in root.glob("../tests/*/*_test.cpp") if p.parent.name not in unity]
    alone = to_compile(headers, tests)
    failed = 0
    for header in alone:
        done = subprocess.run([*command, "-fsyntax-only", "-x", "c++", "-"], input=f"#include <{header}>\n",
                              capture_output=True, text=True)
        if done.returncode:
            failed += 1
            print(f"<{header}> does not compile alone:\n{done.stderr}")
    print(f"{len(headers)} headers, {len(alone)} of them compiled here, {failed} failed")
    return failed != 0 or not headers


if __name__ == "__main__":
    sys.exit(main())
