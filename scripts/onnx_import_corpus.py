#!/usr/bin/env python3
"""Writes the ONNX files with which fuzzing of the import starts: tests/io/corpus/onnx_import.

usage: scripts/onnx_import_corpus.py FOLDER...

Each FOLDER holds cases as benchmarks/onnx/make_cases.py and tests/io/onnx_operators.py write them. Of every supported
operator the smallest case is taken, with its inputs as constants, so that it is computed by the import; of those that
are seldom constant also as it is.
"""
import pathlib
import re
import shutil
import sys

import onnx

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "tests/io/corpus/onnx_import"
OPERATORS = pathlib.Path(__file__).resolve().parents[1] / "include/hone/io/detail/import_operators.hpp"
LONGEST = 1500  # bytes
PLAIN = {"Conv", "ConvTranspose", "GRU", "LSTM", "RNN", "MaxPool", "Gemm", "MatMul", "Add", "Split", "QLinearConv", "Resize",
         "Einsum", "GridSample", "Loop", "STFT", "Scan", "TopK"}


def with_constants(model, data):
    """The model with the tensors input_0, ... of data in place of its inputs; None where some have none."""
    tensors = {t.name: t for t in data.graph.initializer}
    known = onnx.ModelProto()
    known.CopyFrom(model)
    del known.graph.input[:]
    for i, value in enumerate(model.graph.input):
        if f"input_{i}" not in tensors:
            return None
        known.graph.initializer.add().CopyFrom(tensors[f"input_{i}"])
        known.graph.initializer[-1].name = value.name
    return known


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    supported = set(re.findall(r'{"(\w+)", translate', OPERATORS.read_text())) | {"If", "Loop", "Scan"}
    smallest = {}
    for path in sorted(p for folder in sys.argv[1:] for p in pathlib.Path(folder).rglob("model.onnx")):
        model = onnx.load(path)
        data = path.with_name("data_0.onnx")
        known = with_constants(model, onnx.load(data)) if data.is_file() else None
        operator = model.graph.node[-1].op_type if model.graph.node else ""
        if operator not in supported:
            continue
        for kind, m in (("", model if operator in PLAIN else None), ("_known", known)):
            content = m.SerializeToString() if m is not None else b""
            old = smallest.get(operator + kind)
            if 0 < len(content) <= LONGEST and (old is None or len(content) < len(old)):
                smallest[operator + kind] = content
    shutil.rmtree(CORPUS, ignore_errors=True)
    CORPUS.mkdir(parents=True)
    for name, content in smallest.items():
        (CORPUS / f"{name}.onnx").write_bytes(content)
    print(f"{len(smallest)} files, {sum(map(len, smallest.values()))} bytes")


if __name__ == "__main__":
    main()
