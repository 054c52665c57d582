"""Primitives for many seeds: thin lines, dots, means with intervals."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes

from colorattn.analysis.statistics import Difference, difference
from colorattn.figures.style import FAINT, INK, ORANGE, Number, Series

SQUARE: dict[str, Any] = {"fmt": "s", "color": INK, "ms": 5}  # of means
Seeds = Float[np.ndarray, "_"]  # variants may have different numbers of them
Curves = Float[np.ndarray, "seeds epochs"]


def seed_lines(
    axis: Axes,
    runs: Iterable[np.ndarray],
    mean: np.ndarray,
    style: Series,
    x: Any = None,
    **thin: Any,
) -> None:
    """Draw a thin line for each seed, and a bold one for their mean.

    Without `x` these are epochs, counted from 1; runs may have different
    numbers of them.
    """
    runs = list(runs)
    if x is None:
        x = np.arange(1, max(map(len, [*runs, mean])) + 1)
    thin = {"alpha": 0.25, "lw": 0.7} | thin
    for run in runs:
        axis.plot(x[: len(run)], run, color=style.color, **thin)
    axis.plot(x[: len(mean)], mean, color=style.color, ls=style.line, lw=2)


def epoch_ticks(last: int) -> list[int]:
    """Return a few epochs up to the last, and none beyond."""
    step = max(1, last // 4)
    step -= step % 5 if step > 5 else 0
    return list(range(0, last + 1, step))[1:]


def smooth(values: np.ndarray) -> np.ndarray:
    """Average each value with up to two neighbors on either side."""
    total = np.convolve(values, np.ones(5), mode="same")
    return total / np.convolve(np.ones_like(values), np.ones(5), mode="same")


def first_epoch(mean: np.ndarray, level: Number) -> int | None:
    """Return the first epoch, from 1, with a value of at least `level`."""
    reached = (mean >= level).nonzero()[0]
    return int(reached[0]) + 1 if len(reached) else None


def seed_dots(
    axis: Axes, row: Number, values: Seeds, spread: Number = 0.15, **dot: Any
) -> None:
    """Draw a dot for each seed around a row, `spread` to either side."""
    rows = row + np.linspace(-spread, spread, len(values))
    axis.plot(values, rows, "o", color=ORANGE, alpha=0.7, **{"ms": 3.5} | dot)


def margins(found: Difference) -> list[list[Number]]:
    """Return how far an interval reaches below and above its mean."""
    return [[found.mean - found.low], [found.high - found.mean]]


def interval(values: Seeds) -> Difference:
    """Return the mean of some seeds with its confidence interval."""
    seeds = pd.Series(values)
    return difference(seeds, 0 * seeds)


def paired_dots(axis: Axes, differences: Seeds) -> Difference:
    """Draw each difference as a dot; return and draw their interval."""
    found = interval(differences)
    across = np.linspace(-0.12, 0.12, len(differences))
    axis.axhline(0, color=FAINT, ls=":")
    axis.plot(across, differences, "o", color=ORANGE, ms=4, alpha=0.7)
    axis.errorbar(0.3, found.mean, margins(found), capsize=4, **SQUARE)
    axis.set(xticks=[], xlim=(-1, 1))
    return found


def describe(found: Difference, ratio: bool = False) -> str:
    """Describe a difference or a ratio and its interval in words."""
    if ratio:
        return (
            f"{found.mean:.1f} times, with a 95% confidence interval from "
            f"{found.low:.1f} to {found.high:.1f}"
        )
    side = "above" if found.low > 0 else "on both sides of"
    return (
        f"{found.mean:+.1f} on average, with a 95% confidence interval from "
        f"{found.low:+.1f} to {found.high:+.1f}, "
        f"{'below' if found.high < 0 else side} zero"
    )
