"""How much memory does training take, at most?

`python tests/benchmarks/memory.py NAME DEVICE` trains a few steps, measures
once, and prints the peak. A peak never goes down again: so each case has a
process of its own. (Linux notes it as VmHWM. What `getrusage` returns will
not do: a process inherits it from the one that started it.)
"""

import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import torch

from colorattn.data import symbols
from colorattn.runs import record
from colorattn.training.config import NAMED
from colorattn.training.loop import evaluate, start, stream_of, train_step

NOTHING = "nothing"  # the case that only loads the drawings
STEPS = 10


def peak(name: str, device: str) -> float:
    """Return the peak of a case, in MB, from a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, name, device],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main(name: str, device: str) -> None:
    """Be that process."""
    drawings = symbols.load().to(device)
    if name != NOTHING:
        run = start(NAMED[name], device=device)
        held_out = record.scenes(run.experiment, "validation").to(device)
        for batch in islice(stream_of(run, drawings), STEPS):
            train_step(run, batch)
        evaluate(run.model, held_out)
    print(most(device) / 1e6)


def most(device: str) -> int:
    """Return the bytes that this process had at its peak, on a device."""
    if device != "cpu":
        return torch.cuda.max_memory_allocated()
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
