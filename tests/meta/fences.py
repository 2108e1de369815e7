#!/usr/bin/env python3
"""Holds include/hone to the design: who may include whom, where third parties are allowed, what is banned where.

usage: fences.py [ROOT]     ROOT holds hone/; default: include of this repository

The rules are the tables below, nothing else. A finding is one line: file:line: what is wrong, and what to do instead.
"""
import pathlib
import re
import sys

# A folder includes itself and those before it.
FOLDERS = "config core nn hw shal pass simd run train store stream search io ext".split()

# Who may include what is not ours. First match wins; a header that no row knows is an error.
THIRD_PARTIES = [
    ("Highway", r"hwy/", "simd"),
    ("Boost.Hana", r"boost/hana/\w", "nn hw pass run"),
    ("xtensor", r"(xtensor|xtl|xsimd)/", "train search io ext"),
    ("fmt", r"fmt/", "ext"),
    ("SQLite", r"sqlite3(ext)?\.h$", "store"),
    ("zlib", r"zlib\.h$", "store"),
    ("PostgreSQL", r"libpq", "store"),
    ("MPI", r"mpi\.h$", "train"),
    ("oneTBB", r"(oneapi/)?tbb/", "stream"),
    ("hwloc", r"hwloc", "stream"),
    ("zstd", r"zstd", "stream"),
    ("LZ4", r"lz4", "stream"),
    ("RE2", r"re2/", "stream"),
    ("pagmo", r"pagmo/", "search"),
    ("NLopt", r"nlopt", "search"),
    ("Eigen", r"Eigen/", "search"),
    ("protobuf", r"google/protobuf/", "io"),
    ("nlohmann-json", r"nlohmann/", "io"),
    ("intrinsics", r"([a-z]?mmintrin|x86intrin|cpuid|arm_neon)\.h$", "hw simd run"),
    ("the operating system", r"(sys|linux|asm)/|(unistd|fcntl|dlfcn|sched|pthread)\.h$", "hw run store stream"),
    ("the C++ standard library", r"(?!hana)[a-z0-9_]+$", " ".join(FOLDERS)),
]

# What must not be reached from the first door, hone/hone.hpp, for the sake of compile time.
FIRST_DOOR = "hone/hone.hpp"
FIRST_DOOR_BANS = r"(memory|functional|algorithm|string|iostream|ostream|istream|fstream|map|unordered_map|sstream|" \
                  r"cmath|regex|thread|mutex|filesystem|format|ranges|random|chrono|boost/hana\.hpp)$|hwy/"

# (where, pattern in code without comments and strings, what is wrong and what to do)
TOKENS = [
    (r"", r"\bstd\s*::\s*(cout|cerr|clog)\b|(?<!\w)v?f?printf\s*\(|(?<!\w)f?put[sc]\s*\(|\bputchar\s*\(|\bperror\s*\(",
     "the library prints nothing: return the text, or take a callback"),
    (r"", r"\babort\s*\(|\b(std\s*::\s*|quick_|_)exit\s*\(|\bterminate\s*\(|\bassert\s*\(", "the library never ends the "
     "program: use hone::raise"),
    (r"", r"\b(secure_)?getenv\b|\bsetenv\b|\benviron\b", "the library reads no environment variable: take an option"),
    (r"simd/(?!targets\.hpp$)", r"\bHWY_(ALIGN|MAX_BYTES|LANES|TARGET|NAMESPACE)\b", "keeps the static target's value in "
     "our own passes: use alignas(64) and the HONE_ names"),
    (r"", r"^\s*#\s*include\s*\"", "includes are written <hone/folder/header.hpp>"),
    (r"(?!config/|simd/)", r"^\s*#\s*define\s+(?!HONE_INSTANTIATE)", "macros live in config/ and simd/ only"),
    (r"", r"^using\s+namespace\b", "a header does not open a namespace for its users"),
]

