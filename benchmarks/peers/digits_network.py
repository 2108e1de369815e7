"""The digits network: its folded weights as Hone's trainer exports them, and how it is put together."""
import pathlib

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


def entry(peer, case, variant, path, source, result):
    """A line of models.json; source and result are (name, type, scale, zero point, shape)."""
    keys = ("name", "type", "scale", "zero_point", "shape")
    return {"peer": peer, "case": case, "variant": variant, "file": path.name,
            "input": dict(zip(keys, source)), "output": dict(zip(keys, result))}
