"""What does a step cost, what is it made of, and what is the floor?

The floor: the operations of a step, at the rate at which this machine
multiplies large matrices of 32-bit floats.
"""

from collections import Counter
from collections.abc import Callable
from time import perf_counter

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.training.config import EPOCH
from colorattn.training.loop import Run, stream_of, train, train_step

SIDE = {"cpu": 2048, "cuda": 8192}  # of the matrices
COPIED = 2**28  # bytes, far more than any cache has
# Parts of a step, and how PyTorch's names of what it does there begin.
PARTS = {
    "convolution": (
        "aten::convolution",
        "aten::mkldnn_convolution",
        "aten::cudnn_convolution",
    ),
    "norm": ("aten::native_batch_norm", "aten::cudnn_batch_norm"),
    "relu": ("aten::clamp_min", "aten::threshold_backward"),
    "optimizer": ("Optimizer.", "aten::_fused_adam"),
}


def timed(act: Callable[[], object], device: str) -> float:
    """Return the seconds that an act takes, its end on the device included."""
    finish(device)
    start = perf_counter()
    act()
    finish(device)
    return perf_counter() - start


def finish(device: str) -> None:
    """Wait until a GPU has done what it was told."""
    if device != "cpu":
        torch.cuda.synchronize()


def matmul_rate(device: str) -> float:
    """Return 10⁹ operations a second, of a product of two large matrices."""
    side = SIDE[device]
    a, b = (torch.rand(side, side, device=device) for _ in range(2))
    return 2 * side**3 / timed(lambda: a @ b, device) / 1e9


def memory_rate(device: str) -> float:
    """Return 10⁹ bytes a second, read and written by a large copy."""
    source = torch.ones(COPIED, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    target.copy_(source)  # so that its pages are there
    seconds = timed(lambda: target.copy_(source), device)
    return 2 * COPIED / seconds / 1e9


def operations(run: Run, batch: Batch) -> int:
    """Count the operations of one step.

    Those of convolutions and of matrix products, forward and back; the
    others are few beside them.
    """
    with FlopCounterMode(display=False) as counter:
        train_step(run, batch)
    return counter.get_total_flops()


def epoch(run: Run, drawings: Symbols, device: str) -> float:
    """Train for an epoch, and return its seconds, without evaluation."""
    stream = stream_of(run, drawings)
    return timed(lambda: list(train(run, stream, EPOCH)), device)


def parts(run: Run, given: list[Batch]) -> dict[str, float]:
    """Return the share of each part of a step, in percent of its time."""
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        for batch in given:
            train_step(run, batch)
    time: Counter[str] = Counter()
    for event in profiled.key_averages():
        time[part(event.key)] += event.self_cpu_time_total
    return {name: 100 * took / time.total() for name, took in time.items()}


def part(operation: str) -> str:
    """Say to which part of a step an operation belongs."""
    for name, beginnings in PARTS.items():
        if operation.startswith(beginnings):
            return name
    return "rest"
