"""Where the ceiling is, and where the errors are: chapter 9's first figures.

Shares are between 0 and 1, and are shown in percent.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.analysis.statistics import Interval
from colorattn.figures.curves import label
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture


@picture
def yardstick(
    stored: Float[np.ndarray, "seeds epochs"],
    live: Sequence[float],
    quoted: float,
) -> tuple[Figure, str]:
    """Show how often a classifier is right, by epoch, and what was quoted."""
    figure = Figure((WIDTH, 2.8))
    axis = figure.subplots()
    epochs = np.arange(1, stored.shape[1] + 1)
    axis.plot(epochs, 100 * stored.T, color=BLUE, alpha=0.35, lw=0.8)
    mean = 100 * stored.mean(axis=0)
    axis.plot(epochs, mean, color=BLUE, lw=2)
    label(axis, len(epochs), mean[-1], f"mean of {len(stored)}", BLUE)
    axis.plot(epochs[: len(live)], 100 * np.array(live), "o", color=ORANGE)
    axis.annotate(
        "this run",
        (len(live), 100 * live[-1]),
        (9, -3),
        textcoords="offset points",
        color=ORANGE,
    )
    axis.axhline(100 * quoted, color=FAINT, ls="--")
    axis.text(epochs[-1], 100 * quoted, f"{quoted:.0%}", va="top", ha="right")
    axis.set(xlabel="epoch", ylabel="digits named right (%)", xticks=epochs)
    axis.set_xlim(right=1.12 * epochs[-1])
    above = (mean > 100 * quoted).nonzero()[0]
    when = f"from epoch {above[0] + 1} on" if len(above) else "never"
    return figure, (
        f"Digits named right by epoch: {len(stored)} classifiers as thin "
        f"lines, and their mean, which begins at {mean[0]:.1f}% and ends at "
        f"{mean[-1]:.1f}% after {len(mean)} epochs. It is above the dashed "
        f"line at {quoted:.0%} {when}. A dot for this notebook's own run."
    )


@picture
def ladder(rows: dict[str, Sequence[float]], what: str) -> tuple[Figure, str]:
    """Show what several ways reach: a row for each, a dot for each seed."""
    figure = Figure((WIDTH, 0.8 + 0.36 * len(rows)))
    axis = figure.subplots()
    told = []
    for place, (name, values) in enumerate(rows.items()):
        each, mean = 100 * np.asarray(values), 100 * float(np.mean(values))
        axis.plot(
            each, [place] * len(each), "o", color=ORANGE, ms=4, alpha=0.7
        )
        axis.plot([mean] * 2, [place - 0.3, place + 0.3], color=INK, lw=1.6)
        beside = axis.get_yaxis_transform()
        text = f"{mean:.1f}"
        axis.text(1.01, place, text, transform=beside, va="center")
        told.append(f"{name} {mean:.1f}%")
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set(ylim=(len(rows) - 0.5, -0.5), xlabel=what)
    axis.grid(axis="y", color=FAINT, alpha=0.3, linewidth=0.6)
    axis.set_axisbelow(True)
    return figure, (
        f"Rows of dots, one dot for each net: {what}. The means, from the top "
        f"down: {', '.join(told)}."
    )


@picture
def trends(
    cases: dict[str, tuple[Sequence[float], Sequence[Interval]]], what: str
) -> tuple[Figure, str]:
    """Show a share with its interval as something else grows, side by side.

    `cases` maps the name of what grows to its values and to the shares there.
    """
    figure = Figure((WIDTH, 2.5))
    axes = figure.subplots(1, len(cases), sharey=True, squeeze=False)[0]
    told = []
    for axis, (name, (at, found)) in zip(axes, cases.items(), strict=True):
        middle = np.array([100 * part.share for part in found])
        ends = 100 * np.array([part[1:] for part in found])
        axis.errorbar(
            at, middle, np.abs(ends.T - middle), fmt="-o", color=BLUE, ms=4
        )
        axis.set_xlabel(name)
        told.append(f"{name}: " + ", ".join(f"{m:.1f}" for m in middle))
    axes[0].set_ylabel(what)
    return figure, (
        f"{what}, with intervals, from left to right as something grows. "
        + "; ".join(told)
        + "."
    )


@picture
def luck(
    shares: Float[Tensor, "scenes"], levels: dict[str, float]
) -> tuple[Figure, str]:
    """Show at how many places each scene is answered right, lowest first.

    `levels` are accuracies: at one place, and of all places together.
    """
    figure = Figure((WIDTH, 2.6))
    left, right = figure.subplots(1, 2, width_ratios=[2, 1])
    rank = np.linspace(0, 100, len(shares))
    rising = 100 * shares.sort().values.numpy()
    left.fill_between(rank, rising, color=BLUE, alpha=0.25, lw=0)
    left.plot(rank, rising, color=BLUE, lw=1.8)
    left.set(xlabel="scenes, hardest first (%)", ylabel="places right (%)")
    left.set_xlim(0, 50)
    for place, level in enumerate(levels.values()):
        height = 100 * (1 - level)
        right.bar(place, height, 0.6, color=(BLUE, ORANGE)[place % 2])
        right.text(place, height, f"{height:.1f}", va="bottom", ha="center")
    right.set_xticks(range(len(levels)), list(levels))
    right.set(ylabel="wrong answers (%)")
    always = float((shares == 1).float().mean())
    never = float((shares == 0).float().mean())
    said = ", ".join(f"{n} {1 - level:.1%}" for n, level in levels.items())
    return figure, (
        "Left, the share of 64 places of the grid at which each scene is "
        f"answered right, scenes sorted: {always:.0%} are right everywhere, "
        f"{never:.1%} nowhere, the rest somewhere. Right, wrong answers: "
        f"{said}."
    )
