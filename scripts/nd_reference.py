#!/usr/bin/env python3
"""Writes tests/nn/nd_expected.hpp: what ONNX Runtime makes of recurrent layers, and ONNX's reference of resizes.

usage: scripts/nd_reference.py > tests/nn/nd_expected.hpp

Needs onnx and onnxruntime, from PyPI; 1.23 and 1.31 wrote the committed file.
Element i of operand k is ((37 i + 101 k) mod 97 - 48) / 64, which tests compute, too.
"""
import numpy as np
import onnx
import onnxruntime
from onnx import helper
from onnx.reference import ReferenceEvaluator

TIME, BATCH, INPUTS, HIDDEN = 4, 2, 3, 3


def operand(k, shape):
    n = int(np.prod(shape))
    return (((37 * np.arange(n) + 101 * k) % 97 - 48) / 64).astype(np.float32).reshape(shape)


def model(node, values, opset):
    inputs = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
              for name, v in values.items()]
    outputs = [helper.make_empty_tensor_value_info(o) for o in node.output]
    graph = helper.make_graph([node], "g", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def show(name, results):
    numbers = np.concatenate([np.asarray(r, np.float64).ravel() for r in results])
    lines, line = [], "   "
    for v in numbers:
        text = f" {v:.8g},"
        if len(line) + len(text) > 116:
            lines.append(line)
            line = "   "
        line += text
    print(f"inline constexpr double {name}[] = {{\n" + "\n".join(lines + [line]) + "\n};")


def recurrent(name, kind, direction, operands, **attributes):
    gates, states = {"GRU": (3, 1), "LSTM": (4, 2), "RNN": (1, 1)}[kind]
    ways = 2 if direction == "bidirectional" else 1
    shapes = {"x": [TIME, BATCH, INPUTS], "w": [ways, gates * HIDDEN, INPUTS], "r": [ways, gates * HIDDEN, HIDDEN],
              "b": [ways, 2 * gates * HIDDEN], "lens": [BATCH], "h0": [ways, BATCH, HIDDEN],
              "c0": [ways, BATCH, HIDDEN], "p": [ways, 3 * HIDDEN]}
    names = list(shapes)[:8 if kind == "LSTM" else 6]
    given = ["x", "w", "r"] + operands
    values = {n: np.array([4, 2], np.int32) if n == "lens" else operand(k, shapes[n])
              for k, n in enumerate(names) if n in given}
    node = helper.make_node(kind, [n if n in given else "" for n in names], [f"o{i}" for i in range(1 + states)],
                            hidden_size=HIDDEN, direction=direction, **attributes)
    session = onnxruntime.InferenceSession(model(node, values, 14).SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    show(name, session.run(None, values))


def resize(name, shape, target, mode, coordinates, scales=False, **attributes):
    x = operand(0, shape)
    if scales:
        values = {"x": x, "s": np.array(target, np.float32)}
        node = helper.make_node("Resize", ["x", "", "s"], ["y"], mode=mode, coordinate_transformation_mode=coordinates,
                                **attributes)
    elif coordinates == "tf_crop_and_resize":
        values = {"x": x, "r": np.array([-0.25, 0.25, 0.75, 1.25], np.float32), "s": np.array(target, np.int64)}
        node = helper.make_node("Resize", ["x", "r", "", "s"], ["y"], mode=mode,
                                coordinate_transformation_mode=coordinates, **attributes)
    else:
        values = {"x": x, "s": np.array(target, np.int64)}
        node = helper.make_node("Resize", ["x", "", "", "s"], ["y"], mode=mode,
                                coordinate_transformation_mode=coordinates, **attributes)
    show(name, ReferenceEvaluator(model(node, values, 19)).run(None, values))


print("// Written by scripts/nd_reference.py.")
print("#pragma once\n\nnamespace nd_expected {\n\n// Y, the last H and (lstm) the last C, behind each other.")
recurrent("gru_plain", "GRU", "forward", [])
recurrent("gru_both", "GRU", "bidirectional", ["b", "lens", "h0"], linear_before_reset=1)
recurrent("gru_reset_first", "GRU", "reverse", ["b", "h0"], clip=0.5, activations=["HardSigmoid", "Elu"],
          activation_alpha=[0.25, 0.5], activation_beta=[0.5])
recurrent("lstm_plain", "LSTM", "forward", [])
recurrent("lstm_both", "LSTM", "bidirectional", ["b", "lens", "h0", "c0", "p"])
recurrent("lstm_coupled", "LSTM", "reverse", ["b", "c0"], input_forget=1, clip=0.25,
          activations=["Sigmoid", "Softsign", "LeakyRelu"], activation_alpha=[0.125])
recurrent("rnn_plain", "RNN", "forward", [])
recurrent("rnn_both", "RNN", "bidirectional", ["b", "lens", "h0"], activations=["Softplus", "Relu"])
print("\n// Of one image, by mode, coordinates and target.")
resize("linear_half_up", [4, 3], [7, 5], "linear", "half_pixel")
resize("linear_half_down", [7, 5], [3, 2], "linear", "half_pixel")
resize("linear_corners", [4, 3], [7, 5], "linear", "align_corners")
resize("linear_asymmetric_scales", [4, 5], [1.3, 0.6], "linear", "asymmetric", scales=True)
resize("linear_corners_scales", [4, 5], [1.3, 0.6], "linear", "align_corners", scales=True)
resize("linear_pytorch", [4, 3], [1, 5], "linear", "pytorch_half_pixel")
resize("linear_symmetric_scales", [4, 5], [1.3, 0.7], "linear", "half_pixel_symmetric", scales=True)
resize("linear_crop", [4, 5], [3, 4], "linear", "tf_crop_and_resize", extrapolation_value=9.0)
resize("linear_antialias", [7, 5], [3, 2], "linear", "half_pixel", antialias=1)
resize("cubic_half_up", [4, 3], [7, 5], "cubic", "half_pixel")
resize("cubic_outside", [4, 3], [7, 5], "cubic", "half_pixel", exclude_outside=1, cubic_coeff_a=-0.5)
resize("cubic_antialias", [7, 5], [3, 2], "cubic", "half_pixel", antialias=1)
resize("nearest_half_floor", [4, 5], [7, 3], "nearest", "half_pixel", nearest_mode="round_prefer_floor")
resize("nearest_half_ceil", [4, 4], [2, 2], "nearest", "half_pixel", nearest_mode="round_prefer_ceil")
resize("nearest_asymmetric_floor", [3, 4], [8, 6], "nearest", "asymmetric", nearest_mode="floor")
resize("nearest_corners_ceil", [4, 5], [7, 3], "nearest", "align_corners", nearest_mode="ceil")
resize("nearest_crop", [4, 5], [3, 4], "nearest", "tf_crop_and_resize", extrapolation_value=9.0)
print("\n}  // namespace nd_expected")
