"""Small nets and experiments, so that tests take milliseconds."""

import time
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import torch

from colorattn.data.scene import Scene
from colorattn.model.colornet import ColorNetConfig
from colorattn.model.encoder import EncoderConfig
from colorattn.training.config import BEST, Experiment, Recipe, vary

NET = ColorNetConfig(
    image_encoder=EncoderConfig(channels=(2, 3, 5)),
    query_encoder=EncoderConfig(channels=(3, 2, 5)),
)
SHARED = replace(
    BEST.model,
    image_encoder=replace(
        BEST.model.image_encoder,
        channels=(2, 3, 5, 7, 11),
        kernels=(5, 3, 3, 3, 3),
        strides=(2, 2, 1, 1, 1),
        dilations=(1, 1, 1, 2, 1),
    ),
)
TIMED = "seconds"  # the one field that differs between equal runs
EXPERIMENT = Experiment(
    scene=Scene(num_symbols=2),
    model=NET,
    recipe=Recipe(batch_size=7, epochs=2),
    seed=3,
)


def wait_for(path: Path, process: Popen | None = None) -> None:
    """Wait until a file is there, as long as its process (if given) lives."""
    end = time.monotonic() + 600
    while not path.exists():
        assert time.monotonic() < end, f"{path} was not written"
        assert process is None or process.poll() is None, "it has ended"
        time.sleep(0.01)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    """Make normally distributed numbers."""
    random = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=random)


def assert_same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]):
    """Two states agree in every bit."""
    assert a.keys() == b.keys()
    for name, value in a.items():
        assert torch.equal(value, b[name]), name


def pixels(*shape: int, seed: int = 0) -> torch.Tensor:
    """Make a picture of bytes at random."""
    random = torch.Generator().manual_seed(seed)
    return torch.randint(256, shape, generator=random).byte()


def variants(**change) -> dict[str, Experiment]:
    """Two variants of a small experiment."""
    base = vary(EXPERIMENT, {"recipe.epochs": 1, **change})
    return {"base": base, "no-head": vary(base, {"model.head": "none"})}


def untimed(rows):
    """Leave out what differs between equal runs."""
    return [{k: v for k, v in row.items() if k != TIMED} for row in rows]


def by_run(runs):
    """Sort runs, which may end in any order."""
    return sorted(map(untimed, runs), key=lambda rows: named([rows]))


def named(runs):
    """Name runs by their variants and seeds."""
    return [(rows[0]["variant"], rows[0]["seed"]) for rows in runs]
