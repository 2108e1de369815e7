#!/usr/bin/env python3
"""Writes the digits network for the peers, from the weights that Hone's trainer exports.

    make_models.py WEIGHTS OUT

WEIGHTS holds, for conv1, res1a, res1b, conv2, res2a, res2b, the folded weights as NAME.weight.npy
[kh][kw][ci][co] and NAME.bias.npy [co] (float32), dense.weight.npy [32][10], dense.bias.npy [10] and
calib.npy [N][8][8][1]. Takes 2 s. Every peer gets the network that a good engineer would give it: batch
normalisation folded, relu fused or fusable, int8 by the peer's own quantiser with per-channel weights,
calibrated on calib.npy, and every int8 form that the peer might like best: the fastest one counts.

    models.json                         every file below: peer, case, variant, input and output
    onnxruntime_f32.onnx                float; ONNX Runtime fuses convolution, addition and relu itself
    onnxruntime_{s8s8,u8s8}_qdq.onnx    its static quantisation: activations s8 or u8, QDQ form
    onnxruntime_u8s8_qop.onnx           the same in QOperator form (its quantiser advises against s8s8 there)
    onnxruntime_*_io8.onnx              the same with quantised input and output
    onnxruntime_call.onnx, litert_call.tflite   an addition of 1: what one call costs
    litert_f32.tflite                   float, activations fused
    litert_int8.tflite, litert_int8_io8.tflite   its quantiser's static int8, float or int8 input and output

A peer whose packages are missing, or fail, gets no models, and a line says why.
"""
import argparse
import importlib
import json
import pathlib
import sys

from digits_network import Weights


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", help="folder with the exported weights of one seed")
    parser.add_argument("out", help="folder for the peers' models")
    arguments = parser.parse_args()
    weights, out = Weights(arguments.weights), pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    entries = []
    for peer in ("onnxruntime", "litert"):
        try:
            entries += importlib.import_module(f"{peer}_models").write(weights, out)
        except Exception as error:  # whatever a peer's newest tools stumble over, the other peer's models are made
            print(f"make_models: no models for {peer}: {type(error).__name__}: {error}", file=sys.stderr)
    (out / "models.json").write_text(json.dumps(entries, indent=1) + "\n")


if __name__ == "__main__":
    main()
