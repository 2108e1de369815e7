"""The digits network for LiteRT: float, written with the schema that its package carries (no TensorFlow needed), and
int8 by its own static quantisation."""
import contextlib
import io
import os
import warnings

os.environ.setdefault("TQDM_DISABLE", "1")  # the calibrator's progress bars

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import qtyping, quantizer, recipe

from digits_network import CONVS, entry

warnings.filterwarnings("ignore", message=".*experimental_preserve_all_tensors")  # the calibrator: some MB here


class FlatModel:
    """A float .tflite file in the making: one graph, one signature."""

    def __init__(self):
        self.buffers = [schema.BufferT()]
        self.tensors, self.operators, self.codes = [], [], []

    def tensor(self, name, shape, data=None):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, list(shape), 0
        tensor.type = schema.TensorType.INT32 if data is not None and data.dtype == np.int32 else \
            schema.TensorType.FLOAT32
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def op(self, kind, inputs, output, kind_options, **options):
        code = getattr(schema.BuiltinOperator, kind)
        if code not in self.codes:
            self.codes.append(code)
        op = schema.OperatorT()
        op.opcodeIndex, op.inputs, op.outputs = self.codes.index(code), inputs, [output]
        op.builtinOptionsType = getattr(schema.BuiltinOptions, kind_options)
        op.builtinOptions = getattr(schema, kind_options + "T")()
        for key, value in options.items():
            setattr(op.builtinOptions, key, value)
        self.operators.append(op)
        return output

    def code(self, builtin):
        code = schema.OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 1
        return code

    def bytes(self, source, result):
        model, graph, signature = schema.ModelT(), schema.SubGraphT(), schema.SignatureDefT()
        graph.name, graph.tensors, graph.operators = "digits", self.tensors, self.operators
        graph.inputs, graph.outputs = [source], [result]
        signature.signatureKey, signature.subgraphIndex = "serving_default", 0
        signature.inputs, signature.outputs = [schema.TensorMapT()], [schema.TensorMapT()]
        signature.inputs[0].name, signature.inputs[0].tensorIndex = "input", source
        signature.outputs[0].name, signature.outputs[0].tensorIndex = "output", result
        model.version, model.description = 3, "digits"
        model.subgraphs, model.buffers, model.signatureDefs = [graph], self.buffers, [signature]
        model.operatorCodes = [self.code(c) for c in self.codes]
        builder = flatbuffers.Builder(1 << 18)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def litert_f32(weights, batch=1):
    """NHWC with SAME padding, relu fused into convolutions and additions, global pooling as MEAN."""
    m = FlatModel()
    relu, none = schema.ActivationFunctionType.RELU, schema.ActivationFunctionType.NONE
    source = first = m.tensor("input", [batch, 8, 8, 1])
    named, size = {}, 8
    for name, stride, fused, residual in CONVS:
        kernel, bias = weights.tensors[name]
        size //= stride
        channels = kernel.shape[3]
        source = m.op("CONV_2D", [source, m.tensor(f"{name}.weight", [channels, 3, 3, kernel.shape[2]],
                                                   kernel.transpose(3, 0, 1, 2)),
                                  m.tensor(f"{name}.bias", [channels], bias)],
                      m.tensor(f"{name}.out", [batch, size, size, channels]), "Conv2DOptions",
                      padding=schema.Padding.SAME, strideW=stride, strideH=stride, dilationWFactor=1,
                      dilationHFactor=1, fusedActivationFunction=relu if fused else none)
        if residual:
            source = m.op("ADD", [source, named[residual]], m.tensor(f"{name}.add", [batch, size, size, channels]),
                          "AddOptions", fusedActivationFunction=relu)
        named[name] = source
    axes = m.tensor("axes", [2], np.array([1, 2], np.int32))
    source = m.op("MEAN", [source, axes], m.tensor("pool", [batch, 32]), "ReducerOptions", keepDims=False)
    kernel, bias = weights.tensors["dense"]
    result = m.op("FULLY_CONNECTED", [source, m.tensor("dense.weight", [10, 32], kernel.T),
                                      m.tensor("dense.bias", [10], bias)],
                  m.tensor("output", [batch, 10]), "FullyConnectedOptions", fusedActivationFunction=none)
    return m.bytes(first, result)


def litert_call():
    m = FlatModel()
    source = m.tensor("input", [1, 8, 8, 1])
    one = m.tensor("one", [1], np.ones([1], np.float32))
    return m.bytes(source, m.op("ADD", [source, one], m.tensor("output", [1, 8, 8, 1]), "AddOptions"))


def litert_entry(case, variant, path):
    interpreter = Interpreter(str(path), num_threads=1)
    ends = []
    for name, details in (("input", interpreter.get_input_details()), ("output", interpreter.get_output_details())):
        scale, zero_point = details[0]["quantization"]
        kind = {np.float32: "f", np.int8: "i"}[details[0]["dtype"]]
        ends.append((name, kind, float(scale) if kind == "i" else 1.0, int(zero_point), details[0]["shape"].tolist()))
    return entry("litert", case, variant, path, *ends)


def write(weights, out):
    f32 = litert_f32(weights)
    (out / "litert_f32.tflite").write_bytes(f32)
    (out / "litert_call.tflite").write_bytes(litert_call())
    # The calibrator averages the ranges of its samples: with all of them in one batch it sees the true range.
    whole = quantizer.Quantizer(bytearray(litert_f32(weights, len(weights.calib))), recipe.static_wi8_ai8())
    ranges = whole.calibrate({"serving_default": [{"input": weights.calib}]})
    for name, float_ends in (("litert_int8", True), ("litert_int8_io8", False)):
        path = out / f"{name}.tflite"
        path.unlink(missing_ok=True)
        q = quantizer.Quantizer(bytearray(f32), recipe.static_wi8_ai8())
        for end in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT) if float_ends else ():
            q.update_quantization_recipe(".*", end, algorithm_key="no_quantize")
        with contextlib.redirect_stdout(io.StringIO()):
            q.quantize(ranges).export_model(str(path))
    return [litert_entry("f32", "", out / "litert_f32.tflite"), litert_entry("call", "", out / "litert_call.tflite"),
            litert_entry("int8", "f32io", out / "litert_int8.tflite"),
            litert_entry("int8", "io8", out / "litert_int8_io8.tflite")]
