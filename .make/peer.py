#!/usr/bin/env python3
"""Compares FrgNet64 on this machine's processor, or its NVIDIA card, with PyTorch in one run.

    ./frglab bench --json bench.json; /usr/bin/python3 .make/peer.py bench.json
    make gpu-check      which runs: .make/peer.py --cuda dist/gpu-check.log

Needs PyTorch, such as Debian's python3-torch. On a card PyTorch has tf32, channels_last and
cudnn.benchmark, once as it is and once with torch.compile and CUDA graphs. The network is the one of engine/nn: same layers, ceil
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


def train(batch, device="cpu", compiled=False):
    net = prepare(frgnet64().train(), device, compiled)
    sgd = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-4)
    x, y = torch.randn(batch, 3, 64, 64), torch.zeros(batch, dtype=torch.long)

    def step():
        sgd.zero_grad()
        loss = nn.functional.cross_entropy(net(there(x, device)), y.to(device))
        loss.backward()
        sgd.step()
        loss.item()  # ours reads it each step, too

    return speed(batch, step)


def infer(batch, device="cpu", compiled=False):
    net, x = prepare(frgnet64().eval(), device, compiled), torch.randn(batch, 3, 64, 64)
    with torch.no_grad():
        return speed(batch, lambda: net(there(x, device)).cpu())


def prepare(net, device, compiled):
    if device == "cuda":
        net = net.to(device, memory_format=torch.channels_last)
    return torch.compile(net, mode="reduce-overhead") if compiled else net


def there(x, device):
    """The crops come from the host's memory, as ours do."""
    return x.to(device, memory_format=torch.channels_last) if device == "cuda" else x


def card(path):
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    ours = [json.loads(line) for line in open(path) if line.startswith("{")]
    print(f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}")
    print(f"{'crops/s':30}{'frglab':>10}{'eager':>10}{'ratio':>8}{'compiled':>10}{'ratio':>8}")
    for r in ours:
        kind, _, batch, precision = r["name"].split("/")
        if precision != "tf32":
            continue
        call = {"train": train, "infer": infer}[kind]
        plain, strong = call(int(batch[1:]), "cuda"), call(int(batch[1:]), "cuda", True)
        v = r["value"]
        print(f"{r['name']:30}{v:10.0f}{plain:10.0f}{v / plain:8.2f}{strong:10.0f}{v / strong:8.2f}")


def main():
    if sys.argv[1] == "--cuda":
        return card(sys.argv[2])
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
