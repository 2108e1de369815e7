#!/usr/bin/env python3
"""Trains the digits network in PyTorch for 20 steps and writes the losses that tests/train/pytorch_test.cpp expects.

usage: scripts/pytorch_reference.py [FILE]     FILE: tests/train/data/pytorch_losses.csv

Needs Debian's python3-torch (1.13 wrote the committed figures). Weights start as train::initialize(description, 1) starts
them: the generator and the order of its numbers are written out below. Steps are plain SGD with momentum 0.9 and rate 0.05
on lines 1-32, 33-64, ... of examples/data/digits.csv, pixels divided by 16.
"""
import csv
import math
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).resolve().parents[1]
SEED, STEPS, BATCH, RATE, MOMENTUM = 1, 20, 32, 0.05, 0.9


def splitmix64(seed):
    """Numbers in [0, 1), as hone::train::generator gives them."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & (2**64 - 1)
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
        yield ((z ^ (z >> 31)) >> 11) * 2.0**-53


class Block(nn.Module):
    """x + two convolutions with batch norms."""

    def __init__(self, channels):
        super().__init__()
        self.first, self.second = nn.Conv2d(channels, channels, 3), nn.Conv2d(channels, channels, 3)
        self.norms = nn.ModuleList([nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)])

    def forward(self, x):
        y = F.relu(self.norms[0](self.first(F.pad(x, (1, 1, 1, 1)))))
        return x + self.norms[1](self.second(F.pad(y, (1, 1, 1, 1))))


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.stem_norm, self.block16 = nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16), Block(16)
        self.down, self.down_norm, self.block32 = nn.Conv2d(16, 32, 3, stride=2), nn.BatchNorm2d(32), Block(32)
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.stem_norm(self.stem(F.pad(x, (1, 1, 1, 1)))))
        x = F.relu(self.block16(x))
        x = F.relu(self.down_norm(self.down(F.pad(x, (0, 1, 0, 1)))))  # "same" at stride 2: all padding after
        x = F.relu(self.block32(x))
        return self.head(x.mean(dim=(2, 3)))

    def linear_layers(self):
        """In the order of Hone's leaves."""
        return [self.stem, self.block16.first, self.block16.second, self.down, self.block32.first, self.block32.second,
                self.head]


def initialize(net, draw):
    """He-uniform weights drawn in the order [kh][kw][ci][co] (dense: [in][out]), biases 0."""
    for layer in net.linear_layers():
        shape = list(layer.weight.shape)  # [co][ci][kh][kw], or [out][in]
        last_first = shape[2:] + [shape[1], shape[0]]
        limit = math.sqrt(6 / math.prod(last_first[:-1]))
        values = torch.tensor([(2 * next(draw) - 1) * limit for _ in range(math.prod(shape))], dtype=torch.float64)
        values = values.float().reshape(last_first)
        with torch.no_grad():
            layer.weight.copy_(values.permute(3, 2, 0, 1) if len(shape) == 4 else values.t())
            layer.bias.zero_()


def main():
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "tests/train/data/pytorch_losses.csv")
    with open(ROOT / "examples/data/digits.csv", newline="") as file:
        rows = [[int(v) for v in row] for row in csv.reader(file)][:STEPS * BATCH]
    images = torch.tensor([row[:64] for row in rows], dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    labels = torch.tensor([row[64] for row in rows])
    torch.set_num_threads(1)
    net = Digits()
    initialize(net, splitmix64(SEED))
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    with open(target, "w") as out:
        out.write(f"# losses of scripts/pytorch_reference.py, PyTorch {torch.__version__}\n")
        for first in range(0, STEPS * BATCH, BATCH):
            loss = F.cross_entropy(net(images[first:first + BATCH]), labels[first:first + BATCH])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            out.write(f"{loss.item():.9g}\n")


if __name__ == "__main__":
    main()
