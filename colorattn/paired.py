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


class Pace(NamedTuple):
    """How soon each run reaches a level, and how fast it goes on."""

    epochs: Float[np.ndarray, "seeds"]  # until the level is reached, from 1
    climbs: Float[np.ndarray, "seeds"]  # in the same unit as the runs


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


def worth(
    without: Float[np.ndarray, "seeds"], with_it: Float[np.ndarray, "seeds"]
) -> Difference:
    """Say how many times as many errors there are without a part.

    Both hold shares of wrong answers, pair by pair. The mean is geometric,
    and the interval is that of the logarithms: from 2 errors to 1 is as far
    as from 20 to 10. Raises ValueError where no answer is wrong, since
    nothing can be divided by that.
    """
    shares = np.asarray(without, float), np.asarray(with_it, float)
    if min(min(each, default=0) for each in shares) <= 0:
        raise ValueError(
            "a run without errors has no factor: measure it on more scenes."
        )
    logs = difference(np.log(shares[0]), np.log(shares[1]))
    mean, low, high = np.exp(logs[:3]).tolist()
    return logs._replace(mean=mean, low=low, high=high)


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


def pace(
    runs: Float[np.ndarray, "seeds epochs"], level: float, wait: int
) -> Pace:
    """Tell an early start from a fast climb.

    `climbs` is what a run gains in the `wait` epochs after it has reached
    `level`. A change that only ends a plateau sooner climbs like its base,
    some epochs ahead. Each epoch is taken with its two neighbors, so that a
    single lucky one reaches nothing. Raises ValueError for a run that
    reaches the level too late, or never.
    """
    calm = (runs[:, :-2] + runs[:, 1:-1] + runs[:, 2:]) / 3
    above = calm >= level
    first = above.argmax(axis=1)
    if not above.any(axis=1).all() or max(first) + wait >= calm.shape[1]:
        raise ValueError(f"not every run has {wait} epochs after {level:g}.")
    seeds = np.arange(len(runs))
    # The first epoch that has both neighbors is the second.
    return Pace(first + 2.0, calm[seeds, first + wait] - calm[seeds, first])
