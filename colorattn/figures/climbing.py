"""The climb of chapter 10: wrong answers of rung after rung.

Errors are shares between 0 and 1, shown in percent on axes of powers of ten:
there from 10 % to 5 % is as far as from 1 % to 0.5 %.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from colorattn.analysis.statistics import difference
from colorattn.figures.curves import label
from colorattn.figures.rows import Seeds
from colorattn.figures.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PINK,
    WIDTH,
    picture,
)

LINES = tuple(
    zip(
        (INK, BLUE, GREEN, PINK, ORANGE, INK),
        ("-", "--", ":", "-.", "-", "--"),
        strict=True,
    )
)


@picture
def rates(
    schedules: dict[str, Sequence[float]], steps_an_epoch: int
) -> tuple[Figure, str]:
    """Show learning rates by epoch, on a scale of powers of ten."""
    figure = Figure((WIDTH, 2.5))
    axis = figure.subplots()
    told = []
    for (name, values), (color, line) in zip(
        schedules.items(), LINES[1:], strict=False
    ):
        epochs = np.arange(len(values)) / steps_an_epoch
        seen = np.clip(values, 1e-6, None)
        axis.plot(epochs, seen, color=color, ls=line, lw=2)
        middle = len(values) // 2
        axis.annotate(
            name,
            (epochs[middle], seen[middle]),
            (0, 6),
            textcoords="offset points",
            color=color,
        )
        top = int(np.argmax(values))
        told.append(
            f"{name} begins at {values[0]:.2g}, is highest with "
            f"{values[top]:.2g} at epoch {epochs[top]:.0f} and ends at "
            f"{values[-1]:.1g}"
        )
    axis.set(yscale="log", ylim=(1e-6, 3e-2))
    axis.set(xlabel="epoch", ylabel="learning rate")
    return figure, (
        f"Learning rates by epoch, on a scale of powers of ten: "
        f"{'; '.join(told)}."
    )


@picture
def rungs(
    wrong: dict[str, Seeds], floor: float, where: str
) -> tuple[Figure, str]:
    """Show the errors of each rung, the first on top: dots, mean, interval.

    `floor` is drawn in the place of no error at all: half of what a single
    wrong answer is.
    """
    figure = Figure((WIDTH, 0.9 + 0.33 * len(wrong)))
    axis = figure.subplots()
    told, last = [], None
    beside = axis.get_yaxis_transform()
    for row, (name, shares) in enumerate(wrong.items()):
        each = 100 * np.maximum(shares, floor)
        spread = row + np.linspace(-0.18, 0.18, len(each))
        found = difference(100 * shares, np.zeros(len(shares)))
        low = max(found.low, 100 * floor)
        axis.plot(each, spread, "o", color=ORANGE, ms=3.5, alpha=0.7)
        middle = max(found.mean, 100 * floor)
        axis.errorbar(
            middle,
            row,
            xerr=[[max(middle - low, 0)], [found.high - middle]],
            fmt="s",
            color=INK,
            ms=5,
            capsize=3,
        )
        if last is not None:
            axis.plot([last, middle], [row - 1, row], color=FAINT, lw=0.8)
        text = f"{100 - found.mean:.1f}"
        axis.text(1.01, row, text, transform=beside, va="center")
        told.append(f"{name} {found.mean:.1f}%")
        last = middle
    axis.text(1.01, -0.9, "right (%)", transform=beside, fontsize=8)
    axis.set_yticks(range(len(wrong)), list(wrong))
    plain(axis.xaxis, axis.set_xscale)
    axis.set(ylim=(row + 0.5, -0.5), xlabel=f"wrong answers (%), {where}")
    backdrop(axis)
    return figure, (
        "A ladder of rows on a scale of powers of ten, one dot for each seed, "
        "with mean and interval. Wrong answers from the top down: "
        f"{', '.join(told)}."
    )


@picture
def courses(
    wrong: dict[str, Float[np.ndarray, "_ _"]], floor: float
) -> tuple[Figure, str]:
    """Show the errors by epoch, mean of all seeds, for some of the rungs."""
    figure = Figure((WIDTH, 3.2))
    axis = figure.subplots()
    means = fall(axis, wrong, floor, LINES, 1.22)
    last = len(next(iter(means.values())))
    told = [
        f"{name} {mean[0]:.0f}% after the first epoch, "
        f"{mean[last // 3 - 1]:.1f}% after {last // 3}, {mean[-1]:.1f}% at "
        "the end"
        for name, mean in means.items()
    ]
    axis.set_xlim(right=1.28 * axis.get_xlim()[1])
    every = 5 if last <= 60 else 50
    axis.set_xticks(range(every, last + 1, every))
    return figure, (
        "Wrong answers by epoch on a scale of powers of ten, thin lines for "
        f"seeds and bold ones for their means: {'; '.join(told)}."
    )


def fall(
    axis: Axes,
    wrong: dict[str, Float[np.ndarray, "_ _"]],
    floor: float,
    looks: Sequence[tuple[str, str]],
    least: float,
) -> dict[str, Float[np.ndarray, "_"]]:
    """Draw errors by epoch, each net's name at the end of its mean.

    `looks` are colors and lines; names are apart by a factor of `least`.
    Returns the means as they are drawn, in percent.
    """
    means = {
        name: 100 * np.maximum(runs.mean(axis=0), floor)
        for name, runs in wrong.items()
    }
    heights = spaced([mean[-1] for mean in means.values()], least)
    for (name, mean), height, (color, line) in zip(
        means.items(), heights, looks, strict=False
    ):
        epochs = np.arange(1, len(mean) + 1)
        seen = 100 * np.maximum(wrong[name], floor)
        axis.plot(epochs, seen.T, color=color, alpha=0.2, lw=0.6)
        axis.plot(epochs, mean, color=color, ls=line, lw=2)
        label(axis, len(epochs), height, name, color)
    plain(axis.yaxis, axis.set_yscale)
    axis.set(xlabel="epoch", ylabel="wrong answers (%), validation")
    return means


def spaced(heights: Sequence[float], least: float) -> list[float]:
    """Move heights of a log axis apart, so that words there can be read.

    From the lowest up, each is at least `least` times the one below.
    """
    moved = list(heights)
    order = sorted(range(len(moved)), key=moved.__getitem__)
    for below, above in zip(order, order[1:], strict=False):
        moved[above] = max(moved[above], least * moved[below])
    return moved


def plain(axis: Axis, set_scale: Callable[[str], object]) -> None:
    """Make an axis one of powers of ten, marked with plain numbers."""
    set_scale("log")
    axis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def backdrop(axis: Axes) -> None:
    """Draw faint lines across, behind everything else."""
    axis.grid(color=FAINT, alpha=0.3, linewidth=0.6)
    axis.set_axisbelow(True)
