"""Compare a variant with its base, seed by seed, and say how sure we are.

With one seed, variants meet the same scenes and begin alike where they share
layers. So luck that both have cancels in the difference of a pair.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy import stats

SURE = 0.95  # the share of such intervals that hold the true difference


class Difference(NamedTuple):
    """The mean of paired differences, with its interval."""

    mean: float
    low: float
    high: float
    p: float  # chance of so large a mean if the true difference were zero
    seeds: int


def difference(
    variant: Float[np.ndarray, "seeds"], base: Float[np.ndarray, "seeds"]
) -> Difference:
    """Take Student's t-interval of paired differences, variant less base.

    Both hold one number for each seed, in the same order. Raises ValueError
    for fewer than two pairs, which say nothing about spread.
    """
    pairs = np.asarray(variant, float) - np.asarray(base, float)
    if len(pairs) < 2:
        raise ValueError(
            f"{len(pairs)} seeds have no spread: train at least 2."
        )
    if np.ptp(pairs) == 0:  # then t has no denominator
        only = float(pairs[0])
        return Difference(only, only, only, float(only == 0), len(pairs))
    found = stats.ttest_1samp(pairs, 0.0)
    low, high = found.confidence_interval(SURE)
    return Difference(
        float(pairs.mean()),
        float(low),
        float(high),
        float(found.pvalue),
        len(pairs),
    )


def holm(chances: Sequence[float]) -> list[float]:
    """Correct p-values for having looked at several variants (Holm, 1979).

    The smallest is multiplied by their number, the next by one less, and so
    on; none falls below one that was smaller before.
    """
    order = np.argsort(chances, kind="stable")
    corrected = np.empty(len(chances))
    floor = 0.0
    for rank, n in enumerate(order):
        floor = max(floor, (len(chances) - rank) * chances[n])
        corrected[n] = min(floor, 1.0)
    return corrected.tolist()
