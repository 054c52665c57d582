"""A Dask cluster whose processes can be killed at any moment.

Like `killable_run`, it imports no test, and processes are forked from one that
has everything ready.
"""

import asyncio
import errno
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import dask
from distributed import Scheduler, Worker
from killable_run import WAYS, partials

from colorattn.runs import sweep
from colorattn.training import loop
from colorattn.training.config import EPOCH

WAYS.set_forkserver_preload(["killable_run", "killable_worker"])


class Life:
    """A process of a cluster, until it is killed."""

    def __init__(self, target, *arguments, moment: int | None = None):
        """Begin to live; a worker's moment is the update that kills it."""
        # No lock: a killed process would hold it for ever.
        self.updates = WAYS.Value("q", 0, lock=False)
        self.moment = moment
        scratch = dask.config.get("temporary_directory")
        self.process = WAYS.Process(
            target=live,
            args=(target, scratch, self.updates, *arguments),
            daemon=True,
        )
        self.process.start()

    def due(self, saving: bool) -> bool:
        """Say whether its moment has come: an update, or (0) while it saves.

        Five updates after its first epoch that moment has been missed.
        """
        if self.moment is None:
            return False
        if self.moment == 0:
            made = self.updates.value
            return made >= EPOCH and (saving or made >= EPOCH + 5)
        return self.updates.value >= self.moment

    def kill(self) -> bool:
        """Kill it, and say whether it was alive."""
        self.process.kill()
        self.process.join()
        return self.process.exitcode == -signal.SIGKILL


@contextmanager
def scheduler() -> Iterator[tuple[str, Life]]:
    """Start a scheduler; give its address and its process."""
    here, there = WAYS.Pipe()
    life = Life(schedule, there)
    try:
        assert here.poll(600), "the scheduler has not begun"
        yield here.recv(), life
    finally:
        life.kill()


@contextmanager
def workers(address: str, n: int, *faults: str) -> Iterator[list[Life]]:
    """Start workers; what is still alive afterwards is killed."""
    lives = [Life(work, address, faults) for _ in range(n)]
    try:
        yield lives
    finally:
        for life in lives:
            life.kill()


def moments(kills: int) -> list[int]:
    """Choose after how many updates each life ends: every fourth saves."""
    random = Random(kills)
    return [random.randint(1, 99) if n % 4 else 0 for n in range(kills)]


def saving(folder: Path, names: list[str], seeds: list[int]) -> bool:
    """Say whether some run writes its checkpoint at this moment."""
    paths = (sweep.checkpoint_path(folder, v, s) for v in names for s in seeds)
    return any(partials(path) for path in paths)


def live(target, scratch: str, *arguments) -> None:
    """Do the work of a process, of which a task may lose any number."""
    dask.config.set(temporary_directory=scratch)
    dask.config.set({"distributed.scheduler.allowed-failures": 10_000})
    target(*arguments)


def schedule(updates, pipe) -> None:
    """Schedule until killed."""

    async def serve() -> None:
        options = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
        async with Scheduler(port=0, **options) as scheduler:
            pipe.send(scheduler.address)
            await scheduler.finished()

    asyncio.run(serve())


def work(updates, address: str, faults: tuple[str, ...]) -> None:
    """Work until killed; only count the updates on the way."""
    real_update, real_fsync = loop.train_step, os.fsync

    def counted(run, batch):
        updates.value += 1
        return real_update(run, batch)

    def full(file):
        if updates.value > 3 * EPOCH:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real_fsync(file)

    loop.train_step = counted
    if "full disk" in faults:
        os.fsync = full
    if "another disk" in faults:
        Path.is_dir = lambda path: False

    async def serve() -> None:
        options = {"nthreads": 1, "dashboard": False, "death_timeout": 600}
        async with Worker(address, host="127.0.0.1", **options) as worker:
            await worker.finished()

    asyncio.run(serve())
