#!/usr/bin/env python3
"""Writes networks of a few nodes, with the results that ONNX Runtime gives, as bench_onnx reads them: the forms that
operators had in older opsets, and ONNX Runtime's own operators.

usage: onnx_operators.py FOLDER

FOLDER/<case>/model.onnx and data_0.onnx are as in benchmarks/onnx/make_cases.py.
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(7)
FLOAT = TensorProto.FLOAT


def normal(*dims):
    return rng.standard_normal(dims).astype(np.float32)


def stored(dims, dtype=np.uint8):
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max + 1, dims).astype(dtype)


class cases:
    def __init__(self, folder):
        self.folder = folder

    def add(self, name, opset, nodes, inputs, constants=(), outputs=("y",)):
        """inputs and constants: {name: array}. The type and extents of outputs are ONNX Runtime's."""
        graph = helper.make_graph(
            nodes, name,
            [helper.make_tensor_value_info(k, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for k, v in inputs.items()],
            [onnx.ValueInfoProto(name=o) for o in outputs],
            [numpy_helper.from_array(np.asarray(v), k) for k, v in dict(constants).items()])
        model = helper.make_model(graph, ir_version=8, opset_imports=[
            helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)])
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        results = session.run(list(outputs), inputs)
        tensors = [numpy_helper.from_array(np.asarray(v), f"input_{i}") for i, v in enumerate(inputs.values())]
        tensors += [numpy_helper.from_array(np.asarray(v), f"output_{i}") for i, v in enumerate(results)]
        data = helper.make_graph([], "data", [], [onnx.ValueInfoProto(name=tensors[0].name)], tensors)
        target = self.folder / name
        target.mkdir(parents=True)
        (target / "model.onnx").write_bytes(model.SerializeToString())
        (target / "data_0.onnx").write_bytes(helper.make_model(data, ir_version=8).SerializeToString())

    def one(self, name, version, op, inputs, constants=(), outputs=("y",), domain="", **attributes):
        names = [n if n in inputs or n in dict(constants) else "" for n in list(inputs) + list(dict(constants))]
        if "order" in attributes:
            names = attributes.pop("order").split(",")
        self.add(name, version, [helper.make_node(op, names, list(outputs), domain=domain, **attributes)],
                 {k: v for k, v in inputs.items() if v is not None},
                 {k: v for k, v in dict(constants).items() if v is not None}, outputs)


def i64(*values):
    return np.asarray(values, np.int64)


