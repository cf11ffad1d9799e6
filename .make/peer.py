#!/usr/bin/env python3
"""Compares FrgNet64 on this machine's processor, or its NVIDIA card, with PyTorch in one run.

    ./frglab bench --json bench.json; /usr/bin/python3 .make/peer.py bench.json
    make gpu-check      which runs: .make/peer.py --cuda dist/gpu-check.json --keep engine/nn/cuda/testdata

Needs PyTorch, such as Debian's python3-torch. On a card PyTorch has tf32, channels_last and
cudnn.benchmark, once as it is and once with torch.compile and CUDA graphs; its figures go into
the same file, and --keep copies that and the table to a folder, under date and card. For
train-kept, where our crops lie on the card, PyTorch's do, too, and are not changed.
Without PyTorch the table has our figures alone. The network is the one of engine/nn: same layers, ceil
mode pooling, batch norm with eps 2e-5, cross entropy, momentum SGD with weight decay.
"""

import json
import os
import re
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    torch = None

SECONDS = 5  # that each measurement takes at least
CARD_SECONDS = 1.5  # likewise on a card, where there are eighteen of them
CARD_LIMIT = 150  # after so many seconds nothing more is compiled, which can take half a minute each time


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


def speed(batch, step, seconds=SECONDS):
    """Crops a second."""
    for _ in range(3):  # the first ones choose algorithms, compile and record
        step()
    steps, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < seconds:
        step()
        steps += 1
    return batch * steps / took


def train(batch, device="cpu", compiled=False, kept=False):
    net = prepare(frgnet64().train(), device, compiled)
    sgd = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-4)
    x, y = torch.randn(batch, 3, 64, 64), torch.zeros(batch, dtype=torch.long)
    if kept:
        x = there(x, device)

    def step():
        sgd.zero_grad()
        loss = nn.functional.cross_entropy(net(there(x, device)), y.to(device))
        loss.backward()
        sgd.step()
        loss.item()  # ours reads it each step, too

    return speed(batch, step, SECONDS if device == "cpu" else CARD_SECONDS)


def infer(batch, device="cpu", compiled=False):
    net, x = prepare(frgnet64().eval(), device, compiled), torch.randn(batch, 3, 64, 64)
    with torch.no_grad():
        return speed(batch, lambda: net(there(x, device)).cpu(), SECONDS if device == "cpu" else CARD_SECONDS)


def prepare(net, device, compiled):
    if device == "cuda":
        net = net.to(device, memory_format=torch.channels_last)
    return torch.compile(net, mode="reduce-overhead") if compiled else net


def there(x, device):
    """The crops come from the host's memory, as ours do."""
    return x.to(device, memory_format=torch.channels_last) if device == "cuda" else x


def card(path, keep):
    """Adds PyTorch's figures to the report of gpu-check, and prints the table."""
    report = json.load(open(path))
    theirs, begun = torch is not None and torch.cuda.is_available(), time.perf_counter()
    if theirs:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        report["pytorch"] = torch.__version__
    calls = {"train": train, "train-kept": lambda *a: train(*a, kept=True), "infer": infer}
    for name, compiled in (("eager", False), ("compiled", True)):
        for r in report["results"]:
            kind, _, batch, precision = (r["name"].split("/") + [""])[:4]
            if not theirs or precision != "tf32" or kind not in calls:
                continue
            if compiled and time.perf_counter() - begun > CARD_LIMIT:
                report[name + "_failed"] = f"{r['name']} and what follows: no time left"
                break
            try:
                r[name] = calls[kind](int(batch[1:]), "cuda", compiled)
            except Exception as e:  # torch.compile needs a C compiler, for one thing
                report[name + "_failed"] = (str(e).splitlines() or [repr(e)])[0][:200]
    text = table(report)
    print(text)
    json.dump(report, open(path, "w"), indent=2)
    if keep and report["fake"]:
        print("not kept: this is the fake card of the tests")
    elif keep:
        os.makedirs(keep, exist_ok=True)
        name = os.path.join(keep, report["date"] + "-" + re.sub(r"\W+", "-", report["card"]))
        json.dump(report, open(name + ".json", "w"), indent=2)
        open(name + ".txt", "w").write(text + "\n")
        print("kept as", name + ".json and .txt: please send both, or commit them")


def table(report):
    lines = [f"{report['card']}, driver {report['driver']}, {report['date']}: " + ("passed" if report["passed"] else "FAILED"),
             f"graphs {report['graphs']}; compute-sanitizer {report['compute_sanitizer']}; peak fp32 "
             + " and tf32 ".join(f"{report['peak_tflops'].get(p, 0):.1f}" for p in ("fp32", "tf32")) + " TFLOP/s",
             f"PyTorch {report['pytorch']}" if "pytorch" in report else "no PyTorch with CUDA here: our figures alone"]
    if report["fake"]:
        lines.insert(0, "THE FAKE CARD OF THE TESTS: the figures mean nothing")
    lines.append(f"{'':34}{'frglab':>10} {'':8}{'of peak':>8}{'eager':>10}{'ratio':>7}{'compiled':>10}{'ratio':>7}")
    for r in report["results"]:
        line = f"{r['name']:34}{r['value']:10.4g} {r['unit']:8}" + (f"{100 * r['share']:7.0f}%" if r.get("share") else " " * 8)
        for name in ("eager", "compiled"):
            line += f"{r[name]:10.0f}{r['value'] / r[name]:7.2f}" if name in r else ""
        lines.append(line)
    lines += [f"{k}: {v}" for k, v in report.items() if k.endswith("_failed")]
    return "\n".join(lines + [f"budget: {what}: {'not measured' if met is None else 'met' if met else 'MISSED'}" for what, met in budgets(report["results"])])


def budgets(results):
    """What the card is to reach, and whether it does: None where it was not measured."""
    by = {r["name"]: r for r in results if r["name"].endswith("/tf32")}

    def beats(name, *starts):
        pairs = [(r["value"], r[name]) for n, r in by.items() if n.startswith(starts) and name in r]
        return all(ours > theirs for ours, theirs in pairs) if pairs else None

    def reaches(name, enough):
        return enough(by[name]["value"]) if name in by else None

    return [
        ("above PyTorch at every batch size", beats("eager", "train/", "train-kept/", "infer/")),
        ("above compiled PyTorch at batch 10", beats("compiled", "train/frgnet64/b10/", "train-kept/frgnet64/b10/", "infer/frgnet64/b10/")),
        ("at least 10,000 crops/s in training at batch 256", reaches("train-kept/frgnet64/b256/tf32", lambda v: v >= 10000)),
        ("a frame of 512x288 in mode shared below 5 ms", reaches("detect/512x288/shared/tf32", lambda v: v < 5)),
    ]


def main():
    if sys.argv[1] == "--cuda":
        return card(sys.argv[2], sys.argv[4] if sys.argv[3:4] == ["--keep"] else None)
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
