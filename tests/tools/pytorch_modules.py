#!/usr/bin/env python3
"""Exports typical modules of PyTorch with open dimensions, runs them by hone-run at other sizes, compares with PyTorch.

usage: pytorch_modules.py HONE-RUN WORK-FOLDER [MODULE...]

Without PyTorch it says so and ends with status 77.
"""
import contextlib
import io
import pathlib
import subprocess
import sys
import warnings

try:
    import numpy
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as missing:
    print(f"not run: {missing}")
    sys.exit(77)

OPSETS = (11, 13, 16)


class Module(nn.Module):
    """A function of tensors, and the modules it uses."""

    def __init__(self, function, **modules):
        super().__init__()
        self.function = function
        for name, module in modules.items():
            setattr(self, name, module)

    def forward(self, *tensors):
        return self.function(self, *tensors)


def norm(channels, kind=nn.BatchNorm2d):
    module = kind(channels)
    for tensor in (module.running_mean, module.weight.data, module.bias.data):
        tensor.normal_()
    module.running_var.uniform_(0.5, 2)
    return module


def attention(m, x):
    batch, time, width = x.shape
    q, k, v = (t.view(batch, time, 4, 4).transpose(1, 2) for t in m.qkv(x).chunk(3, -1))
    score = (q @ k.transpose(-1, -2) / 2).softmax(-1)
    return x + m.out((score @ v).transpose(1, 2).reshape(batch, time, width))


def shuffle(_, x):
    return x.view(x.shape[0], 2, 4, x.shape[2], x.shape[3]).transpose(1, 2).reshape(x.shape)


def unet(m, x):
    a = F.leaky_relu(m.down(x), 0.1)
    b = F.relu(m.deep(F.max_pool2d(a, 2)))
    return torch.sigmoid(m.head(torch.cat([a, m.up(b)], 1)))


def with_states(m, x, *states):
    y, last = m.layer(x, states if len(states) > 1 else states[0])
    return (y, *last) if isinstance(last, tuple) else (y, last)


def image(*extents):
    return [(extents, {0: "batch", 2: "height", 3: "width"})]


def sound(channels, length):
    return [((1, channels, length), {0: "batch", 2: "time"})]


def sequence(length, width):
    return [((1, length, width), {0: "batch", 1: "time"})]


def state(*extents):
    return (extents, {1: "batch"})


# What to export, and its inputs: extents and names of the open ones. Small integers where the first extent is a range.
MODULES = {
    "conv1d": (lambda: nn.Sequential(nn.Conv1d(4, 6, 5, 2, 2), nn.ReLU(), nn.Conv1d(6, 3, 3)), sound(4, 40)),
    "conv2d": (lambda: nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(),
                                     nn.Conv2d(8, 5, (3, 5), 2, dilation=(1, 2))), image(1, 3, 17, 23)),
    "conv_reflect": (lambda: nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect"), image(1, 2, 9, 11)),
    "depthwise": (lambda: nn.Sequential(nn.Conv2d(8, 8, 3, 2, 1, groups=8, bias=False), norm(8), nn.Hardswish(),
                                        nn.Conv2d(8, 16, 1), norm(16), nn.ReLU6()), image(1, 8, 15, 18)),
    "squeeze_excite": (lambda: Module(lambda m, x: x * F.hardsigmoid(m.b(F.relu(m.a(F.adaptive_avg_pool2d(x, 1))))),
                                      a=nn.Conv2d(8, 4, 1), b=nn.Conv2d(4, 8, 1)), image(1, 8, 7, 9)),
    "batch_norm": (lambda: nn.Sequential(norm(3), nn.Conv2d(3, 4, 3), norm(4), nn.SiLU()), image(1, 3, 8, 9)),
    "batch_norm1d": (lambda: nn.Sequential(nn.Linear(5, 7), norm(7, nn.BatchNorm1d), nn.ELU()),
                     [((1, 5), {0: "batch"})]),
    "instance_norm": (lambda: nn.InstanceNorm2d(4, affine=True), image(1, 4, 6, 7)),
    "group_norm": (lambda: nn.GroupNorm(2, 4), image(1, 4, 6, 7)),
    "layer_norm": (lambda: nn.LayerNorm(12), sequence(7, 12)),
    "gru": (lambda: Module(with_states, layer=nn.GRU(6, 8)), [((9, 1, 6), {0: "time"}), ((1, 1, 8), {})]),
    "gru_deep": (lambda: Module(with_states, layer=nn.GRU(6, 8, 2, batch_first=True, bidirectional=True)),
                 sequence(9, 6) + [state(4, 1, 8)]),
    "lstm": (lambda: Module(with_states, layer=nn.LSTM(6, 8, batch_first=True)),
             sequence(9, 6) + [state(1, 1, 8), state(1, 1, 8)]),
    "lstm_classifier": (lambda: Module(lambda m, x: m.head(m.layer(x)[0][:, -1]), head=nn.Linear(16, 3),
                                       layer=nn.LSTM(6, 8, batch_first=True, bidirectional=True)), sequence(9, 6)),
    "rnn": (lambda: Module(lambda m, x: m.layer(x)[0], layer=nn.RNN(6, 8, batch_first=True)), sequence(9, 6)),
    "gru_cell": (lambda: nn.GRUCell(6, 8), [((1, 6), {0: "batch"}), ((1, 8), {0: "batch"})]),
    "attention": (lambda: Module(attention, qkv=nn.Linear(16, 48), out=nn.Linear(16, 16)), sequence(7, 16)),
    "multihead": (lambda: Module(lambda m, x: m.layer(x, x, x, need_weights=False)[0],
                                 layer=nn.MultiheadAttention(16, 4, batch_first=True)), sequence(7, 16)),
    "transformer": (lambda: Module(lambda m, x: m.head(m.layer(m.words(x)).mean(1)), words=nn.Embedding(50, 16),
                                   layer=nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, activation="gelu"),
                                   head=nn.Linear(16, 5)), [((1, 11), {0: "batch", 1: "time"}, 50)]),
    "embedding": (lambda: nn.Sequential(nn.Embedding(30, 8, padding_idx=0), nn.Linear(8, 3)),
                  [((1, 12), {0: "batch", 1: "time"}, 30)]),
    "nearest": (lambda: nn.Upsample(scale_factor=2), image(1, 3, 5, 6)),
    "bilinear": (lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), image(1, 3, 5, 6)),
    "aligned": (lambda: nn.Upsample(size=(11, 13), mode="bilinear", align_corners=True), image(1, 3, 5, 6)),
    "resized": (lambda: Module(lambda _, x: F.interpolate(F.avg_pool2d(x, 2), size=x.shape[2:])), image(1, 3, 7, 10)),
    "transposed1d": (lambda: nn.ConvTranspose1d(4, 3, 4, 2, 1), sound(4, 9)),
    "transposed2d": (lambda: nn.ConvTranspose2d(4, 6, 3, 2, 1, output_padding=1, groups=2), image(1, 4, 6, 7)),
    "prelu": (lambda: nn.Sequential(nn.Conv2d(3, 5, 3), nn.PReLU(5, init=0.3)), image(1, 3, 7, 8)),
    "gelu": (lambda: nn.Sequential(nn.Linear(6, 12), nn.GELU(), nn.Linear(12, 3)), sequence(4, 6)),
    "activations": (lambda: Module(lambda _, x: torch.cat([F.softplus(x), F.selu(x), F.mish(x), F.softsign(x),
                                                           F.hardtanh(x), F.logsigmoid(x), F.tanhshrink(x)], -1)),
                    [((1, 8), {0: "batch"})]),
    "global_pool": (lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)),
                    image(1, 3, 9, 11)),
    "adaptive_pool": (lambda: nn.AdaptiveAvgPool2d((3, 2)), [((1, 3, 9, 8), {0: "batch"})]),
    "pools": (lambda: nn.Sequential(nn.MaxPool2d(3, 2, 1, ceil_mode=True),
                                    nn.AvgPool2d(2, 2, 1, count_include_pad=False)), image(1, 3, 14, 15)),
    "unet": (lambda: Module(unet, down=nn.Conv2d(1, 4, 3, padding=1), deep=nn.Conv2d(4, 8, 3, padding=1),
                            up=nn.ConvTranspose2d(8, 4, 2, 2), head=nn.Conv2d(8, 1, 1)), image(1, 1, 16, 20)),
    "pixel_shuffle": (lambda: nn.Sequential(nn.Conv2d(2, 8, 3, padding=1), nn.PixelShuffle(2)), image(1, 2, 5, 6)),
    "channel_shuffle": (lambda: Module(shuffle), image(1, 8, 5, 6)),
    "classes": (lambda: Module(lambda _, x: (x.softmax(1), x.log_softmax(-1), x.argmax(1), x.max(2)[0])), sound(4, 5)),
    "statistics": (lambda: Module(lambda _, x: (F.normalize(x, dim=-1), x.std(-1), x.var(1), x.norm(dim=1))),
                   sequence(4, 5)),
}


