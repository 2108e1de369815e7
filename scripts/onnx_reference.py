#!/usr/bin/env python3
"""Writes the ONNX files that tests/io reads, and starts fuzzing with: tests/io/corpus/onnx.

usage: scripts/onnx_reference.py

Needs numpy and onnx from PyPI; 1.23 wrote the committed files.
"""
import pathlib
import shutil

import numpy as np
import onnx
from onnx import TensorProto, helper

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "tests/io/corpus/onnx"
SHAPE = (2, 3)


def save(name, model):
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())


def model(graph, **more):
    return helper.make_model(graph, **{"opset_imports": [helper.make_opsetid("", 17)], "ir_version": 8, **more})


def values(code):
    """The elements of a tensor of SHAPE: 0 to 5, less 2 where the type has a sign, halves where it has fractions."""
    k = np.arange(6)
    if code == TensorProto.BOOL:
        return k % 3 == 0
    if code == TensorProto.STRING:
        return np.asarray([f"s{i}" for i in k], object)
    if code in (TensorProto.UINT2, TensorProto.INT2):
        return k % 2
    unsigned = TensorProto.DataType.Name(code).startswith("UINT") or code == TensorProto.FLOAT8E8M0
    numbers = k if unsigned else k - 2
    name = TensorProto.DataType.Name(code)
    if name == "FLOAT8E8M0":
        return np.asarray([1.0, 2, 4, 8, 16, 32])
    return numbers / 2 if name.startswith(("FLOAT", "DOUBLE", "BFLOAT", "COMPLEX")) else numbers


def tensors():
    """A model for each element type: the same values as a typed field (t) and as raw_data (r)."""
    for name, code in TensorProto.DataType.items():
        if code == TensorProto.UNDEFINED or name.startswith("FLOAT6"):
            continue
        numbers = values(code)
        if code != TensorProto.STRING:
            numbers = numbers.astype(helper.tensor_dtype_to_np_dtype(code))
        typed = helper.make_tensor("t", code, SHAPE, numbers.flatten())
        made = [typed]
        if code != TensorProto.STRING:
            made.append(onnx.numpy_helper.from_array(numbers.reshape(SHAPE), "r"))
        graph = helper.make_graph([helper.make_node("Identity", ["t"], ["y"])], "g", [],
                                  [helper.make_tensor_value_info("y", code, SHAPE)], made)
        save(f"tensor_{name.lower()}", model(graph))


def branches():
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", None, 4])
    free = [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)]
    branch = [helper.make_graph([helper.make_node(op, ["x"], ["z"])], op.lower(), [], free) for op in ("Relu", "Abs")]
    node = helper.make_node("If", ["c"], ["y"], name="choose", then_branch=branch[0], else_branch=branch[1])
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", None, 4]),
              helper.make_tensor_value_info("c", TensorProto.BOOL, [])]
    save("branches", model(helper.make_graph([node], "g", inputs, [out])))


def attributes():
    tensor = helper.make_tensor("t", TensorProto.INT64, [2], [1, -2])
    node = helper.make_node("Custom", ["x", "", "x"], ["y"], name="n", domain="test", f=0.5, i=-7, s="text", t=tensor,
                            floats=[1.0, -2.5], ints=[1, -1, 1 << 40], strings=["a", "", "bc"],
                            tensors=[tensor, tensor])
    node.attribute.append(helper.make_attribute("empty", [], attr_type=onnx.AttributeProto.INTS))
    graph = helper.make_graph([node], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [0])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])], doc_string="words",
                              value_info=[helper.make_tensor_value_info("v", TensorProto.INT8, [2])])
    made = model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("test", 2)],
                 producer_name="hone", producer_version="1", doc_string="a model", model_version=3)
    made.domain = "some.where"
    helper.set_model_props(made, {"author": "nobody", "empty": ""})
    save("attributes", made)


def functions():
    scaled = helper.make_node("Mul", ["a", "s"], ["b"])
    constant = helper.make_node("Constant", [], ["s"])
    reference = onnx.AttributeProto(name="value_float", ref_attr_name="by", type=onnx.AttributeProto.FLOAT)
    constant.attribute.append(reference)
    function = helper.make_function("own", "Scale", ["a"], ["b"], [constant, scaled], [helper.make_opsetid("", 17)],
                                    attributes=["must"], attribute_protos=[helper.make_attribute("by", 2.0)])
    node = helper.make_node("Scale", ["x"], ["y"], domain="own", must=1)
    info = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [2]) for n in "xy"]
    save("functions", model(helper.make_graph([node], "g", info[:1], info[1:]), functions=[function],
                            opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]))


def kinds():
    tensor = helper.make_tensor_type_proto(TensorProto.FLOAT, [1])
    inputs = [helper.make_value_info("s", helper.make_sequence_type_proto(tensor)),
              helper.make_value_info("o", helper.make_optional_type_proto(tensor)),
              helper.make_value_info("m", helper.make_map_type_proto(TensorProto.INT64, tensor)),
              helper.make_value_info("p", helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [3]))]
    node = helper.make_node("Optional", [], ["y"], type=tensor)
    save("kinds", model(helper.make_graph([node], "g", inputs, [onnx.ValueInfoProto(name="y")])))


def sparse():
    tensor = helper.make_sparse_tensor(helper.make_tensor("w", TensorProto.FLOAT, [1], [2.0]),
                                       helper.make_tensor("", TensorProto.INT64, [1], [3]), [7])
    save("sparse", model(helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g", [],
                                           [helper.make_tensor_value_info("y", TensorProto.FLOAT, [7])],
                                           sparse_initializer=[tensor])))


def external():
    tensors = [onnx.numpy_helper.from_array(np.arange(4 * i, 4 * i + 4, dtype=np.float32), f"w{i}") for i in range(2)]
    node = helper.make_node("Add", ["w0", "w1"], ["y"])
    output = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])]
    onnx.save_model(model(helper.make_graph([node], "g", [], output, tensors)), FOLDER / "external.onnx",
                    save_as_external_data=True, location="external.bin", size_threshold=0)
    (FOLDER / "external.bin").chmod(0o644)


def old():
    """As in the first version: no types of attributes, weights among the inputs, no set of operators under a name."""
    node = helper.make_node("Relu", ["x"], ["y"], axis=1)
    node.attribute[0].ClearField("type")
    info = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [2]) for n in "xy"]
    made = model(helper.make_graph([node], "g", info[:1], info[1:], [helper.make_tensor("x", 1, [2], [1, 2])]),
                 opset_imports=[helper.make_opsetid("ai.onnx", 9)], ir_version=3)
    save("old", made)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for write in (tensors, branches, attributes, functions, kinds, sparse, external, old):
        write()


if __name__ == "__main__":
    main()
