"""Distributions: histograms, and what luck with the offset does."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.axes import (
    Numbers,
    describe_groups,
    draw_marks,
    number,
)
from colorattn.figures.style import (
    BLUE,
    ORANGE,
    Number,
    axes_grid,
    axes_row,
    in_series,
    picture,
)


@picture
def histograms(
    panels: dict[str, dict[str, Numbers]],
    xlabel: str,
    alt: str,
    bins: int | Sequence[Number] | np.ndarray = 50,
    marks: dict[str, Number] | None = None,
    columns: int = 1,
) -> tuple[Figure, str]:
    """Show distributions by name, over one another in each panel.

    `panels` maps a title to its distributions, and `alt` says what they show;
    `bins` is a number or the edges, and `marks` names values that get a
    dotted line. In one column all panels have the same axis.
    """
    rows, shared = -(-len(panels) // columns), columns == 1
    figure, axes = axes_grid(0.6 + 1.2 * rows, rows, columns, sharex=shared)
    every = [v for named in panels.values() for v in named.values()]
    texts: dict[str, dict[str, str]] = {title: {} for title in panels}
    for axis, (title, named) in zip(axes.flat, panels.items(), strict=True):
        pooled = np.concatenate(every if shared else [*named.values()])
        edges = np.histogram_bin_edges(pooled, bins)
        for name, numbers, style in in_series(named):
            values = np.asarray(numbers)
            steps = np.histogram(values, edges, density=True)
            line = {"ls": style.line, "lw": 1.5, "label": name}
            axis.stairs(*steps, color=style.color, **line)
            axis.stairs(*steps, color=style.color, fill=True, alpha=0.15)
            low, high = np.quantile(values, [0.025, 0.975])
            texts[title][name] = (
                f"has a mean of {number(values.mean())}, and 95% of it from "
                f"{number(low)} to {number(high)}"
            )
        draw_marks(axis, marks or {})
        axis.set(yticks=[], title=title)
        axis.spines["left"].set_visible(False)
    if len(named) > 1:
        axes[0, 0].legend(loc="upper left")
    for axis in axes[-1]:
        axis.set_xlabel(xlabel)
    return figure, alt + describe_groups(texts, marks)


@picture
def offset_luck(
    shares: Float[Tensor, "scenes"], levels: dict[str, Number]
) -> tuple[Figure, str]:
    """Show at how many offsets each scene is answered right, lowest first.

    `levels` are accuracies: at one offset, and of all offsets together.
    """
    figure, (left, right) = axes_row(2.6, 2, width_ratios=[2, 1])
    rank = np.linspace(0, 100, len(shares))
    rising = 100 * shares.sort().values.numpy()
    left.fill_between(rank, rising, color=BLUE, alpha=0.25, lw=0)
    left.plot(rank, rising, color=BLUE, lw=1.8)
    left.set(xlabel="scenes, hardest first (%)", xlim=(0, 50))
    left.set(ylabel="places right (%)")
    for place, level in enumerate(levels.values()):
        height = 100 * (1 - level)
        right.bar(place, height, 0.6, color=(BLUE, ORANGE)[place % 2])
        right.text(place, height, f"{height:.1f}", va="bottom", ha="center")
    right.set_xticks(range(len(levels)), list(levels))
    right.set(ylabel="wrong answers (%)")
    always, never = ((shares == x).float().mean() for x in (1, 0))
    wrong = ", ".join(f"{n} {1 - level:.1%}" for n, level in levels.items())
    return figure, (
        "On the left, at how many of 64 offsets from the grid each scene is "
        f"answered right, sorted: {always:.0%} of the scenes at all of them, "
        f"{never:.1%} at none, and the rest at some. On the right, the wrong "
        f"answers: {wrong}."
    )
