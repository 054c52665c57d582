"""Wrong answers, sorted by what the measures say of them.

The rules were made on validation scenes. They are tried in order, and the
first that fits names the cause.
"""

from dataclasses import replace
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from colorattn.measures import ink_shares, looked_at
from colorattn.probes import Asked, another, ask
from colorattn.stream import Batch
from colorattn.symbols import Symbols

CAUSES = (
    "right place, other ink",  # the peak is a hit
    "torn between places",  # no symbol holds two thirds of the ink
    "this drawing of the query",  # most others would have been understood
    "taken for another symbol",  # whoever draws the query
)
MOST = 2 / 3  # of the ink under the weights
DRAWINGS = 20  # put in the query's place, one after the other


class Failures(NamedTuple):
    """The wrong answers of a net."""

    scene: Int64[Tensor, "n"]  # which scenes
    cause: Int64[Tensor, "n"]  # index into CAUSES
    mended: Float[Tensor, "n"]  # share of other drawings that are understood


def sort(
    model: nn.Module,
    scenes: Batch,
    asked: Asked,
    symbols: Symbols,
    random: torch.Generator,
) -> Failures:
    """Find the wrong answers and the cause of each."""
    which = (asked.answer != scenes.target).nonzero().squeeze(1)
    failed, weights = scenes[which], asked.weights[which]
    mended = redraw(model, failed, symbols, random)
    hit = looked_at(weights, failed) == failed.queried
    torn = ink_shares(weights, failed).amax(dim=1) < MOST
    cause = torch.where(mended >= 0.5, 2, 3)
    cause = torch.where(torn, 1, cause)
    return Failures(which, torch.where(hit, 0, cause), mended)


def redraw(
    model: nn.Module,
    scenes: Batch,
    symbols: Symbols,
    random: torch.Generator,
    times: int = DRAWINGS,
) -> Float[Tensor, "batch"]:
    """Return how often the answer is right with other drawings as query."""
    each = torch.arange(len(scenes)).repeat_interleave(times)
    again = scenes[each]
    drawn = another(again.query_drawing, symbols, random)
    again = replace(again, query=symbols.pixels(drawn).unsqueeze(1))
    right = ask(model, again).answer == again.target
    return right.view(-1, times).float().mean(dim=1)