def old_forms(c):
    x = normal(2, 3, 1, 4)
    c.one("squeeze_9", 9, "Squeeze", {"x": x}, axes=[2])
    c.one("squeeze_all_9", 9, "Squeeze", {"x": x})
    c.one("squeeze_13", 13, "Squeeze", {"x": x}, {"axes": i64(-2)})
    c.one("unsqueeze_9", 9, "Unsqueeze", {"x": x}, axes=[0, 3])
    c.one("unsqueeze_13", 13, "Unsqueeze", {"x": x}, {"axes": i64(-1, 0)})
    for op in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2"):
        c.one(f"{op}_9", 9, op, {"x": x}, axes=[1, 3], keepdims=0)
        c.one(f"{op}_11", 11, op, {"x": x}, axes=[-1])
    c.one("ReduceSum_13", 13, "ReduceSum", {"x": x}, {"axes": i64(-1)}, keepdims=0)
    c.one("ReduceSum_noop", 13, "ReduceSum", {"x": x}, noop_with_empty_axes=1)
    c.one("ReduceMean_18", 18, "ReduceMean", {"x": x}, {"axes": i64(0, 1)})
    c.one("slice_9", 9, "Slice", {"x": x}, starts=[1, -3], ends=[100, -1], axes=[1, 3])
    c.one("slice_9_plain", 9, "Slice", {"x": x}, starts=[0, 1], ends=[1, 3])
    c.one("slice_10", 10, "Slice", {"x": x}, {"b": i64(3, 100), "e": i64(0, -100), "a": i64(3, 1), "s": i64(-2, -1)})
    c.one("slice_13", 13, "Slice", {"x": x}, {"b": i64(1), "e": i64(2**62), "a": i64(-1), "s": i64(3)})
    c.one("slice_far", 13, "Slice", {"x": x}, {"b": i64(-(2**62)), "e": i64(2**62), "a": i64(-1), "s": i64(2**40)})
    c.one("pad_10", 10, "Pad", {"x": x}, pads=[0, 1, 0, 2, 0, 0, 0, 1], value=1.5)
    c.one("pad_10_reflect", 10, "Pad", {"x": x}, pads=[0, 1, 0, 2, 0, 2, 0, 1], mode="reflect")
    c.one("pad_10_cut", 10, "Pad", {"x": x}, pads=[0, -1, 0, 2, 0, 0, 0, -1], mode="edge")
    c.one("pad_13", 13, "Pad", {"x": x}, {"p": i64(1, 0, 0, 0, 0, 0, 0, 2), "v": np.float32(2)})
    c.one("pad_18", 18, "Pad", {"x": x}, {"p": i64(1, 2), "v": np.float32(2), "a": i64(-1)})
    c.one("split_11", 11, "Split", {"x": x}, axis=3, split=[1, 3], outputs=("y", "z"))
    c.one("split_even", 11, "Split", {"x": x}, axis=-1, outputs=("y", "z"))
    c.one("split_13", 13, "Split", {"x": x}, {"s": i64(2, 1)}, axis=1, outputs=("y", "z"))
    c.one("split_18", 18, "Split", {"x": x}, axis=1, num_outputs=2, outputs=("y", "z"))
    c.one("clip_10", 10, "Clip", {"x": x}, min=-0.5, max=0.25)
    c.one("clip_10_low", 10, "Clip", {"x": x}, min=-0.5)
    c.one("clip_12", 12, "Clip", {"x": x}, {"l": np.float32(-0.5), "h": np.float32(0.25)})
    c.one("clip_12_high", 12, "Clip", {"x": x}, {"h": np.float32(0.25)}, order="x,,h")
    c.one("clip_12_ints", 12, "Clip", {"x": rng.integers(-9, 9, (7,))}, {"l": np.int64(-5)})
    for op in ("Softmax", "LogSoftmax", "Hardmax"):
        c.one(f"{op}_11", 11, op, {"x": normal(2, 3, 4)}, axis=1)
        c.one(f"{op}_11_default", 11, op, {"x": normal(2, 3, 4)})
        c.one(f"{op}_13", 13, op, {"x": normal(2, 3, 4)}, axis=1)
    c.one("dropout_10", 10, "Dropout", {"x": x}, ratio=0.5)
    c.one("dropout_13", 13, "Dropout", {"x": x}, {"r": np.float32(0.5)}, outputs=("y", "m"))
    c.one("batch_norm_9", 9, "BatchNormalization", {"x": normal(2, 3, 4, 5)},
          {k: np.abs(normal(3)) + 0.5 for k in "sbmv"}, epsilon=1e-3)
    c.one("batch_norm_15_rank2", 15, "BatchNormalization", {"x": normal(2, 3)}, {k: np.abs(normal(3)) for k in "sbmv"})
    c.one("flatten_last", 13, "Flatten", {"x": x}, axis=4)
    c.one("flatten_none", 13, "Flatten", {"x": x}, axis=0)
    c.one("flatten_back", 13, "Flatten", {"x": x}, axis=-2)
    c.one("reshape_copy", 13, "Reshape", {"x": x}, {"s": i64(0, -1, 2)})
    c.one("concat_many", 13, "Concat", {f"x{i}": normal(2, 1 + i % 3) for i in range(19)}, axis=-1)
    c.one("gather_scalar", 13, "Gather", {"x": x}, {"i": np.int64(-1)}, axis=1)
    c.one("one_hot", 11, "OneHot", {"i": i64(1, -1, 7, -9, 3)}, {"d": np.int64(5), "v": np.asarray([2, 9], np.float32)}, axis=0)
    c.one("arg_max_last", 12, "ArgMax", {"x": np.round(normal(4, 6))}, axis=1, select_last_index=1, keepdims=0)
    c.one("eye_like", 9, "EyeLike", {"x": normal(3, 5)}, k=1)
    c.one("cumsum", 14, "CumSum", {"x": x}, {"a": np.int32(-1)}, reverse=1, exclusive=1)
    c.one("trilu", 14, "Trilu", {"x": normal(2, 4, 5)}, {"k": np.int64(-1)}, upper=0)
    c.one("prelu", 9, "PRelu", {"x": normal(2, 3, 4, 4)}, {"s": normal(3, 1, 1)})
    c.one("mean", 8, "Mean", {"x": x, "z": normal(3, 1, 1)})
    c.one("max_three", 8, "Max", {"x": x, "z": normal(3, 1, 1), "w": normal(4)})
    c.one("layer_norm", 17, "LayerNormalization", {"x": normal(2, 5, 8)}, {"s": normal(5, 8), "b": normal(5, 8)}, axis=1)
    c.one("shrink", 9, "Shrink", {"x": normal(30)}, bias=0.25, lambd=0.75)
    c.one("mvn", 13, "MeanVarianceNormalization", {"x": normal(2, 3, 4, 5)})
    c.one("lp_norm", 1 + 12, "LpNormalization", {"x": normal(2, 3)}, p=1, axis=0)
    c.one("space_to_depth", 13, "SpaceToDepth", {"x": normal(1, 3, 4, 6)}, blocksize=2)
    c.one("depth_to_space", 13, "DepthToSpace", {"x": normal(1, 12, 2, 3)}, blocksize=2, mode="CRD")