# Re-included on purpose, once a target, or a list of lines: no #pragma once.
REINCLUDED = r"(-inl\.hpp|\.inc)$"

INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"]+)[>\"]", re.M)
DIGIT_SEPARATORS = re.compile(r"\b[0-9][0-9a-fA-FxXbB]*('[0-9a-fA-F]+)+")
NOT_CODE = re.compile(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def code_of(text):
    """The text without comments, strings and characters, line by line as before; includes stay."""
    def blank(match):
        piece = match.group(0)
        line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
        if re.match(r"\s*#\s*include\s*$", line):
            return piece
        return re.sub(r"[^\n]", " ", piece)
    text = DIGIT_SEPARATORS.sub(lambda number: number.group(0).replace("'", "_"), text)
    return NOT_CODE.sub(blank, text)


class tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        paths = sorted(p for p in self.root.glob("hone/**/*") if p.is_file())
        self.code = {p.relative_to(self.root).as_posix(): code_of(p.read_text()) for p in paths}
        self.includes = {name: [(m.group(1), code.count("\n", 0, m.start()) + 1) for m in INCLUDE.finditer(code)]
                         for name, code in self.code.items()}


def folder_of(name):
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else ""


def check_include(name, target):
    folder = folder_of(name)
    if target.startswith("hone/"):
        other = folder_of(target)
        if folder and (not other or FOLDERS.index(other) > FOLDERS.index(folder)):
            return f"{folder}/ may not include <{target}>: includes point to earlier folders only"
        if "/detail/" in target and other != folder:
            return f"<{target}> is private to {other}/"
        return None
    for party, pattern, allowed in THIRD_PARTIES:
        if re.match(pattern, target):
            if folder not in allowed.split() and not (folder == "" and len(allowed.split()) == len(FOLDERS)):
                return f"<{target}>: {party} belongs to {allowed}"
            return None
    return f"<{target}> is in no row of THIRD_PARTIES in {pathlib.Path(__file__).name}"


def check_folders(sources):
    for name in sources.code:
        if folder_of(name) not in FOLDERS + [""]:
            yield name, 1, f"{folder_of(name)}/ is not a folder of the design"


def check_includes(sources):
    for name, includes in sources.includes.items():
        if folder_of(name) not in FOLDERS + [""]:
            continue
        for target, line in includes:
            if target.startswith("hone/") and target not in sources.code:
                yield name, line, f"<{target}> does not exist"
            elif wrong := check_include(name, target):
                yield name, line, wrong


def check_first_door(sources):
    """Follows the includes from the first door and tells the way to what is banned behind it."""
    way = {FIRST_DOOR: FIRST_DOOR}
    queue = [FIRST_DOOR] if FIRST_DOOR in sources.code else []
    for name in queue:
        for target, line in sources.includes[name]:
            if re.match(FIRST_DOOR_BANS, target):
                yield name, line, f"<{target}> is banned behind the first door ({way[name]})"
            elif target in sources.code and target not in way:
                way[target] = f"{way[name]} -> {target}"
                queue.append(target)


def check_tokens(sources):
    for name, code in sources.code.items():
        for number, line in enumerate(code.split("\n"), 1):
            for where, pattern, wrong in TOKENS:
                if re.match(r"hone/" + where, name) and (found := re.search(pattern, line)):
                    yield name, number, f"{found.group(0).strip()}: {wrong}"


def check_guards(sources):
    for name, code in sources.code.items():
        if not re.search(REINCLUDED, name) and "#pragma once" not in code:
            yield name, 1, "no #pragma once"


CHECKS = [check_folders, check_includes, check_first_door, check_tokens, check_guards]


def findings(root):
    sources = tree(root)
    return [f"{name}:{line}: {wrong}" for check in CHECKS for name, line, wrong in check(sources)], len(sources.code)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "include"
    found, count = findings(root)
    print("\n".join(found + [f"{count} headers, {len(found)} findings"]))
    return bool(found) or not count


if __name__ == "__main__":
    sys.exit(main())
