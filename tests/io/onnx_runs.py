#!/usr/bin/env python3
"""Runs exported models in ONNX Runtime, unoptimised, on the input beside them; exits with 1 where results differ.

usage: onnx_runs.py PATH...     PATH.onnx, PATH_in.npy and PATH_out.npy
"""
import sys

import numpy
import onnx
import onnxruntime

failed = False
for path in sys.argv[1:]:
    onnx.checker.check_model(onnx.load(path + ".onnx"), full_check=True)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(path + ".onnx", options, providers=["CPUExecutionProvider"])
    got = session.run(None, {session.get_inputs()[0].name: numpy.load(path + "_in.npy")})[0].ravel()
    wanted = numpy.load(path + "_out.npy")
    if numpy.abs(got - wanted).max() > 1e-5 * numpy.abs(wanted).max():
        print(f"{path}: differs by {numpy.abs(got - wanted).max()}", file=sys.stderr)
        failed = True
sys.exit(failed)
