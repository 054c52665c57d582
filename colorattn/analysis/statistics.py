"""Intervals and tests: paired over seeds, bootstrapped over drawings.

With the same seed, variants meet the same scenes and start with the same
weights in the layers they share, so that common luck cancels in the
difference of a pair. For one network, what varies is the drawings: ten
thousand scenes show the same few thousand again and again.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from scipy import stats
from torch import Generator, Tensor

from colorattn.data.stream import Batch


class Difference(NamedTuple):
    """The mean of paired differences, with its 95% confidence interval."""

    mean: float
    low: float
    high: float
    p: float  # of so large a mean if the true difference were zero
    seeds: int


class TimeToLevel(NamedTuple):
    """How soon each run reaches a level, and its gain after that, by seed."""

    epochs: pd.Series  # until the level is reached, from 1
    gains: pd.Series  # in the unit of the runs


def difference(variant: pd.Series, base: pd.Series) -> Difference:
    """Student's t-interval of differences, variant minus base, by seed.

    Seeds that only one of them has are left out. Raises ValueError for fewer
    than two pairs.
    """
    pairs = (variant - base).dropna().to_numpy(float)
    if len(pairs) < 2:
        raise ValueError(
            f"{len(pairs)} seeds in common have no spread: train at least 2."
        )
    if np.ptp(pairs) == 0:  # then t has no denominator
        only = float(pairs[0])
        return Difference(only, only, only, float(only == 0), len(pairs))
    found = stats.ttest_1samp(pairs, 0.0)
    low, high = map(float, found.confidence_interval(0.95))
    mean, p = float(pairs.mean()), float(found.pvalue)
    return Difference(mean, low, high, p, len(pairs))


def error_ratio(without: pd.Series, with_it: pd.Series) -> Difference:
    """Geometric mean of the ratios of error rates without and with a part.

    Both are indexed by seed. Raises ValueError for an error rate of 0.
    """
    if not (without > 0).all() or not (with_it > 0).all():
        raise ValueError(
            "an error rate of 0 has no ratio: measure it on more scenes."
        )
    logs = difference(np.log(without), np.log(with_it))
    mean, low, high = np.exp(logs[:3]).tolist()
    return logs._replace(mean=mean, low=low, high=high)


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for multiple comparisons (Holm, 1979).

    The smallest is multiplied by their number, the next by one less, and so
    on; none may be smaller than the one before it.
    """
    order = np.argsort(p_values, kind="stable")
    times = np.arange(len(order), 0, -1) * np.take(p_values, order)
    corrected = np.empty(len(order))
    corrected[order] = np.maximum.accumulate(times).clip(max=1.0)
    return corrected.tolist()


def time_to_level(runs: pd.DataFrame, level: float, wait: int) -> TimeToLevel:
    """Epochs until `level`, and the gain in the `wait` epochs after it.

    `runs` has a row for each seed and a column for each epoch. Each epoch is
    averaged with its two neighbors, so that a single lucky one does not count.
    Raises ValueError for a run that reaches the level too late, or never.
    """
    values = runs.to_numpy()
    calm = (values[:, :-2] + values[:, 1:-1] + values[:, 2:]) / 3
    above = calm >= level
    first = above.argmax(axis=1)
    if not above.any(axis=1).all() or max(first) + wait >= calm.shape[1]:
        raise ValueError(f"not every run has {wait} epochs after {level:g}.")
    each = np.arange(len(runs))
    gains = calm[each, first + wait] - calm[each, first]
    # The first epoch with both neighbors is the second.
    epochs = pd.Series(first + 2.0, runs.index)
    return TimeToLevel(epochs, pd.Series(gains, runs.index))


class Interval(NamedTuple):
    """A share of scenes, with its interval over drawings."""

    share: float  # 0 to 1, as the next two
    low: float
    high: float


def bootstrap_interval(
    right: Float[Tensor, "*seeds scenes"],
    scenes: Batch,
    random: Generator,
    rounds: int = 400,
) -> Interval:
    """Return the mean of `right` with a 95% bootstrap interval.

    It is over drawings, and over seeds where there are any. Raises ValueError
    without scenes.
    """
    if len(scenes) == 0:
        raise ValueError("there are no scenes: give at least one.")
    marks = right.view(1, -1, len(scenes))
    shares = bootstrap_shares(marks, scenes, random, rounds).squeeze(1)
    ends = shares.quantile(torch.tensor([0.025, 0.975]))
    return Interval(right.mean().item(), *ends.tolist())


def bootstrap_shares(
    right: Float[Tensor, "variants seeds scenes"],
    scenes: Batch,
    random: Generator,
    rounds: int = 400,
) -> Float[Tensor, "rounds variants"]:
    """Return the share that each variant has right, in resampled worlds.

    Each round gives every drawing a random count and weighs a scene by those
    of its query and its queried symbol, multiplied: the pigeonhole bootstrap
    (Owen, 2007), which is conservative. Two seeds or more have counts, too.
    All variants meet the same seeds and drawings. Empty rounds are left out.
    """
    drawn = scenes.query_symbol, scenes.query_id
    last = int(torch.stack(drawn).max()) + 1
    seeds = right.shape[1]
    shares = []
    for _ in range(rounds):
        counts = torch.poisson(torch.ones(last), generator=random)
        weight = (counts[drawn[0]] * counts[drawn[1]])[None]
        if seeds > 1:
            runs = torch.poisson(torch.ones(seeds, 1), generator=random)
            weight = weight * runs
        total = weight.sum()
        if total > 0:
            shares.append((weight * right).sum(dim=(1, 2)) / total)
    return torch.stack(shares)


def auc(positive: Float[Tensor, "n"], negative: Float[Tensor, "m"]) -> float:
    """Area under the ROC curve: Mann-Whitney's U by the number of pairs."""
    u = stats.mannwhitneyu(positive.numpy(), negative.numpy()).statistic
    return float(u) / (len(positive) * len(negative))