def chosen(c):
    x = normal(3, 4)
    for reduction, version in (("none", 13), ("add", 16), ("max", 18)):
        how = {} if reduction == "none" else {"reduction": reduction}
        c.one(f"scatter_elements_{reduction}", version, "ScatterElements", {"x": x, "u": normal(2, 4)},
              {"i": rng.integers(-3, 3, (2, 4))}, order="x,i,u", axis=0, **how)
        c.one(f"scatter_nd_{reduction}", version, "ScatterND", {"x": x, "u": normal(2, 4)}, {"i": np.asarray([[2], [0]])},
              order="x,i,u", **how)
    c.one("scatter_9", 9, "Scatter", {"x": x}, {"i": np.asarray([[1, 2]]), "u": normal(1, 2)}, axis=1)
    c.one("top_k_10", 10, "TopK", {"x": normal(2, 7, 3)}, {"k": i64(4)}, axis=1, outputs=("y", "i"))
    c.one("top_k_11", 11, "TopK", {"x": np.round(normal(2, 9))}, {"k": i64(5)}, largest=0, outputs=("y", "i"))
    c.one("compress", 11, "Compress", {"x": x}, {"c": np.asarray([True, False, True, True])}, axis=1)
    c.one("reverse_sequence", 10, "ReverseSequence", {"x": normal(5, 3, 2)}, {"n": i64(5, 1, 3)})
    c.one("reverse_sequence_batch_first", 10, "ReverseSequence", {"x": normal(3, 5, 2), "n": i64(5, 1, 3)}, batch_axis=0,
          time_axis=1)
    attention = {"q": normal(1, 5, 2, 3), "k": normal(1, 6, 2, 3)}
    c.one("einsum_attention", 12, "Einsum", attention, equation="bnhd,bmhd->bhnm")
    c.one("einsum_projection", 12, "Einsum", {"x": normal(2, 5, 4)}, {"w": normal(4, 2, 3)}, equation="abc,cde->abde")
    c.one("einsum_ellipsis", 12, "Einsum", {"x": normal(2, 1, 3, 4), "z": normal(2, 1, 4, 2)}, equation="...ij,...jk->...ik")
    c.one("einsum_three", 12, "Einsum", {"x": normal(2, 3), "z": normal(3, 4), "w": normal(4, 2)}, equation="ij,jk,kl->li")
    c.one("einsum_implicit", 12, "Einsum", {"x": normal(2, 3), "z": normal(3, 4)}, equation="ba,ac")
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for align in (0, 1):
                c.one(f"grid_sample_{mode}_{padding}_{align}", 16, "GridSample",
                      {"x": normal(2, 3, 5, 6), "g": rng.uniform(-1.6, 1.6, (2, 4, 3, 2)).astype(np.float32)}, mode=mode,
                      padding_mode=padding, align_corners=align)


