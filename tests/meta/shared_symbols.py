#!/usr/bin/env python3
"""No inline symbol of Hone is defined by two objects that were compiled for different machines.

usage: shared_symbols.py NM OBJECT OBJECT...
"""
import itertools
import subprocess
import sys


def inline_symbols(nm, path):
    listing = subprocess.run([nm, "-C", "--defined-only", path], capture_output=True, text=True, check=True).stdout
    rows = (line.split(" ", 2) for line in listing.splitlines())
    return {row[2] for row in rows if row[1] in "WVu" and "hone::" in row[2]}


def main():
    nm, paths = sys.argv[1], sys.argv[2:]
    symbols = {path: inline_symbols(nm, path) for path in paths}
    shared = set().union(*(symbols[a] & symbols[b] for a, b in itertools.combinations(paths, 2)))
    for symbol in sorted(shared):
        print(f"shared: {symbol}")
    print(f"{sum(map(len, symbols.values()))} inline symbols of Hone in {len(paths)} objects, {len(shared)} shared")
    return bool(shared) or not all(symbols.values())


if __name__ == "__main__":
    sys.exit(main())
