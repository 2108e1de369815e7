#!/usr/bin/env python3
"""Writes the files of numpy and safetensors that tests/io reads, and starts fuzzing with: tests/io/corpus/{npy,safetensors}.

usage: scripts/io_reference.py

Needs numpy, torch (for bfloat16) and safetensors, from Debian or PyPI; 1.24, 1.13 and 0.8 wrote the committed files.
Every array holds, in row major order, element k as tests/io/samples.hpp counts: 3 k, less 4 where the type has a sign,
half of that where it has fractions; k % 3 == 0 for booleans.
"""
import math
import pathlib
import shutil

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "tests/io/corpus"
TYPES = "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1".split()


def sample(code, shape):
    k = np.arange(math.prod(shape)).reshape(shape)
    if code == "b1":
        return k % 3 == 0
    values = 3 * k - (0 if code[0] == "u" else 4)
    return np.asarray(values / 2 if code[0] == "f" else values).astype("<" + code)


def write_npy():
    folder = CORPUS / "npy"
    for code in TYPES:
        np.save(folder / f"{code}_rows.npy", sample(code, (2, 3, 4)))
        np.save(folder / f"{code}_swapped_columns.npy", np.asfortranarray(sample(code, (4, 2, 3)).astype(">" + code)))
    for name, shape in {"scalar": (), "vector": (5,), "one": (1,), "empty": (0,), "hollow": (3, 0, 2), "row": (1, 7),
                        "rank8": (1, 2, 1, 2, 1, 2, 1, 3), "long": (12345678, 0)}.items():
        np.save(folder / f"f4_{name}.npy", sample("f4", shape))
    np.save(folder / "f4_rank8_columns.npy", np.asfortranarray(sample("f4", (1, 2, 1, 2, 1, 2, 1, 3))))
    for version in (2, 3):
        with open(folder / f"f4_version{version}.npy", "wb") as file:
            np.lib.format.write_array(file, sample("f4", (2, 3)), version=(version, 0))


def write_safetensors():
    torch.manual_seed(1)
    folder = CORPUS / "safetensors"
    named = {code: sample(code, (2, 3)) for code in TYPES}
    safetensors.numpy.save_file(named, folder / "types.safetensors", metadata={"format": "np", "made by": "numpy \u00e9"})
    shapes = {"scalar": (), "vector": (5,), "empty": (0,), "hollow": (3, 0, 2), "rank8": (1, 2, 1, 2, 1, 2, 1, 3)}
    safetensors.numpy.save_file({name: np.asarray(sample("f4", shape)) for name, shape in shapes.items()},
                                folder / "shapes.safetensors")
    safetensors.numpy.save_file({}, folder / "nothing.safetensors")
    values = torch.from_numpy(sample("f4", (2, 3)))
    safetensors.torch.save_file({"bf16": values.bfloat16(), "a.weight": values}, folder / "torch.safetensors")
    layers = {"a": torch.nn.Linear(2, 3), "vector": torch.nn.Linear(3, 5).half()}  # of the fuzzer's network
    safetensors.torch.save_file(torch.nn.ModuleDict(layers).state_dict(), folder / "weights.safetensors")


def main():
    for name in ("npy", "safetensors"):
        shutil.rmtree(CORPUS / name, ignore_errors=True)
        (CORPUS / name).mkdir(parents=True)
    write_npy()
    write_safetensors()


if __name__ == "__main__":
    main()
