#!/usr/bin/env python3
"""Writes golden.json, which golden_test.go compares the reference backend with.

A small network of every kind of layer in FrgNet64 is built in PyTorch, in float64, on
float32 weights and input from a formula (no random numbers). Its logits, gradients and
ten steps of SGD are what the backends must reproduce.

    apt install python3-torch
    python3 engine/nn/testdata/golden.py     # made with PyTorch 1.13 of Debian 12

PyTorch's ceil_mode drops windows that would begin in the padding; without padding, and with a
stride no larger than the kernel, there are none, so it equals chainer's cover_all.
"""

import json
import pathlib

import torch
from torch import nn

torch.set_default_dtype(torch.float64)

BATCH, SIZE, CLASSES, STEPS = 4, 18, 3, 10
RATE, MOMENTUM, DECAY = 0.05, 0.9, 1e-2

LAYERS = [
    {"kind": "conv", "name": "conv1", "out": 6, "kernel": 5, "pad": 2},
    {"kind": "batchnorm", "name": "bn1", "act": "relu"},
    {"kind": "maxpool", "name": "pool1", "kernel": 5, "stride": 2},  # 18 to 8: hangs over
    {"kind": "conv", "name": "conv2", "out": 8, "kernel": 3, "pad": 1, "act": "leaky"},
    {"kind": "batchnorm", "name": "bn2"},
    {"kind": "maxpool", "name": "pool2", "kernel": 3, "stride": 2},  # 8 to 4: hangs over
    {"kind": "dense", "name": "fc3", "out": 12, "act": "leaky"},
    {"kind": "dropout", "name": "drop3"},
    {"kind": "dense", "name": "fc4", "out": CLASSES},
]


def numbers(count, salt, scale):
    """count numbers that look random, between -scale and scale: splitmix64 at salt and i."""
    out, mask = [], (1 << 64) - 1
    for i in range(count):
        z = ((salt << 32) + i + 1) * 0x9E3779B97F4A7C15 & mask
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        out.append((z ^ z >> 31) / 2**63 - 1)
    return torch.tensor(out) * scale


def float32(t):
    return t.to(torch.float32).to(torch.float64)


def build():
    """The network, and its parameters by the names that the Go code uses."""
    modules, named = [], {}
    channels, side = 3, SIZE
    for l in LAYERS:
        if l["kind"] == "conv":
            m = nn.Conv2d(channels, l["out"], l["kernel"], padding=l["pad"])
            channels = l["out"]
        elif l["kind"] == "batchnorm":
            m = nn.BatchNorm2d(channels, eps=2e-5, momentum=0.1)
        elif l["kind"] == "maxpool":
            m = nn.MaxPool2d(l["kernel"], l["stride"], ceil_mode=True)
            side = -(-(side - l["kernel"]) // l["stride"]) + 1
        elif l["kind"] == "dense":
            if side:
                modules.append(nn.Flatten())
                channels, side = channels * side * side, 0
            m = nn.Linear(channels, l["out"])
            channels = l["out"]
        else:
            m = nn.Dropout(0)
        modules.append(m)
        if l.get("act") == "relu":
            modules.append(nn.ReLU())
        if l.get("act") == "leaky":
            modules.append(nn.LeakyReLU(0.2))
        for name, p in m.state_dict(keep_vars=True).items():
            if name != "num_batches_tracked":
                named[l["name"] + "." + name] = p
    for salt, (name, p) in enumerate(named.items()):
        kind = name.split(".")[1]
        if kind == "running_mean":
            value = numbers(p.numel(), salt, 0.1)
        elif kind == "running_var" or name.startswith("bn") and kind == "weight":
            value = 1 + numbers(p.numel(), salt, 0.3)
        elif kind == "bias":
            value = numbers(p.numel(), salt, 0.1)
        else:
            value = numbers(p.numel(), salt, (3 / (p.numel() / p.shape[0])) ** 0.5)
        p.data = float32(value).reshape(p.shape)
    return nn.Sequential(*modules), named


def flat(t):
    return [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]


def tensors(named, of=lambda p: p):
    return [{"name": n, "shape": list(p.shape), "data": flat(of(p))} for n, p in named.items()]


def cross_entropy(logits, targets):
    return -(targets * torch.log_softmax(logits, 1)).sum(1).mean()


def main():
    net, named = build()
    x = float32(numbers(BATCH * 3 * SIZE * SIZE, 99, 1).mul(128).round().div(128)).reshape(BATCH, 3, SIZE, SIZE)
    targets = torch.tensor([[1, 0, 0], [0, 1, 0], [0.25, 0.25, 0.5], [0, 0.125, 0.875]])
    golden = {
        "arch": {"name": "golden", "size": SIZE, "layers": LAYERS},
        "batch": BATCH,
        "x": flat(x),
        "targets": flat(targets),
        "weights": tensors(named),
        "sgd": {"rate": RATE, "momentum": MOMENTUM, "decay": DECAY},
    }
    net.eval()
    golden["eval_logits"] = flat(net(x))
    net.train()
    learned = {n: p for n, p in named.items() if p.requires_grad}
    solver = torch.optim.SGD(learned.values(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    losses = []
    for step in range(STEPS):
        solver.zero_grad()
        logits = net(x)
        loss = cross_entropy(logits, targets)
        loss.backward()
        if step == 0:
            golden["logits"] = flat(logits)
            golden["gradients"] = tensors(learned, lambda p: p.grad)
        solver.step()
        losses.append(loss.item())
    golden["losses"] = losses
    golden["final_weights"] = tensors(named)
    net.eval()
    golden["final_eval_logits"] = flat(net(x))
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in golden.items())
    pathlib.Path(__file__).with_name("golden.json").write_text("{" + lines + "}\n")


main()
