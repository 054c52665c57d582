"""15 epochs, 1,185 steps: the logarithm of the ink, and orthogonal steps."""

from dataclasses import replace

from torch import nn

from colorattn.data.symbols import Symbols
from colorattn.runs import SWEEPS
from colorattn.training import loop, vary

LONG = SWEEPS["digits-records"].variants["300"]
EXPERIMENT = vary(LONG, {"recipe.epochs": 15})


def train(seed: int, drawings: Symbols) -> nn.Module:
    """Train for fifteen epochs, on transformed drawings."""
    run = loop.start(replace(EXPERIMENT, seed=seed))
    batches = loop.stream_of(run, drawings)
    for _ in loop.train(run, batches, EXPERIMENT.recipe.steps):
        pass
    return run.model
