"""Primitives for many seeds: thin lines, dots, means with intervals."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes

from colorattn.analysis.statistics import Difference, difference
from colorattn.figures.axes import label_ends, log_axis, name_rows
from colorattn.figures.style import (
    FAINT,
    INK,
    ORANGE,
    Number,
    Series,
    in_series,
)

SIGNIFICANT = 0.05  # the level of p-values
SQUARE: dict[str, Any] = {"fmt": "s", "color": INK, "ms": 5}  # of means
Seeds = Float[np.ndarray, "_"]  # variants may have different numbers of them
Curves = Float[np.ndarray, "seeds epochs"]


def seed_lines(
    axis: Axes,
    runs: Iterable[np.ndarray],
    mean: np.ndarray,
    style: Series,
    **thin: Any,
) -> None:
    """Draw a thin line for each seed, and a bold one for their mean.

    Epochs count from 1; runs may have different numbers of them.
    """
    thin = {"alpha": 0.25, "lw": 0.7} | thin
    for run in runs:
        axis.plot(np.arange(1, len(run) + 1), run, color=style.color, **thin)
    epochs = np.arange(1, len(mean) + 1)
    axis.plot(epochs, mean, color=style.color, ls=style.line, lw=2)


def error_lines(
    axis: Axes, wrong: dict[str, Curves], floor: Number, least: Number
) -> dict[str, np.ndarray]:
    """Draw errors by epoch on a log axis, with the names of the nets.

    Names are apart by a factor of `least`. Returns the means as they are
    drawn, in percent.
    """
    means = {
        name: 100 * np.maximum(runs.mean(axis=0), floor)
        for name, runs in wrong.items()
    }
    for name, mean, style in in_series(means):
        runs = 100 * np.maximum(wrong[name], floor)
        seed_lines(axis, runs, mean, style, alpha=0.2, lw=0.6)
    log_axis(axis.yaxis)
    ends = {name: (len(mean), mean[-1]) for name, mean in means.items()}
    label_ends(axis, ends, least)
    axis.set(xlabel="epoch", ylabel="wrong answers (%), validation")
    return means


def epoch_ticks(last: int) -> list[int]:
    """Return a few epochs up to the last, and none beyond."""
    step = max(1, last // 4)
    step -= step % 5 if step > 5 else 0
    return list(range(0, last + 1, step))[1:]


def smooth(values: np.ndarray, width: int = 5) -> np.ndarray:
    """Average each value with its neighbors, fewer of them at the ends."""
    ones = np.ones(width)
    total = np.convolve(values, ones, mode="same")
    return total / np.convolve(np.ones_like(values), ones, mode="same")


def first_epoch(mean: np.ndarray, level: Number) -> int | None:
    """Return the first epoch, from 1, with a value of at least `level`."""
    reached = (mean >= level).nonzero()[0]
    return int(reached[0]) + 1 if len(reached) else None


def seed_dots(
    axis: Axes,
    row: Number,
    values: Seeds,
    spread: Number = 0.15,
    ms: Number = 3.5,
) -> None:
    """Draw a dot for each seed around a row, `spread` to either side."""
    rows = row + np.linspace(-spread, spread, len(values))
    axis.plot(values, rows, "o", color=ORANGE, ms=ms, alpha=0.7)


def mean_tick(axis: Axes, row: Number, mean: Any) -> None:
    """Mark the mean of a row with a short upright line."""
    axis.plot([mean] * 2, [row - 0.3, row + 0.3], color=INK)


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
    axis.axhline(0, color=FAINT, linestyle=":")
    axis.plot(across, differences, "o", color=ORANGE, markersize=4, alpha=0.7)
    axis.errorbar(0.3, found.mean, margins(found), capsize=4, **SQUARE)
    axis.set(xticks=[], xlim=(-1, 1))
    return found


def interval_rows(
    axes: Sequence[Axes] | np.ndarray,
    seeds: dict[str, Seeds],
    found: dict[str, Difference],
    p_values: Sequence[Number],
) -> dict[str, bool]:
    """Draw a row for each variant into all axes, the largest mean in row 0.

    `seeds` holds a number for each seed, `found` their summaries, `p_values`
    corrected p-values in the order of `found`: a filled square marks those
    that are significant. Returns the names in the order of the rows, and
    which are significant.
    """
    levels = dict(zip(found, p_values, strict=True))
    order = sorted(found, key=lambda name: -found[name].mean)
    significant = {name: levels[name] < SIGNIFICANT for name in order}
    for row, name in enumerate(order):
        fill = INK if significant[name] else "none"
        mark = SQUARE | {"mfc": fill, "capsize": 3}
        for axis in axes:
            seed_dots(axis, row, seeds[name])
            reach = margins(found[name])
            axis.errorbar(found[name].mean, row, xerr=reach, **mark)
    name_rows(axes[0], order)
    return significant


def describe(found: Difference, ratio: bool = False) -> str:
    """Describe a difference or a ratio and its interval in words."""
    if ratio:
        return "{:.1f} times, from {:.1f} to {:.1f}".format(*found[:3])
    side = "on both sides of zero"
    if found.low > 0:
        side = "above zero"
    if found.high < 0:
        side = "below zero"
    return (
        f"{found.mean:+.1f} on average, with an interval from "
        f"{found.low:+.1f} to {found.high:+.1f}, {side}"
    )


def describe_rows(
    found: dict[str, Difference],
    significant: dict[str, bool],
    ratio: bool = False,
) -> dict[str, str]:
    """Describe rows of intervals, from row 0 on."""
    return {
        name: f"{name} {describe(found[name], ratio)}"
        + ("" if significant[name] else ", which may be luck")
        for name in significant
    }
