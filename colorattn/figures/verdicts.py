"""Squares of numbers, and what the repairs of chapter 9 gain."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.analysis.statistics import Difference, TimeToLevel
from colorattn.figures.differences import spoken
from colorattn.figures.rows import intervals, validation
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture


def spot(values: np.ndarray, place: int) -> str:
    """Say where a cell is, counted row by row, and what it holds."""
    row, column = divmod(place, values.shape[1])
    return f"row {row}, column {column} with {values[row, column]:.0f}%"


@picture
def heat(
    cases: dict[str, Float[Tensor, "rows columns"]],
    axes_names: tuple[str, str],
    what: str,
) -> tuple[Figure, str]:
    """Show squares of shares, one heat for all, each cell with its number."""
    figure = Figure((WIDTH, 0.8 + 2.9 / len(cases) ** 0.6))
    axes = figure.subplots(1, len(cases), squeeze=False)[0]
    lowest = min(float(each.min()) for each in cases.values())
    highest = max(float(each.max()) for each in cases.values())
    told = []
    for axis, (name, shares) in zip(axes, cases.items(), strict=True):
        values = 100 * shares.numpy()
        axis.imshow(
            values, cmap="cividis", vmin=100 * lowest, vmax=100 * highest
        )
        for (row, column), value in np.ndenumerate(values):
            dark = value < 50 * (lowest + highest)
            axis.text(
                column,
                row,
                f"{value:.0f}",
                ha="center",
                va="center",
                color="white" if dark else "black",
                fontsize=8,
            )
        axis.set_title(name)
        axis.set(ylabel=axes_names[0], xlabel=axes_names[1])
        axis.set(xticks=range(shares.shape[1]), yticks=range(len(shares)))
        told.append(
            f"{name}, mean {values.mean():.0f}%: highest in "
            f"{spot(values, int(values.argmax()))}, lowest in "
            f"{spot(values, int(values.argmin()))}"
        )
    return figure, f"{what}, in squares of numbers. " + "; ".join(told) + "."


@picture
def gains(
    pairs: dict[str, Float[np.ndarray, "seeds"]],
    found: dict[str, Difference],
    chances: Sequence[float],
    before: dict[str, float],
) -> tuple[Figure, str]:
    """Show what each repair gains in points, the largest gain on top.

    `pairs` holds a number for each seed, `found` their summaries, `chances`
    p-values corrected for the number of repairs, in the order of `found`: a
    filled square marks those below one in twenty. `before` is the mean on
    the validation scenes, by which one would choose.
    """
    figure = Figure((WIDTH, 1.0 + 0.38 * len(found)))
    axis = figure.subplots()
    order, sure = intervals([axis], pairs, found, chances)
    validation(figure, axis, order, before)
    axis.axvline(0, color=FAINT, ls=":")
    axis.set_xlabel("gain over the post's net (points)")
    told = "; ".join(
        f"{name} {spoken(found[name])}"
        + ("" if sure[name] else ", which may be luck")
        + f" (validation {before[name]:+.1f})"
        for name in order
    )
    return figure, (
        "What each repair gains, in points of accuracy, a row for each with a "
        f"dot for each seed, the mean and its interval on test scenes: {told}."
    )


@picture
def paces(
    found: dict[str, TimeToLevel], level: str, wait: int
) -> tuple[Figure, str]:
    """Show when each net reaches a level, and what it gains from there on.

    The first is the base, whose means are dotted lines.
    """
    figure = Figure((WIDTH, 1.1 + 0.32 * len(found)))
    axes = figure.subplots(1, 2, sharey=True)
    rows = list(found.items())
    for axis, part in enumerate(axes):
        part.axvline(float(rows[0][1][axis].mean()), color=FAINT, ls=":")
        for row, (_, pace) in enumerate(rows):
            each = pace[axis]
            across = row + np.linspace(-0.15, 0.15, len(each))
            part.plot(each, across, "o", color=ORANGE, ms=3.5, alpha=0.7)
            part.plot([each.mean()] * 2, [row - 0.3, row + 0.3], color=INK)
    axes[0].set(yticks=range(len(rows)), yticklabels=list(found))
    axes[0].set_ylim(len(rows) - 0.5, -0.5)
    axes[0].set_xlabel(f"epoch that reaches {level}")
    axes[1].set_xlabel(f"gain in the next {wait} epochs (points)")
    told = "; ".join(
        f"{name} at epoch {pace.epochs.mean():.0f}, then "
        f"{pace.gains.mean():.1f} points"
        for name, pace in rows
    )
    return figure, (
        f"Left, the epoch at which each net reaches {level}, right, what it "
        f"gains in the {wait} epochs after, a dot for each seed and a line "
        f"for their mean: {told}."
    )


@picture
def looks(
    found: dict[str, Sequence[float]], measures: Sequence[str]
) -> tuple[Figure, str]:
    """Show three shares for each net in a row, to see where they part.

    Shares are between 0 and 1. `measures` names them, in the order of each
    net's.
    """
    figure = Figure((WIDTH, 1.1 + 0.32 * len(found)))
    axis = figure.subplots()
    marks = ("s", INK), ("o", ORANGE), ("d", BLUE)
    for row, shares in enumerate(found.values()):
        ends = 100 * min(shares), 100 * max(shares)
        axis.plot(ends, [row] * 2, color=FAINT, lw=0.8, zorder=1)
        for (mark, color), share in zip(marks, shares, strict=True):
            axis.plot(100 * share, row, mark, mfc="none", color=color, ms=8)
    for (mark, color), name in zip(marks, measures, strict=True):
        axis.plot([], [], mark, mfc="none", color=color, label=name)
    figure.legend(loc="outside upper right", ncols=len(measures))
    axis.set(yticks=range(len(found)), yticklabels=list(found))
    axis.set_ylim(len(found) - 0.5, -0.5)
    axis.set_xlabel("percent")
    told = "; ".join(
        f"{name} " + ", ".join(f"{share:.1%}" for share in shares)
        for name, shares in found.items()
    )
    return figure, (
        f"For each net, on one line, {', '.join(measures)} (%): {told}."
    )
