#!/usr/bin/env python3
"""Compares FrgNet64 on this machine's processor with PyTorch, in one run.

    ./frglab bench --json bench.json; /usr/bin/python3 .make/peer.py bench.json

Needs Debian's python3-torch. The network is the one of engine/nn: same layers, ceil
mode pooling, batch norm with eps 2e-5, cross entropy, momentum SGD with weight decay.
"""

import json
import os
import sys
import time

import torch
from torch import nn

SECONDS = 5  # that each measurement takes at least


def frgnet64():
    return nn.Sequential(
        nn.Conv2d(3, 96, 5, padding=2), nn.BatchNorm2d(96, eps=2e-5), nn.ReLU(),
        nn.MaxPool2d(5, 2, ceil_mode=True),
        nn.Conv2d(96, 128, 5, padding=2), nn.BatchNorm2d(128, eps=2e-5), nn.ReLU(),
        nn.MaxPool2d(5, 2, ceil_mode=True),
        nn.Conv2d(128, 256, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.Conv2d(256, 384, 3, padding=1), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(18816, 2048), nn.LeakyReLU(0.2), nn.Dropout(0.5), nn.Linear(2048, 2),
    )


def speed(batch, step):
    """Crops a second."""
    step()
    steps, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < SECONDS:
        step()
        steps += 1
    return batch * steps / took


def train(batch):
    net = frgnet64().train()
    sgd = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-4)
    x, y = torch.randn(batch, 3, 64, 64), torch.zeros(batch, dtype=torch.long)

    def step():
        sgd.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        sgd.step()

    return speed(batch, step)


def infer(batch):
    net, x = frgnet64().eval(), torch.randn(batch, 3, 64, 64)
    with torch.no_grad():
        return speed(batch, lambda: net(x))


def main():
    torch.set_num_threads(len(os.sched_getaffinity(0)))  # its own choice is half of a virtual machine's
    ours = {r["name"]: r for r in json.load(open(sys.argv[1]))["results"]}
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    print(f"{'crops/s':24}{'frglab':>10}{'PyTorch':>10}{'ratio':>8}")
    for kind, batch in (("train", 10), ("train", 64), ("infer", 1), ("infer", 64)):
        name = f"{kind}/frgnet64/b{batch}/cpu"
        theirs = {"train": train, "infer": infer}[kind](batch)
        value = ours[name]["value"]
        print(f"{name:24}{value:10.1f}{theirs:10.1f}{value / theirs:8.2f}")


if __name__ == "__main__":
    main()
