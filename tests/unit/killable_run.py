"""A training process of its own, that can be killed at any moment.

It imports no test and no pytest, so that a new life begins in milliseconds:
each is forked from a process that has PyTorch ready.
"""

import multiprocessing
import signal
import sys
from pathlib import Path
from time import sleep

import torch
import torch._dynamo  # which the first optimizer would import, for seconds

from colorattn.runs import record
from colorattn.training import loop
from colorattn.training.config import EPOCH, Experiment

WAYS = multiprocessing.get_context(
    "forkserver" if sys.platform == "linux" else "spawn"
)
WAYS.set_forkserver_preload(["killable_run"])
ENDED = -1


class Life:
    """One process that trains until it ends or is killed."""

    def __init__(self, experiment: Experiment, path: Path):
        """Begin to live."""
        # No lock: a killed process would hold it for ever.
        self.path = path
        self.updates = WAYS.Value("q", 0, lock=False)
        arguments = experiment, path, self.updates
        self.process = WAYS.Process(target=live, args=arguments, daemon=True)
        self.process.start()

    def reach(self, update: int) -> None:
        """Wait until it makes this update of its life."""
        while self.process.is_alive() and self.updates.value < update:
            sleep(0.001)

    def save(self) -> None:
        """Wait until it writes its checkpoint, after its first epoch."""
        self.reach(EPOCH)
        after = EPOCH + 5  # then that moment has been missed
        while self.updates.value < after and not partials(self.path):
            sleep(0.0001)

    def kill(self) -> bool:
        """Kill it, and say whether that met it while it trained."""
        self.process.kill()
        self.process.join()
        killed = self.process.exitcode == -signal.SIGKILL
        return killed and self.updates.value > 0

    def end(self) -> bool:
        """Wait for its end, and say whether it was a good one."""
        self.process.join()
        return self.process.exitcode == 0 and self.updates.value == ENDED


def partials(path: Path) -> list[Path]:
    """Files beside a checkpoint that did not get to take its name."""
    return list(path.parent.glob(f".{path.name}.*.partial"))


def live(experiment: Experiment, path: Path, updates) -> None:
    """Train as the course does; only count the updates on the way."""
    torch.set_num_threads(1)
    real_update = loop.train_step

    def counted(run, batch):
        updates.value += 1
        return real_update(run, batch)

    loop.train_step = counted
    for _ in record.record(experiment, path):
        pass
    updates.value = ENDED
