"""Holds what Hone writes to the onnx package: run by tests/io/onnx_peers_test.cpp.

usage: onnx_check.py check FILE...             the checker passes each file
       onnx_check.py same (FILE WRITTEN)...    it does, and each pair says the same, but for what Hone does not keep
"""
import sys

import numpy as np
import onnx
from onnx import numpy_helper


def tensor(t):
    if t.data_type == onnx.TensorProto.STRING:
        return t.name, t.data_type, tuple(t.dims), tuple(t.string_data)
    return t.name, t.data_type, tuple(t.dims), np.asarray(numpy_helper.to_array(t)).tobytes()


def attribute(a):
    kinds = onnx.AttributeProto
    value = {kinds.FLOAT: lambda: a.f, kinds.INT: lambda: a.i, kinds.STRING: lambda: a.s,
             kinds.TENSOR: lambda: tensor(a.t), kinds.GRAPH: lambda: graph(a.g), kinds.FLOATS: lambda: tuple(a.floats),
             kinds.INTS: lambda: tuple(a.ints), kinds.STRINGS: lambda: tuple(a.strings),
             kinds.TENSORS: lambda: [tensor(t) for t in a.tensors], kinds.GRAPHS: lambda: [graph(g) for g in a.graphs]}
    return a.name, a.type, a.ref_attr_name, a.ref_attr_name or value[a.type]()


def node(n):
    return n.op_type, n.domain, n.name, tuple(n.input), tuple(n.output), [attribute(a) for a in n.attribute]


def value(v):
    for dim in v.type.tensor_type.shape.dim if v.type.HasField("tensor_type") else ():
        if dim.dim_value == -1:  # how some writers say that it is not known
            dim.ClearField("dim_value")
    return v.name, v.type.SerializeToString(deterministic=True)


def graph(g):
    return (g.name, [node(n) for n in g.node], [tensor(t) for t in g.initializer], [value(v) for v in g.input],
            [value(v) for v in g.output], [value(v) for v in g.value_info])


def function(f):
    return (f.name, f.domain, tuple(f.input), tuple(f.output), tuple(f.attribute), [node(n) for n in f.node],
            [attribute(a) for a in f.attribute_proto], sorted((o.domain, o.version) for o in f.opset_import))


def model(m):
    sets = sorted(("" if o.domain == "ai.onnx" else o.domain, o.version) for o in m.opset_import)
    return {"ir_version": m.ir_version, "opsets": sets,
            "words": (m.producer_name, m.producer_version, m.domain, m.model_version, m.doc_string),
            "metadata": [(p.key, p.value) for p in m.metadata_props], "graph": graph(m.graph),
            "functions": [function(f) for f in m.functions]}


def main():
    files = sys.argv[2:]
    if sys.argv[1] == "check":
        for path in files:
            onnx.checker.check_model(onnx.load(path), full_check=True)
        return
    for path, written in zip(files[::2], files[1::2]):
        theirs, ours = model(onnx.load(path)), model(onnx.load(written))
        for part in theirs:
            if theirs[part] != ours[part]:
                sys.exit(f"{path}: {part} came back differently")
        onnx.checker.check_model(onnx.load(written))


if __name__ == "__main__":
    main()
