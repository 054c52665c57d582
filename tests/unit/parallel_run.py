"""Processes that train a small network together: a script, or a group."""

import os
import socket
import sys

from killable_run import WAYS
from tiny import EXPERIMENT

from colorattn.training import parallel
from colorattn.training.config import vary

WAYS.set_forkserver_preload(["killable_run", "parallel_run"])


def train(*arguments: str) -> None:
    """Be one of the processes."""
    # Pre-training is left out; another network could not be pre-trained.
    parallel.NAMED["tiny"] = vary(EXPERIMENT, {"recipe.pretrain": 1})
    sys.argv = ["parallel", "tiny", *arguments]
    parallel.main()


def free_port() -> int:
    """Find a port that nothing listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def together(workers: int, *arguments: str) -> list[int]:
    """Train in so many processes; return how they ended."""
    port = free_port()
    group = [
        WAYS.Process(target=member, args=(rank, workers, port, arguments))
        for rank in range(workers)
    ]
    for process in group:
        process.start()
    for process in group:
        process.join()
    return [process.exitcode for process in group]


def member(
    rank: int, workers: int, port: int, arguments: tuple[str, ...]
) -> None:
    """Be one of a group, as torchrun would start it."""
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    who = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": workers}
    os.environ.update({k: str(v) for k, v in (where | who).items()})
    train(*arguments)


if __name__ == "__main__":
    train(*sys.argv[1:])