def tensors(inputs, more):
    """Random ones; extents but a batch's are larger by `more` where they are open."""
    made = []
    for extents, names, *largest in inputs:
        extents = [e + (more if i in names and names[i] != "batch" else 0) for i, e in enumerate(extents)]
        made.append(torch.randint(0, largest[0], extents) if largest else torch.randn(extents))
    return made


def check(run, folder, name, opset):
    make, inputs = MODULES[name]
    torch.manual_seed(1)
    net = make().eval()
    file = folder / f"{name}_{opset}.onnx"
    names = [f"x{i}" for i in range(len(inputs))]
    with torch.no_grad():
        given = tensors(inputs, 2)
        wanted = net(*given)
        wanted = wanted if isinstance(wanted, (tuple, list)) else [wanted]
    with contextlib.redirect_stdout(io.StringIO()):  # with gradients: without, attention is one operator nobody exports
        torch.onnx.export(net, tuple(tensors(inputs, 0)), str(file), opset_version=opset, input_names=names,
                          output_names=[f"y{i}" for i in range(len(wanted))],
                          dynamic_axes={n: i[1] for n, i in zip(names, inputs) if i[1]})
    command = [run, str(file)]
    for n, tensor in zip(names, given):
        numpy.save(folder / f"{n}.npy", tensor.numpy())
        command += ["--input", f"{n}={folder}/{n}.npy"]
    for i in range(len(wanted)):
        command += ["--output", f"y{i}={folder}/y{i}.npy"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip()
    for i, want in enumerate(wanted):
        got, want = numpy.load(folder / f"y{i}.npy"), want.numpy()
        if got.shape != want.shape or got.dtype != want.dtype:
            return f"y{i} is {got.dtype} {got.shape}, not {want.dtype} {want.shape}"
        apart = numpy.abs(got.astype(float) - want).max() / max(1e-30, numpy.abs(want).max())
        if not apart < 1e-5:
            return f"y{i} is {apart:.1e} of the largest apart"
    return None


def main():
    run, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")
    wrong = [(name, opset, said) for name in sys.argv[3:] or MODULES for opset in OPSETS
             if (said := check(run, folder, name, opset)) is not None]
    for name, opset, said in wrong:
        print(f"{name}, opset {opset}: {said}")
    count = len(sys.argv[3:] or MODULES)
    print(f"PyTorch {torch.__version__}: {count} modules in {len(OPSETS)} opsets, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
