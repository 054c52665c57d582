"""Charts of the baselines: how often right, who wins, where they look.

Accuracies and shares are in percent here, as in the ledger.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colorattn.figures.curves import CHANCE
from colorattn.figures.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PAPER,
    WIDTH,
    picture,
)

Point = tuple[float, float]  # a value and its reach to either side


@picture
def guessers(
    accuracies: Sequence[float], named: dict[str, float], scenes: int
) -> tuple[Figure, str]:
    """Show how far guessers fall from chance by luck, and who else does."""
    figure = Figure((WIDTH, 2.5))
    axis = figure.subplots()
    step = 200 / scenes  # two right answers more
    bins = round((max(accuracies) - min(accuracies)) / step) + 2
    edges = min(accuracies) + step * (np.arange(bins) - 0.25)
    heights, _ = np.histogram(accuracies, edges)
    axis.stairs(heights, edges, color=BLUE, fill=True, alpha=0.35)
    axis.axvline(100 * CHANCE, color=INK, lw=0.8, ls="--")
    top = float(heights.max())
    axis.text(100 * CHANCE, 1.5 * top, " chance", va="top", color=INK)
    for n, (name, value) in enumerate(named.items()):
        height = (0.3 + 0.3 * n) * top
        axis.plot(value, height, "D", color=ORANGE, ms=5)
        left = value < 100 * CHANCE  # then its name stands to the left
        beside, side = ((-7, 0), "right") if left else ((7, 0), "left")
        note(axis, name, (value, height), beside, ha=side, va="center")
    axis.set(ylim=(0, 1.5 * top), yticks=[], xlabel="accuracy (%)")
    axis.set_title(f"{len(accuracies):,} who throw dice, on {scenes:,} scenes")
    low, high = np.quantile(accuracies, [0.025, 0.975])
    told = ", ".join(f"{name} {value:.1f}" for name, value in named.items())
    return figure, (
        f"A heap of accuracies around chance: of {len(accuracies):,} guessers "
        f"nineteen in twenty lie between {low:.1f} and {high:.1f} percent. "
        f"Marked are, in percent: {told}."
    )


@picture
def inkiest(shares: dict[str, Sequence[float]]) -> tuple[Figure, str]:
    """Show how often the symbol with least, middle and most ink wins."""
    figure = Figure((WIDTH, 2.5))
    axes = figure.subplots(1, len(shares), sharey=True, squeeze=False)[0]
    for axis, (name, heights) in zip(axes, shares.items(), strict=True):
        bars = axis.bar(
            ["least", "middle", "most"], heights, color=BLUE, width=0.65
        )
        axis.bar_label(bars, fmt="%.0f", label_type="center", color=PAPER)
        axis.axhline(100 * CHANCE, color=INK, lw=0.8, ls="--")
        axis.set(title=name, ylim=(0, 85), xlabel="ink of the symbol")
    axes[0].set_ylabel("scenes it wins (%)")
    told = "; ".join(
        f"{name}: {', '.join(f'{h:.0f}' for h in heights)} percent"
        for name, heights in shares.items()
    )
    return figure, (
        "Bars: how often the symbol with the least, the middle and the most "
        f"ink of its scene wins. {told}. A dashed line marks a fair third."
    )


@picture
def thieves(
    found: dict[str, Sequence[float]],
    stolen: dict[str, Sequence[float]],
    classes: Sequence[str],
) -> tuple[Figure, str]:
    """Show, by class, how often it is found and how often it steals."""
    figure = Figure((WIDTH, 3.3))
    axes = figure.subplots(1, len(found), sharey=True, squeeze=False)[0]
    places = np.arange(len(classes))
    worst = []
    for axis, name in zip(axes, found, strict=True):
        axis.hlines(places, stolen[name], found[name], color=FAINT, lw=1)
        axis.plot(found[name], places, "o", color=BLUE, label="found")
        axis.plot(stolen[name], places, "X", color=ORANGE, label="steals")
        axis.axvline(100 * CHANCE, color=INK, lw=0.8, ls="--")
        axis.set(title=name, xlim=(-3, 103), xlabel="share of scenes (%)")
        least = int(np.argmin(found[name]))
        most = int(np.argmax(stolen[name]))
        worst.append(
            f"{name}, class {classes[least]} is found least, in "
            f"{found[name][least]:.0f} percent, and class {classes[most]} "
            f"steals most, in {stolen[name][most]:.0f} percent"
        )
    axes[0].set(yticks=places, yticklabels=classes, ylabel="class")
    axes[0].invert_yaxis()
    axes[0].legend(loc="lower right", fontsize=8)
    return figure, (
        "For each class a disk, how often it is chosen when it is asked for, "
        "and a cross, how often it is chosen when it is there and not asked "
        f"for. {'; '.join(worst)}."
    )


@picture
def gazes(
    measures: dict[str, dict[str, float]], uniform: dict[str, float]
) -> tuple[Figure, str]:
    """Show hit, purity and mass of some models beside uniform weights."""
    figure = Figure((WIDTH, 2.6))
    axes = figure.subplots(1, len(uniform), sharey=True, squeeze=False)[0]
    names = list(measures)
    for axis, (field, level) in zip(axes, uniform.items(), strict=True):
        values = [measures[name][field] for name in names]
        bars = axis.barh(names, values, color=BLUE, height=0.6)
        axis.bar_label(bars, fmt="%.0f", padding=3)
        axis.axvline(level, color=ORANGE, lw=1.2, ls="--")
        axis.set(title=f"{field} (%)", xlim=(0, 118), xticks=[0, 50, 100])
        axis.set_xlabel(f"uniform: {level:.0f}", color=INK)
    axes[0].invert_yaxis()
    told = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{field} {measures[name][field]:.0f}" for field in uniform
        )
        for name in names
    )
    even = ", ".join(
        f"{field} {level:.0f}" for field, level in uniform.items()
    )
    return figure, (
        f"Bars in percent. {told}. Dashed lines mark uniform weights: {even}."
    )


@picture
def standings(
    entries: dict[str, Point],
    learned: dict[str, Point],
) -> tuple[Figure, str]:
    """Show the accuracy of every contender, with its spread, and chance."""
    rows = {**entries, **learned}
    figure = Figure((WIDTH, 0.3 * len(rows) + 1.0))
    axis = figure.subplots()
    for place, (name, (value, reach)) in enumerate(rows.items()):
        color, mark = (BLUE, "o") if name in entries else (ORANGE, "D")
        axis.errorbar(
            value, place, xerr=reach, fmt=mark, color=color, ms=3.5, capsize=4
        )
        note(axis, f"{value:.1f}", (value, place), (9, 0), va="center")
    axis.axvline(100 * CHANCE, color=INK, lw=0.8, ls="--")
    axis.text(100 * CHANCE + 0.7, -0.75, "chance", va="center")
    axis.set(xlabel="accuracy (%)", xlim=(28, 104), ylim=(len(rows) - 0.5, -1))
    axis.set_yticks(range(len(rows)), list(rows))
    axis.axhline(len(entries) - 0.5, color=FAINT, lw=0.6)
    told = ", ".join(
        f"{name} {value:.1f}" for name, (value, _) in rows.items()
    )
    return figure, (
        "A ranking by accuracy in percent, with error bars and a dashed line "
        f"at chance, one in three. {told}. The last {len(learned)} have "
        "learned; the others have not."
    )


def note(
    axis: Axes,
    text: str,
    at: tuple[float | int, float | int],
    beside: tuple[int, int],
    **options: Any,
) -> None:
    """Write at a point of the data, moved by so many points of type."""
    axis.annotate(text, at, beside, textcoords="offset points", **options)
