"""Five layers of sixteen channels, instead of six of twelve to twenty-four."""

from dataclasses import replace

from torch import nn

from colorattn.data.symbols import Symbols
from colorattn.runs import SWEEPS
from colorattn.runs.catalog import SIXTEEN
from colorattn.training import loop, vary

LONG = SWEEPS["digits-records"].variants["300"]
EXPERIMENT = vary(LONG, {**SIXTEEN, "recipe.epochs": 15})


def train(seed: int, drawings: Symbols) -> nn.Module:
    """Train for fifteen epochs, as entry 01 does."""
    run = loop.start(replace(EXPERIMENT, seed=seed))
    batches = loop.stream_of(run, drawings)
    for _ in loop.train(run, batches, EXPERIMENT.recipe.steps):
        pass
    return run.model
