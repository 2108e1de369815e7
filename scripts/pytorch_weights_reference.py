#!/usr/bin/env python3
"""Writes the state dicts of two PyTorch networks, and what they give, for tests/io/weights_test.cpp.

usage: scripts/pytorch_weights_reference.py [FOLDER]     FOLDER: tests/io/data

Needs PyTorch and safetensors (1.13 and 0.8 wrote the committed files). <name>.safetensors is a state dict, as
include/hone/io/weights.hpp says to write it; <name>_golden.safetensors has images `x` and results `y`, both NHWC.
"""
import collections
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).resolve().parents[1]


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.second(F.relu(self.norm(self.first(x))))


def image_net():
    """Images of 6 x 5 pixels and 2 channels. No two extents that could be mistaken for each other are equal."""
    return nn.Sequential(collections.OrderedDict([
        ("stem", nn.Conv2d(2, 4, 3, padding=1)), ("stem_norm", nn.BatchNorm2d(4)), ("relu", nn.ReLU()),
        ("block", Block(4)),
        ("features", nn.Sequential(nn.Conv2d(4, 4, (3, 5), padding=(1, 2), groups=4), nn.ReLU(),
                                   nn.Conv2d(4, 7, (3, 2)), nn.MaxPool2d((2, 1)))),  # 2 x 4 x 7
        ("flatten", nn.Flatten()), ("flat_norm", nn.BatchNorm1d(56)), ("relu_2", nn.ReLU()),
        ("hidden", nn.Linear(56, 6)), ("relu_3", nn.ReLU()), ("head", nn.Linear(6, 3))]))


class SignalNet(nn.Module):
    """Signals of 9 steps and 2 channels: two branches, flattened and joined."""

    def __init__(self):
        super().__init__()
        self.narrow, self.wide = nn.Conv1d(2, 3, 3, padding=1), nn.Conv1d(2, 4, 5)
        self.norm, self.head = nn.BatchNorm1d(47), nn.Linear(47, 4)

    def forward(self, x):
        x = torch.cat([F.relu(self.narrow(x)).flatten(1), F.relu(self.wide(x)).flatten(1)], dim=1)
        return F.softmax(self.head(self.norm(x)), dim=1)


def write(folder, name, net, x):
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            for tensor in (module.weight, module.running_var):
                nn.init.uniform_(tensor, 0.5, 1.5)
            for tensor in (module.bias, module.running_mean):
                nn.init.uniform_(tensor, -0.5, 0.5)
    net.eval()
    save_file({name: tensor.contiguous() for name, tensor in net.state_dict().items()}, folder / f"{name}.safetensors")
    with torch.no_grad():
        golden = {"x": x.movedim(1, -1).contiguous(), "y": net(x)}
    save_file(golden, folder / f"{name}_golden.safetensors")


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "tests/io/data")
    folder.mkdir(exist_ok=True)
    torch.manual_seed(1)
    torch.set_num_threads(1)
    write(folder, "image_net", image_net(), torch.randn(5, 2, 6, 5))
    write(folder, "signal_net", SignalNet(), torch.randn(5, 2, 9))


if __name__ == "__main__":
    main()
