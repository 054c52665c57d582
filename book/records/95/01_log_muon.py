"""158 half batches: the logarithm of the ink, and orthogonal steps."""

from dataclasses import replace

from torch import nn

from colorattn.data.symbols import Symbols
from colorattn.runs import SWEEPS
from colorattn.training import loop

EXPERIMENT = SWEEPS["head-and-step"].variants["all"]


def train(seed: int, drawings: Symbols) -> nn.Module:
    """Train for two epochs."""
    run = loop.start(replace(EXPERIMENT, seed=seed))
    batches = loop.stream_of(run, drawings)
    for _ in loop.train(run, batches, EXPERIMENT.recipe.steps):
        pass
    return run.model
