#!/usr/bin/env python3
"""Writes the backend tests of the installed onnx package as files that bench_onnx reads.

usage: make_cases.py FOLDER

FOLDER/<case>/model.onnx is the network. FOLDER/<case>/data_<k>.onnx is one set of data: a graph whose initialisers
input_<i> and output_<i> are what goes in, in the order of the network's inputs, and what must come out. Values that are
no tensors (sequences, absent ones) are left out. The cases are ONNX's node tests, which the package makes by running its
Python, and those of older exporters, which it holds as files. All or nothing: FOLDER is renamed when it is whole.
"""
import pathlib
import shutil
import sys
import warnings

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def tensor_of(value, name):
    """A TensorProto of that name; None where the value is no tensor."""
    if value is None or isinstance(value, (list, tuple, dict)):
        return None
    tensor = TensorProto()
    tensor.CopyFrom(value if isinstance(value, TensorProto) else numpy_helper.from_array(numpy.asarray(value), name))
    tensor.name = name
    return tensor


def write_case(folder, model, data_sets):
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for k, (inputs, outputs) in enumerate(data_sets):
        tensors = [tensor_of(v, f"input_{i}") for i, v in enumerate(inputs)]
        tensors += [tensor_of(v, f"output_{i}") for i, v in enumerate(outputs)]
        tensors = [t for t in tensors if t is not None] or [tensor_of(0.0, "none")]
        outputs = [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in tensors]
        graph = helper.make_graph([], "data", [], outputs, tensors)
        (folder / f"data_{k}.onnx").write_bytes(helper.make_model(graph).SerializeToString())


def made_cases():
    from onnx.backend.test.case.node import collect_testcases
    for case in collect_testcases(None):
        if case.model is not None:
            yield "node/" + case.name, case.model, case.data_sets


def stored_tensor(path):
    """The tensor in a file; None where it holds something else."""
    tensor = TensorProto()
    try:
        tensor.ParseFromString(path.read_bytes())
        numpy_helper.to_array(tensor)
    except Exception:
        return None
    return tensor


def stored_cases():
    data = pathlib.Path(onnx.__file__).parent / "backend/test/data"
    for kind in ("node", "simple", "pytorch-operator", "pytorch-converted"):
        for folder in sorted((data / kind).glob("*")):
            if not (folder / "model.onnx").is_file():
                continue
            sets = []
            for one in sorted(folder.glob("test_data_set_*")):
                read = lambda what: [stored_tensor(one / f"{what}_{i}.pb") for i in range(len(list(one.glob(f"{what}_*"))))]
                sets.append((read("input"), read("output")))
            yield f"{kind}/{folder.name}", onnx.load(folder / "model.onnx"), sets


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")
    target = pathlib.Path(sys.argv[1])
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    count = 0
    for cases in (made_cases(), stored_cases()):
        for name, model, sets in cases:
            write_case(part / name, model, sets)
            count += 1
    (part / "version").write_text(onnx.__version__ + "\n")
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    print(f"{count} cases of onnx {onnx.__version__} in {target}")


if __name__ == "__main__":
    main()
