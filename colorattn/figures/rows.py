"""Rows of a forest plot: seeds of a variant, their mean and its interval."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colorattn.analysis.statistics import Difference
from colorattn.figures.style import BLUE, INK, ORANGE

Seeds = Float[np.ndarray, "_"]  # runs may have different numbers of them


def intervals(
    axes: Sequence[Axes],
    seeds: dict[str, Seeds],
    found: dict[str, Difference],
    chances: Sequence[float],
) -> tuple[list[str], dict[str, bool]]:
    """Draw a row for each variant into all axes, the largest mean in row 0.

    `seeds` holds a number for each seed, `found` their summaries, `chances`
    corrected p-values in the order of `found`: a filled square marks those
    below one in twenty. Returns the names of the rows, and which are marked.
    """
    order = sorted(found, key=lambda name: -found[name].mean)
    sure = {n: p < 0.05 for n, p in zip(found, chances, strict=True)}
    for row, name in enumerate(order):
        its = found[name]
        spread = row + np.linspace(-0.15, 0.15, its.seeds)
        for axis in axes:
            axis.plot(
                seeds[name], spread, "o", color=ORANGE, ms=3.5, alpha=0.7
            )
            axis.errorbar(
                its.mean,
                row,
                xerr=[[its.mean - its.low], [its.high - its.mean]],
                fmt="s",
                color=INK,
                mfc=INK if sure[name] else "none",
                capsize=3,
                ms=5,
            )
    axes[0].set(yticks=range(len(order)), yticklabels=order)
    return order, sure


def validation(
    figure: Figure, axis: Axes, order: Sequence[str], before: dict[str, float]
) -> None:
    """Add means on validation scenes and a legend, and put row 0 on top."""
    for row, name in enumerate(order):
        axis.plot(before[name], row, "d", mfc="none", color=BLUE, ms=8)
    for mark, color, text in (
        ("d", BLUE, "mean, validation"),
        ("o", ORANGE, "one seed, test"),
        ("s", INK, "mean, test"),
    ):
        axis.plot([], [], mark, color=color, mfc="none", label=text)
    figure.legend(loc="outside upper right", ncols=3)
    axis.set_ylim(len(order) - 0.5, -0.5)
