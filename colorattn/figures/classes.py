"""How a net fares with each class, and which classes it takes for which."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.analysis.statistics import Interval
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture

MARKS = ((BLUE, "o"), (ORANGE, "s"), (INK, "^"))


@picture
def shares(
    found: dict[str, Sequence[Interval]], names: Sequence[str], what: str
) -> tuple[Figure, str]:
    """Show shares with their intervals: a row for each name, lowest on top.

    `found` holds one interval for each name, by net; the first net decides
    the order.
    """
    figure = Figure((WIDTH, 0.9 + 0.27 * len(names)))
    axis = figure.subplots()
    first = next(iter(found.values()))
    order = sorted(range(len(names)), key=lambda n: -first[n].share)
    rows = np.arange(len(names))
    for turn, (net, intervals) in enumerate(found.items()):
        color, mark = MARKS[turn]
        middle = np.array([100 * intervals[n].share for n in order])
        ends = np.array([intervals[n][1:] for n in order]) * 100
        axis.errorbar(
            middle,
            rows - 0.12 + 0.24 * turn,
            xerr=np.abs(ends.T - middle),
            fmt=mark,
            color=color,
            markersize=5,
            capsize=2,
            label=net,
        )
    axis.set(yticks=rows, yticklabels=[names[n] for n in order])
    axis.set(xlabel=what, xlim=(None, 101))
    axis.grid(axis="y", color=FAINT, alpha=0.3, linewidth=0.6)
    axis.set_axisbelow(True)
    figure.legend(loc="outside upper right", ncols=len(found))
    told = "; ".join(
        f"{net}: "
        + ", ".join(
            f"{names[n]} {100 * intervals[n].share:.0f}%"
            for n in reversed(order)
        )
        for net, intervals in found.items()
    )
    return figure, f"{what}, with intervals. From the lowest up, {told}."


@picture
def table(
    percent: Float[Tensor, "rows columns"],
    rows: Sequence[str],
    columns: Sequence[str],
    axes: tuple[str, str],
) -> tuple[Figure, str]:
    """Show percentages as a table whose cells are darker where they are high.

    A cell that is not a number stays empty. `axes` says what rows and columns
    are.
    """
    values = percent.numpy()
    wide = len(columns) > 4
    figure = Figure((WIDTH, 1.3 + (0.45 if wide else 0.5) * len(rows)))
    axis = figure.subplots()
    axis.imshow(values, cmap="Blues", aspect="auto", vmin=0)
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            axis.text(
                column,
                row,
                f"{value:.0f}",
                ha="center",
                va="center",
                color="white" if value > 0.6 * np.nanmax(values) else INK,
            )
    axis.set_xticks(range(len(columns)), columns)
    axis.set_yticks(range(len(rows)), rows)
    if wide:
        axis.tick_params(axis="x", rotation=40)
    axis.set(ylabel=axes[0], xlabel=axes[1])
    high = [
        (int(n) // values.shape[1], int(n) % values.shape[1])
        for n in np.nan_to_num(values, nan=-1.0).ravel().argsort()[::-1][:3]
    ]
    told = ", ".join(
        f"{values[r, c]:.0f}% for {rows[r]} and {columns[c]}" for r, c in high
    )
    return figure, (
        f"A table of percentages. Rows: {axes[0]}; columns: {axes[1]}. The "
        f"highest are {told}."
    )


@picture
def columns(
    drawings: UInt8[Tensor, "rows n 28 28"], names: Sequence[str]
) -> tuple[Figure, str]:
    """Show drawings that belong together as columns, with a name a row."""
    rows, n = drawings.shape[:2]
    figure = Figure((WIDTH, WIDTH * rows / (n + 1) + 0.2))
    axes: Any = figure.subplots(rows, n, squeeze=False)
    for row, column in np.ndindex(rows, n):
        show(axes[row, column], drawings[row, column])
    for axis, name in zip(axes[:, 0], names, strict=True):
        axis.set_ylabel(name, rotation=0, ha="right", va="center")
    figure.get_layout_engine().set(w_pad=0.01, h_pad=0.01)  # type: ignore
    return figure, (
        f"{n} columns of white drawings on black, in each from the top down: "
        f"{', '.join(names)}."
    )