def spectra(c):
    for inverse in (0, 1):
        c.one(f"dft_{inverse}", 17, "DFT", {"x": normal(1, 12, 2)}, inverse=inverse, axis=1)
    c.one("rfft", 17, "DFT", {"x": normal(2, 16, 1)}, onesided=1, axis=1)
    c.one("rfft_longer", 17, "DFT", {"x": normal(2, 12, 1)}, {"n": np.int64(16)}, onesided=1, axis=1)
    c.one("stft", 17, "STFT", {"x": normal(2, 100, 1)}, {"s": np.int64(7), "w": np.hanning(16).astype(np.float32)})
    c.one("stft_length", 17, "STFT", {"x": normal(1, 100, 1)}, {"s": np.int64(10), "n": np.int64(32)}, order="x,s,,n")
    for op in ("HannWindow", "HammingWindow", "BlackmanWindow"):
        c.one(op, 17, op, {}, {"n": np.int64(9)}, periodic=0)
    mel = {"b": np.int64(20), "n": np.int64(512), "r": np.int64(16000), "l": np.float32(50), "h": np.float32(7000)}
    c.one("mel", 17, "MelWeightMatrix", {}, mel)


def resizes(c):
    x = normal(1, 2, 5, 6)
    scales = np.asarray([1, 1, 2, 1.5], np.float32)
    for mode in ("nearest", "linear"):
        c.one(f"upsample_9_{mode}", 9, "Upsample", {"x": x}, {"s": scales}, mode=mode)
        c.one(f"upsample_7_{mode}", 7, "Upsample", {"x": x}, scales=list(map(float, scales)), mode=mode)
        c.one(f"resize_10_{mode}", 10, "Resize", {"x": x}, {"s": scales}, mode=mode)
        for how in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
            c.one(f"resize_11_{mode}_{how}", 11, "Resize", {"x": x},
                  {"roi": np.zeros(0, np.float32), "s": np.zeros(0, np.float32), "z": i64(1, 2, 9, 4)},
                  mode=mode, coordinate_transformation_mode=how)
            c.one(f"resize_13_{mode}_{how}", 13, "Resize", {"x": x}, {"s": scales}, order="x,,s", mode=mode,
                  coordinate_transformation_mode=how, nearest_mode="floor")
    c.one("resize_18", 18, "Resize", {"x": x}, {"z": i64(9, 4)}, order="x,,,z", axes=[2, 3], mode="linear",
          keep_aspect_ratio_policy="not_larger")
    c.one("resize_cubic", 13, "Resize", {"x": x}, {"s": scales}, order="x,,s", mode="cubic", cubic_coeff_a=-0.5)
    c.one("resize_crop", 13, "Resize", {"x": x}, {"roi": np.asarray([0, 0, .2, .1, 1, 1, .8, .9], np.float32),
                                                  "s": np.asarray([1, 1, 1.6, 1.5], np.float32)},
          mode="linear", coordinate_transformation_mode="tf_crop_and_resize")


