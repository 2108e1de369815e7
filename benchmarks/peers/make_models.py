#!/usr/bin/env python3
"""Writes the digits network for the peers, from the weights that Hone's trainer exports.

    make_models.py WEIGHTS OUT

WEIGHTS holds, for conv1, res1a, res1b, conv2, res2a, res2b, the folded weights as NAME.weight.npy
[kh][kw][ci][co] and NAME.bias.npy [co] (float32), dense.weight.npy [32][10], dense.bias.npy [10] and
calib.npy [N][8][8][1]. Every peer gets the network that a good engineer would give it: batch
normalisation folded, relu fused or fusable, int8 by the peer's own quantiser with per-channel weights,
calibrated on calib.npy, and every int8 form that the peer might like best: the fastest one counts.

    onnxruntime_f32.onnx                float; ONNX Runtime fuses convolution, addition and relu itself
    onnxruntime_{s8s8,u8s8}_qdq.onnx    its static quantisation: activations s8 or u8, QDQ form
    onnxruntime_{s8s8,u8s8}_qop.onnx    the same in QOperator form (QLinearConv)
    onnxruntime_*_io8.onnx              the same with quantised input and output
    onnxruntime_call.onnx, litert_call.tflite   an addition of 1: what one call costs
    litert_f32.tflite                   float, activations fused
    litert_int8.tflite, litert_int8_f32io.tflite   its quantiser's static int8, int8 or float input and output

Files of a peer whose package is missing are left out, with a line that says so.
"""
import argparse
import pathlib
import sys
import tempfile

import numpy as np

CONVS = [  # name, stride, relu fused, name of the residual that is added to the result
    ("conv1", 1, True, None), ("res1a", 1, True, None), ("res1b", 1, False, "conv1"),
    ("conv2", 2, True, None), ("res2a", 1, True, None), ("res2b", 1, False, "conv2")]


class Weights:
    """The folded weights of one seed, checked."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.tensors = {}
        shapes = {"conv1": (3, 3, 1, 16), "res1a": (3, 3, 16, 16), "res1b": (3, 3, 16, 16),
                  "conv2": (3, 3, 16, 32), "res2a": (3, 3, 32, 32), "res2b": (3, 3, 32, 32), "dense": (32, 10)}
        for name, shape in shapes.items():
            self.tensors[name] = self.load(f"{name}.weight", shape), self.load(f"{name}.bias", shape[-1:])
        self.calib = self.load("calib", (None, 8, 8, 1))

    def load(self, name, shape):
        path = self.folder / f"{name}.npy"
        if not path.is_file():
            raise SystemExit(f"make_models: {path} is missing: export the trained weights first")
        array = np.load(path).astype(np.float32)
        if len(array.shape) != len(shape) or any(w not in (None, g) for g, w in zip(array.shape, shape)):
            raise SystemExit(f"make_models: {path} has shape {array.shape}, wanted {shape}")
        return np.ascontiguousarray(array)


# --- ONNX Runtime ---------------------------------------------------------------------------------

def onnx_model(nodes, initializers, out_shape):
    from onnx import TensorProto, helper
    graph = helper.make_graph(
        nodes, "digits", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, out_shape)], initializers)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


def onnx_f32(weights):
    """NCHW with explicit pads: a stride of 2 on 8x8 pads 0 before and 1 after, as TensorFlow's SAME does."""
    from onnx import helper, numpy_helper
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
    """The same network with the first QuantizeLinear and the last DequantizeLinear left to the caller."""
    from onnx import TensorProto
    graph = model.graph
    types = {t.name: t.data_type for t in graph.initializer}
    first = next(n for n in graph.node if n.op_type == "QuantizeLinear" and n.input[0] == graph.input[0].name)
    last = next(n for n in graph.node if n.op_type == "DequantizeLinear" and n.output[0] == graph.output[0].name)
    graph.input[0].name, graph.output[0].name = first.output[0], last.input[0]
    graph.input[0].type.tensor_type.elem_type = types.get(first.input[2], TensorProto.UINT8)
    graph.output[0].type.tensor_type.elem_type = types.get(last.input[2], TensorProto.UINT8)
    graph.node.remove(first)
    graph.node.remove(last)
    return model


def write_onnxruntime(weights, out):
    import onnx
    from onnx import helper, numpy_helper
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.rows = iter(weights.calib)

        def get_next(self):
            row = next(self.rows, None)
            return None if row is None else {"input": row.reshape(1, 1, 8, 8)}

    f32 = out / "onnxruntime_f32.onnx"
    onnx.save(onnx_f32(weights), f32)
    one = numpy_helper.from_array(np.ones([1], np.float32), "one")
    onnx.save(onnx_model([helper.make_node("Add", ["input", "one"], ["output"], "add")], [one], [1, 1, 8, 8]),
              out / "onnxruntime_call.onnx")
    with tempfile.TemporaryDirectory() as folder:
        ready = pathlib.Path(folder) / "ready.onnx"
        quant_pre_process(str(f32), str(ready))
        for activations in (QuantType.QInt8, QuantType.QUInt8):
            for form, suffix in ((QuantFormat.QDQ, "qdq"), (QuantFormat.QOperator, "qop")):
                kind = "s8s8" if activations is QuantType.QInt8 else "u8s8"
                path = out / f"onnxruntime_{kind}_{suffix}.onnx"
                quantize_static(str(ready), str(path), Reader(), quant_format=form, per_channel=True,
                                activation_type=activations, weight_type=QuantType.QInt8)
                onnx.save(quantised_io(onnx.load(path)), out / f"onnxruntime_{kind}_{suffix}_io8.onnx")


