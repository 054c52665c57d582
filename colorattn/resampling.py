"""How sure a number of a single net is, when drawings are what varies.

Scenes are free, drawings are not: ten thousand scenes hold the same few
thousand drawings again and again. So we resample drawings, not scenes.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from colorattn.stream import Batch


class Interval(NamedTuple):
    """A share of scenes, and where it may lie for other drawings."""

    share: float  # 0 to 1, as the next two
    low: float
    high: float


def interval(
    right: Float[Tensor, "scenes"],
    scenes: Batch,
    random: torch.Generator,
    rounds: int = 400,
) -> Interval:
    """Return the mean of `right` with a 95 % interval over drawings.

    Each round gives every drawing a random count (how often it came in a
    sample with replacement) and weighs a scene by the counts of its query
    and of its queried symbol, multiplied. Source: the pigeonhole bootstrap
    (Owen, 2007), which errs on the side of wide. Raises ValueError for no
    scenes.
    """
    if len(right) == 0:
        raise ValueError("no scenes, no share: ask about at least one.")
    each = torch.arange(len(right))
    drawn = scenes.drawings[each, scenes.queried], scenes.query_drawing
    last = int(torch.stack(drawn).max()) + 1
    shares = []
    for _ in range(rounds):
        counts = torch.poisson(torch.ones(last), generator=random)
        weight = counts[drawn[0]] * counts[drawn[1]]
        total = weight.sum()
        if total > 0:
            shares.append((weight * right).sum() / total)
    ends = torch.stack(shares).quantile(torch.tensor([0.025, 0.975]))
    return Interval(right.mean().item(), *ends.tolist())