def windows(c):
    for pad in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        c.one(f"conv_{pad}", 11, "Conv", {"x": normal(1, 4, 9, 10)}, {"w": normal(6, 2, 3, 4)}, group=2, strides=[2, 3],
              auto_pad=pad)
        c.one(f"conv_1d_{pad}", 11, "Conv", {"x": normal(1, 2, 12)}, {"w": normal(3, 2, 4), "b": normal(3)},
              dilations=[2 if pad == "VALID" else 1], auto_pad=pad)
        c.one(f"max_pool_{pad}", 12, "MaxPool", {"x": normal(1, 2, 9, 10)}, kernel_shape=[3, 2], strides=[2, 2], auto_pad=pad)
        c.one(f"average_pool_{pad}", 11, "AveragePool", {"x": normal(1, 2, 9, 10)}, kernel_shape=[3, 2], strides=[2, 2],
              auto_pad=pad)
    c.one("conv_1d", 11, "Conv", {"x": normal(2, 3, 17)}, {"w": normal(5, 3, 4)}, pads=[3, 0], strides=[3])
    c.one("conv_3d", 11, "Conv", {"x": normal(1, 2, 5, 4, 6)}, {"w": normal(3, 2, 2, 3, 2)}, pads=[1, 0, 1, 0, 1, 0])
    c.one("conv_depthwise", 11, "Conv", {"x": normal(1, 6, 8, 8)}, {"w": normal(12, 1, 3, 3)}, group=6, pads=[1, 1, 1, 1])
    c.one("conv_given_kernel", 11, "Conv", {"x": normal(1, 3, 6, 6), "w": normal(2, 3, 2, 2)}, kernel_shape=[2, 2])
    c.one("deconv", 11, "ConvTranspose", {"x": normal(1, 4, 5, 6)}, {"w": normal(4, 3, 3, 2), "b": normal(6)}, group=2,
          strides=[2, 3], pads=[1, 0, 0, 1], output_padding=[1, 2])
    c.one("deconv_same_upper", 11, "ConvTranspose", {"x": normal(1, 2, 5, 5)}, {"w": normal(2, 3, 4, 3)}, strides=[2, 2],
          auto_pad="SAME_UPPER")
    c.one("deconv_same_lower", 11, "ConvTranspose", {"x": normal(1, 2, 5, 5)}, {"w": normal(2, 3, 4, 3)}, strides=[2, 2],
          auto_pad="SAME_LOWER")
    c.one("deconv_shape", 11, "ConvTranspose", {"x": normal(1, 2, 5, 5)}, {"w": normal(2, 3, 4, 3)}, strides=[2, 2],
          output_shape=[9, 10])
    c.one("deconv_1d", 11, "ConvTranspose", {"x": normal(1, 2, 7)}, {"w": normal(2, 3, 4)}, strides=[3], dilations=[2])
    c.one("max_pool_ceil", 12, "MaxPool", {"x": normal(1, 2, 10, 9)}, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1,
          dilations=[1, 2], pads=[1, 1, 1, 1])
    c.one("max_pool_indices", 12, "MaxPool", {"x": normal(2, 2, 6, 7)}, kernel_shape=[2, 2], strides=[2, 2],
          outputs=("y", "i"))
    c.one("max_pool_1d", 10, "MaxPool", {"x": normal(1, 2, 11)}, kernel_shape=[3])
    c.one("max_pool_u8", 12, "MaxPool", {"x": stored((1, 2, 6, 6))}, kernel_shape=[2, 2])
    for padded in (0, 1):
        c.one(f"average_pool_{padded}", 11, "AveragePool", {"x": normal(1, 2, 10, 9)}, kernel_shape=[3, 3],
              strides=[2, 2], pads=[1, 0, 1, 1], count_include_pad=padded)
    c.one("average_pool_ceil", 11, "AveragePool", {"x": normal(1, 2, 10, 9)}, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    c.one("global_pool", 9, "GlobalAveragePool", {"x": normal(2, 3, 4, 5)})
    c.one("global_max_1d", 9, "GlobalMaxPool", {"x": normal(2, 3, 4)})
    c.one("gemm_plain", 9, "Gemm", {"a": normal(3, 4)}, {"b": normal(4, 5), "c": normal(5)})
    c.one("gemm_all", 13, "Gemm", {"a": normal(4, 3), "b": normal(5, 4), "c": normal(3, 1)}, transA=1, transB=1, alpha=0.5,
          beta=2.0)
    c.one("matmul_batched", 13, "MatMul", {"a": normal(2, 1, 3, 4), "b": normal(5, 4, 2)})
    c.one("matmul_vector", 13, "MatMul", {"a": normal(4), "b": normal(3, 4, 2)})


def recurrent(c):
    for op, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
        for way in ("forward", "reverse", "bidirectional"):
            d = 2 if way == "bidirectional" else 1
            w = {"w": normal(d, gates * 5, 3), "r": normal(d, gates * 5, 5)}
            full = dict(w, b=normal(d, 2 * gates * 5))
            outputs = ("y", "h", "k") if op == "LSTM" else ("y", "h")
            c.one(f"{op}_{way}", 9, op, {"x": normal(6, 2, 3)}, w, hidden_size=5, direction=way, outputs=outputs)
            states = {"h0": normal(d, 2, 5)}
            order = "x,w,r,b,l,h0"
            if op == "LSTM":
                states.update(c0=normal(d, 2, 5))
                order = "x,w,r,b,l,h0,c0"
            c.one(f"{op}_{way}_states", 14, op, dict({"x": normal(6, 2, 3)}, **states),
                  dict(full, l=np.asarray([6, 4], np.int32)), order=order, hidden_size=5, direction=way, outputs=outputs)
            c.one(f"{op}_{way}_equal", 14, op, dict({"x": normal(6, 2, 3)}, **states),
                  dict(full, l=np.asarray([6, 6], np.int32)), order=order, hidden_size=5, direction=way, outputs=outputs,
                  clip=0.7)
    c.one("GRU_after", 9, "GRU", {"x": normal(6, 2, 3)},
          {"w": normal(1, 15, 3), "r": normal(1, 15, 5), "b": normal(1, 30)}, hidden_size=5, linear_before_reset=1)
    c.one("LSTM_peepholes", 9, "LSTM", {"x": normal(6, 2, 3)},
          {"w": normal(1, 20, 3), "r": normal(1, 20, 5), "b": normal(1, 40), "p": normal(1, 15)}, order="x,w,r,b,,,,p",
          hidden_size=5)
    c.one("LSTM_functions", 9, "LSTM", {"x": normal(6, 2, 3)}, {"w": normal(1, 20, 3), "r": normal(1, 20, 5)}, hidden_size=5,
          activations=["HardSigmoid", "LeakyRelu", "Softsign"], activation_alpha=[0.3, 0.02], activation_beta=[0.4])
    c.one("RNN_relu", 9, "RNN", {"x": normal(6, 2, 3)}, {"w": normal(1, 5, 3), "r": normal(1, 5, 5)}, hidden_size=5,
          activations=["Relu"])


def quantised(c):
    scale, zero = np.float32(0.02), np.uint8(120)
    x = {"x": normal(2, 3, 4)}
    c.one("quantize", 10, "QuantizeLinear", x, {"s": scale, "z": zero})
    c.one("quantize_plain", 13, "QuantizeLinear", x, {"s": scale})
    c.one("quantize_axis", 13, "QuantizeLinear", x, {"s": np.abs(normal(3)) + 0.01, "z": stored(3, np.int8)}, axis=1)
    c.one("dequantize_axis", 13, "DequantizeLinear", {"x": stored((2, 3, 4), np.int8)},
          {"s": np.abs(normal(4)), "z": stored(4, np.int8)}, axis=-1)
    c.one("dequantize_bias", 13, "DequantizeLinear", {"x": rng.integers(-10**6, 10**6, 5).astype(np.int32)}, {"s": scale})
    c.one("dynamic_quantize", 11, "DynamicQuantizeLinear", x, outputs=("y", "s", "z"))
    for signed in (np.uint8, np.int8):
        name = np.dtype(signed).name
        c.one(f"qlinear_conv_{name}", 10, "QLinearConv", {"x": stored((1, 4, 7, 7), signed)},
              {"xs": scale, "xz": signed(5), "w": stored((6, 2, 3, 3), np.int8), "ws": np.abs(normal(6)) * 0.01,
               "wz": np.zeros(6, np.int8), "ys": np.float32(0.7), "yz": signed(9),
               "b": rng.integers(-1000, 1000, 6).astype(np.int32)}, group=2, pads=[1, 1, 1, 1], strides=[2, 2])
        c.one(f"qlinear_matmul_{name}", 10, "QLinearMatMul", {"a": stored((3, 8), signed)},
              {"as": scale, "az": signed(5), "b": stored((8, 6), np.int8), "bs": np.float32(0.01), "bz": np.int8(0),
               "ys": np.float32(0.5), "yz": signed(9)})
    c.one("conv_integer", 10, "ConvInteger", {"x": stored((1, 2, 6, 6))}, {"w": stored((3, 2, 3, 3)), "xz": zero})
    c.one("matmul_integer", 10, "MatMulInteger", {"a": stored((3, 8)), "b": stored((8, 6), np.int8)},
          {"az": np.uint8(7), "bz": stored(6, np.int8)})


def microsoft(c):
    def ms(name, op, *args, **kwargs):
        c.one("ms_" + name, 13, op, *args, domain="com.microsoft", **kwargs)
    a, b = stored((2, 3, 4)), stored((2, 3, 4))
    q = {"xs": np.float32(0.03), "xz": np.uint8(7)}
    y = {"ys": np.float32(0.0513), "yz": np.uint8(100)}
    for op in ("QLinearAdd", "QLinearMul"):
        ms(op, op, {"x": a, "z": b}, dict(q, zs=np.float32(0.02), zz=np.uint8(9), **y), order="x,xs,xz,z,zs,zz,ys,yz")
    ms("QLinearSigmoid", "QLinearSigmoid", {"x": a}, dict(q, ys=np.float32(1 / 256), yz=np.uint8(0)))
    ms("QLinearLeakyRelu", "QLinearLeakyRelu", {"x": a}, dict(q, **y), alpha=0.2)
    ms("QLinearGlobalAveragePool", "QLinearGlobalAveragePool", {"x": stored((2, 3, 5, 4))}, dict(q, **y))
    ms("QLinearAveragePool", "QLinearAveragePool", {"x": stored((1, 2, 6, 6))}, dict(q, **y), kernel_shape=[3, 2],
       strides=[2, 1], pads=[1, 0, 1, 0])
    ms("QLinearConcat", "QLinearConcat", {"x": a, "z": b}, dict(y, zs=np.float32(0.02), zz=np.uint8(9), **q),
       order="ys,yz,x,xs,xz,z,zs,zz", axis=1)
    ms("QLinearSoftmax", "QLinearSoftmax", {"x": stored((2, 9))}, dict(q, ys=np.float32(1 / 256), yz=np.uint8(0)), axis=1,
       opset=13)
    gemm = {"as": np.float32(0.02), "az": np.uint8(7), "b": stored((6, 8), np.int8), "bs": np.float32(0.01),
            "bz": np.int8(0), "c": rng.integers(-500, 500, 6).astype(np.int32)}
    ms("QGemm", "QGemm", {"a": stored((3, 8))}, dict(gemm, **y), transB=1)
    ms("QGemm_float", "QGemm", {"a": stored((3, 8))}, gemm, transB=1)
    ms("MatMulIntegerToFloat", "MatMulIntegerToFloat", {"a": stored((3, 8)), "b": stored((8, 6), np.int8)},
       {"as": np.float32(0.02), "bs": np.abs(normal(6)), "az": np.uint8(5), "bz": stored(6, np.int8), "c": normal(6)})
    ms("DynamicQuantizeMatMul", "DynamicQuantizeMatMul", {"a": normal(3, 8)},
       {"b": stored((8, 6), np.int8), "bs": np.float32(0.03), "bz": np.int8(1), "c": normal(6)})
    x = normal(1, 3, 6, 6)
    ms("FusedConv", "FusedConv", {"x": x}, {"w": normal(4, 3, 3, 3), "b": normal(4)}, activation="LeakyRelu",
       activation_params=[0.2])
    ms("FusedGemm", "FusedGemm", {"a": normal(3, 4)}, {"b": normal(4, 5), "c": normal(5)}, activation="Relu")
    ms("FusedMatMul", "FusedMatMul", {"a": normal(2, 4, 3), "b": normal(2, 5, 4)}, transA=1, transB=1, alpha=0.25)
    for op in ("Gelu", "QuickGelu"):
        ms(op, op, {"x": normal(40)})
    ms("FastGelu", "FastGelu", {"x": normal(4, 10)}, {"b": normal(10)})
    ms("BiasGelu", "BiasGelu", {"x": normal(4, 10)}, {"b": normal(10)})
    ms("SkipLayerNormalization", "SkipLayerNormalization", {"x": normal(2, 3, 8), "s": normal(2, 3, 8)},
       {"g": normal(8), "b": normal(8), "c": normal(8)}, epsilon=1e-5)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    c = cases(pathlib.Path(sys.argv[1]))
    for make in (old_forms, chosen, spectra, resizes, windows, recurrent, quantised, microsoft):
        make(c)


if __name__ == "__main__":
    main()