# --- LiteRT ---------------------------------------------------------------------------------------

class FlatModel:
    """A float .tflite file, written with the schema that LiteRT's package carries (no TensorFlow needed)."""

    def __init__(self):
        from ai_edge_litert import schema_py_generated as schema
        self.s = schema
        self.buffers = [schema.BufferT()]
        self.tensors, self.operators, self.codes = [], [], []

    def tensor(self, name, shape, data=None):
        tensor = self.s.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, list(shape), 0
        tensor.type = self.s.TensorType.INT32 if data is not None and data.dtype == np.int32 else \
            self.s.TensorType.FLOAT32
        if data is not None:
            buffer = self.s.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def op(self, kind, inputs, output, kind_options, **options):
        code = getattr(self.s.BuiltinOperator, kind)
        if code not in self.codes:
            self.codes.append(code)
        op = self.s.OperatorT()
        op.opcodeIndex, op.inputs, op.outputs = self.codes.index(code), inputs, [output]
        op.builtinOptionsType = getattr(self.s.BuiltinOptions, kind_options)
        op.builtinOptions = getattr(self.s, kind_options + "T")()
        for key, value in options.items():
            setattr(op.builtinOptions, key, value)
        self.operators.append(op)
        return output

    def code(self, builtin):
        code = self.s.OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 1
        return code

    def bytes(self, source, result):
        import flatbuffers
        model, graph, signature = self.s.ModelT(), self.s.SubGraphT(), self.s.SignatureDefT()
        graph.name, graph.tensors, graph.operators = "digits", self.tensors, self.operators
        graph.inputs, graph.outputs = [source], [result]
        signature.signatureKey, signature.subgraphIndex = "serving_default", 0
        signature.inputs, signature.outputs = [self.s.TensorMapT()], [self.s.TensorMapT()]
        signature.inputs[0].name, signature.inputs[0].tensorIndex = "input", source
        signature.outputs[0].name, signature.outputs[0].tensorIndex = "output", result
        model.version, model.description = 3, "digits"
        model.subgraphs, model.buffers, model.signatureDefs = [graph], self.buffers, [signature]
        model.operatorCodes = [self.code(c) for c in self.codes]
        builder = flatbuffers.Builder(1 << 18)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def litert_f32(weights):
    """NHWC with SAME padding, relu fused into convolutions and additions, global pooling as MEAN."""
    m = FlatModel()
    relu, none = m.s.ActivationFunctionType.RELU, m.s.ActivationFunctionType.NONE
    source = first = m.tensor("input", [1, 8, 8, 1])
    named, size = {}, 8
    for name, stride, fused, residual in CONVS:
        kernel, bias = weights.tensors[name]
        size //= stride
        channels = kernel.shape[3]
        source = m.op("CONV_2D", [source, m.tensor(f"{name}.weight", [channels, 3, 3, kernel.shape[2]],
                                                   kernel.transpose(3, 0, 1, 2)),
                                  m.tensor(f"{name}.bias", [channels], bias)],
                      m.tensor(f"{name}.out", [1, size, size, channels]), "Conv2DOptions", padding=m.s.Padding.SAME,
                      strideW=stride, strideH=stride, dilationWFactor=1, dilationHFactor=1,
                      fusedActivationFunction=relu if fused else none)
        if residual:
            source = m.op("ADD", [source, named[residual]], m.tensor(f"{name}.add", [1, size, size, channels]),
                          "AddOptions", fusedActivationFunction=relu)
        named[name] = source
    axes = m.tensor("axes", [2], np.array([1, 2], np.int32))
    source = m.op("MEAN", [source, axes], m.tensor("pool", [1, 32]), "ReducerOptions", keepDims=False)
    kernel, bias = weights.tensors["dense"]
    result = m.op("FULLY_CONNECTED", [source, m.tensor("dense.weight", [10, 32], kernel.T),
                                      m.tensor("dense.bias", [10], bias)],
                  m.tensor("output", [1, 10]), "FullyConnectedOptions", fusedActivationFunction=none)
    return m.bytes(first, result)


def litert_call():
    m = FlatModel()
    source = m.tensor("input", [1, 8, 8, 1])
    one = m.tensor("one", [1], np.ones([1], np.float32))
    return m.bytes(source, m.op("ADD", [source, one], m.tensor("output", [1, 8, 8, 1]), "AddOptions"))


def write_litert(weights, out):
    from ai_edge_quantizer import qtyping, quantizer, recipe
    f32 = litert_f32(weights)
    (out / "litert_f32.tflite").write_bytes(f32)
    (out / "litert_call.tflite").write_bytes(litert_call())
    samples = {"serving_default": [{"input": row[np.newaxis]} for row in weights.calib]}
    for name, float_io in (("litert_int8", False), ("litert_int8_f32io", True)):
        q = quantizer.Quantizer(bytearray(f32), recipe.static_wi8_ai8())
        if float_io:
            for op in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT):
                q.update_quantization_recipe(".*", op, algorithm_key="no_quantize")
        q.quantize(q.calibrate(samples)).export_model(str(out / f"{name}.tflite"), overwrite=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", help="folder with the exported weights of one seed")
    parser.add_argument("out", help="folder for the peers' models")
    arguments = parser.parse_args()
    weights, out = Weights(arguments.weights), pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    for peer, write in (("onnxruntime", write_onnxruntime), ("litert", write_litert)):
        try:
            write(weights, out)
        except ModuleNotFoundError as missing:
            print(f"make_models: no models for {peer}: the package {missing.name} is not installed", file=sys.stderr)


if __name__ == "__main__":
    main()
