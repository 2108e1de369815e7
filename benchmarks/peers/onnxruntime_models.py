"""The digits network for ONNX Runtime: float, and int8 by its own static quantisation."""
import pathlib
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from digits_network import CONVS, entry

FORMS = [  # name, type of the activations, form; weights are int8, a scale a channel
    ("s8s8_qdq", "QInt8", "QDQ"), ("u8s8_qdq", "QUInt8", "QDQ"), ("u8s8_qop", "QUInt8", "QOperator")]


class Reader(CalibrationDataReader):
    """Hands the calibration images to the quantiser, one by one."""

    def __init__(self, images):
        self.rows = iter(images)

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"input": row.reshape(1, 1, 8, 8)}


def onnx_model(nodes, initializers, out_shape):
    graph = helper.make_graph(
        nodes, "digits", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, out_shape)], initializers)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


def onnx_f32(weights):
    """NCHW with explicit pads: a stride of 2 on 8x8 pads 0 before and 1 after, as TensorFlow's SAME does."""
    nodes, initializers, source = [], [], "input"
    for name, stride, relu, residual in CONVS:
        kernel, bias = weights.tensors[name]
        initializers += [numpy_helper.from_array(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), f"{name}.weight"),
                         numpy_helper.from_array(bias, f"{name}.bias")]
        pads = [1, 1, 1, 1] if stride == 1 else [0, 0, 1, 1]
        out = f"{name}.conv"
        nodes.append(helper.make_node("Conv", [source, f"{name}.weight", f"{name}.bias"], [out], name,
                                      kernel_shape=[3, 3], strides=[stride, stride], pads=pads))
        if residual:
            nodes.append(helper.make_node("Add", [out, residual], [f"{name}.add"], f"{name}_add"))
            out = f"{name}.add"
        if relu or residual:
            nodes.append(helper.make_node("Relu", [out], [name], f"{name}_relu"))
            out = name
        source = out
    kernel, bias = weights.tensors["dense"]
    initializers += [numpy_helper.from_array(kernel, "dense.weight"), numpy_helper.from_array(bias, "dense.bias")]
    nodes += [helper.make_node("GlobalAveragePool", [source], ["pool"], "pool"),
              helper.make_node("Flatten", ["pool"], ["flat"], "flatten"),
              helper.make_node("Gemm", ["flat", "dense.weight", "dense.bias"], ["output"], "dense")]
    return onnx_model(nodes, initializers, [1, 10])


def quantised_io(model):
    """Leaves the first QuantizeLinear and the last DequantizeLinear to the caller. Returns (scale, zero point)
    of the input and of the output."""
    graph = model.graph
    constants = {t.name: t for t in graph.initializer}
    first = next(n for n in graph.node if n.op_type == "QuantizeLinear" and n.input[0] == graph.input[0].name)
    last = next(n for n in graph.node if n.op_type == "DequantizeLinear" and n.output[0] == graph.output[0].name)
    graph.input[0].name, graph.output[0].name = first.output[0], last.input[0]
    for value, node in ((graph.input[0], first), (graph.output[0], last)):
        value.type.tensor_type.elem_type = constants[node.input[2]].data_type
        graph.node.remove(node)
    return [tuple(numpy_helper.to_array(constants[n]).item() for n in node.input[1:3]) for node in (first, last)]


def onnx_entry(case, variant, path, quantisation=((1.0, 0), (1.0, 0))):
    graph = onnx.load(path).graph
    types = {TensorProto.FLOAT: "f", TensorProto.INT8: "i", TensorProto.UINT8: "u"}
    ends = [(v.name, types[v.type.tensor_type.elem_type], *q, [d.dim_value for d in v.type.tensor_type.shape.dim])
            for v, q in zip((graph.input[0], graph.output[0]), quantisation)]
    return entry("onnxruntime", case, variant, path, *ends)


def write(weights, out):
    f32, call = out / "onnxruntime_f32.onnx", out / "onnxruntime_call.onnx"
    onnx.save(onnx_f32(weights), f32)
    one = numpy_helper.from_array(np.ones([1], np.float32), "one")
    onnx.save(onnx_model([helper.make_node("Add", ["input", "one"], ["output"], "add")], [one], [1, 1, 8, 8]), call)
    entries = [onnx_entry("f32", "", f32), onnx_entry("call", "", call)]
    with tempfile.TemporaryDirectory() as folder:
        ready = pathlib.Path(folder) / "ready.onnx"
        quant_pre_process(str(f32), str(ready), skip_symbolic_shape=True)
        for variant, activations, form in FORMS:
            path = out / f"onnxruntime_{variant}.onnx"
            quantize_static(str(ready), str(path), Reader(weights.calib), quant_format=QuantFormat[form],
                            per_channel=True, activation_type=QuantType[activations], weight_type=QuantType.QInt8)
            entries.append(onnx_entry("int8", variant, path))
            model = onnx.load(path)
            ends = quantised_io(model)
            path = out / f"onnxruntime_{variant}_io8.onnx"
            onnx.save(model, path)
            entries.append(onnx_entry("int8", f"{variant}_io8", path, ends))
    return entries
