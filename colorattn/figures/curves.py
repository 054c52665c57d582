"""Curves over epochs, or over a setting that is varied."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from colorattn.figures.axes import (
    CHANCE,
    Numbers,
    describe_groups,
    draw_levels,
    draw_marks,
    label,
    label_ends,
    note,
    number,
    set_axis,
)
from colorattn.figures.seeds import first_epoch, seed_lines, smooth
from colorattn.figures.style import (
    BLUE,
    FAINT,
    ORANGE,
    SERIES,
    Number,
    Series,
    axes_row,
    in_series,
    picture,
)

MANY = 12  # points of a curve, beyond which they are not marked or listed


@picture
def lines(
    panels: dict[str, tuple[Numbers, dict[str, Numbers]]],
    ylabel: str,
    alt: str,
    levels: dict[str, Number] | None = None,
    marks: dict[str, Number] | None = None,
    height: Number = 2.6,
    sharey: bool = True,
    **settings: Any,
) -> tuple[Figure, str]:
    """Show curves by name, in one panel or several side by side.

    `panels` maps what varies to its values and to the curves over them; see
    `draw_line` for what a curve can be. `alt` says what they show; `levels`
    names heights and `marks` places that get a dotted line. `settings` go to
    each axis; with an `xlabel` among them, the panels' names are titles.
    """
    figure, axes = axes_row(height, len(panels), sharey=sharey)
    heading = "title" if "xlabel" in settings else "xlabel"
    levels, marks = levels or {}, marks or {}
    texts: dict[str, dict[str, str]] = {panel: {} for panel in panels}
    ends: dict[str, Any] = {panel: {} for panel in panels}
    for axis, (panel, (x, curves)) in zip(axes, panels.items(), strict=True):
        for name, values, style in in_series(curves):
            middle = draw_line(axis, x, values, style)
            n = len(middle)
            ends[panel][name] = float(x[n - 1]), float(middle[-1])
            texts[panel][name] = describe_line(x[:n], middle, levels, marks)
        if all(float(each).is_integer() for each in x):
            whole = MaxNLocator("auto", integer=True, steps=(1, 2, 5, 10))
            axis.xaxis.set_major_locator(whole)
        begins = [float(np.ravel(y)[0]) for y in curves.values()]
        draw_levels(axis, levels, begins, [y for _, y in ends[panel].values()])
        draw_marks(axis, marks)
        axis.set(**{heading: panel})
    for axis, named in zip(axes, ends.values(), strict=True):  # after all data
        set_axis(axis, **settings)
        if len(named) > 1:
            label_ends(axis, named)
    axes[0].set_ylabel(ylabel)
    return figure, alt + describe_groups(texts, levels | marks)


def draw_line(
    axis: Axes, x: Numbers, values: Numbers, style: Series
) -> np.ndarray:
    """Draw a curve, and return it.

    `values` holds a number for each x; or a tuple (middle, low, high) for
    each, for error bars; or, as an array (seeds, epochs), curves of which
    the mean is drawn bold.
    """
    rows = np.asarray(values, float)
    if rows.ndim == 2 and isinstance(values, np.ndarray):
        seed_lines(axis, rows, rows.mean(axis=0), style, x)
        return rows.mean(axis=0)
    middle = rows[:, 0] if rows.ndim == 2 else rows
    look = {"color": style.color, "ls": style.line, "ms": 4}
    look["marker"] = style.marker if len(middle) <= MANY else "None"
    axis.plot(x[: len(middle)], middle, **look)
    if rows.ndim == 2:
        reach = middle - rows[:, 1], rows[:, 2] - middle
        axis.errorbar(x, middle, reach, fmt="none", color=style.color)
    return middle


def describe_line(
    x: Numbers, y: Numbers, levels: dict[str, Number], marks: dict[str, Number]
) -> str:
    """Describe a curve by its points, or by its ends and extremes.

    Of a level that the curve begins below, say where it is reached.
    """
    points = describe_points(x, y)
    text = ", ".join(points)
    if len(points) > MANY:
        text = f"from {points[0]} to {points[-1]}"
        for name, n in (("lowest", np.argmin(y)), ("highest", np.argmax(y))):
            if 0 < n < len(points) - 1:
                text += f", {name} {points[n]}"
        for at in marks.values():
            text += f", {points[int(np.argmin(np.abs(np.asarray(x) - at)))]}"
    for name, level in levels.items():
        above = [a for a, b in zip(x, y, strict=True) if b >= level]
        if not above:
            text += f", never reaches {name}"
        elif y[0] < level:
            text += f", reaches {name} at {number(above[0])}"
    return text


def describe_points(x: Numbers, y: Numbers) -> list[str]:
    """Write each pair of numbers in words."""
    return [f"{number(b)} at {number(a)}" for a, b in zip(x, y, strict=True)]


@picture
def scatter(
    groups: dict[str, tuple[Numbers, Numbers]],
    xlabel: str,
    ylabel: str,
    alt: str,
    levels: dict[str, Number] | None = None,
    diagonal: str = "",
    **settings: Any,
) -> tuple[Figure, str]:
    """Show pairs of numbers as marks, by group.

    `alt` says what they show. `levels` names heights that get a dotted line,
    `diagonal` names the line of equal numbers, and `settings` go to the axis.
    """
    figure, (axis,) = axes_row(3.4)
    texts = {}
    for name, (x, y), style in in_series(groups):
        axis.plot(x, y, style.marker, c=style.color, alpha=0.8, label=name)
        texts[name] = ", ".join(describe_points(x, y))
    axis.set(xlabel=xlabel, ylabel=ylabel, **settings)
    draw_levels(axis, levels or {})
    if diagonal:
        axis.axline((0, 0), slope=1, color=FAINT, ls=":", label=diagonal)
    if len(groups) > 1:
        axis.legend(loc="best")
    alt += describe_groups({"": texts}, levels)
    alt += f" A dotted diagonal: {diagonal}." if diagonal else ""
    return figure, alt


@picture
def accuracy_curves(
    stored: Iterable[np.ndarray],
    live: Sequence[Number],
    reports: dict[int, Number],
) -> tuple[Figure, str]:
    """Show stored runs, of any lengths, a live one, and what was reported.

    The bold line is their mean, as far as the shortest. `reports` maps an
    epoch to the accuracy that the post gives for it.
    """
    figure, (axis,) = axes_row(3.4)
    stored = list(stored)
    last, common = max(map(len, stored)), min(map(len, stored))
    mean = np.mean([curve[:common] for curve in stored], axis=0)
    even = 100 * smooth(mean)
    runs = [100 * curve for curve in stored]
    seed_lines(axis, runs, even, SERIES[0], alpha=0.3)
    label(axis, common, even[-1] - 6, "stored runs", BLUE)
    if live:
        n, heights = len(live), 100 * np.asarray(live)
        axis.plot(range(1, n + 1), heights, c=ORANGE, marker="o", ms=3)
        note(axis, "this run", (n, heights[-1]), (14, -12), color=ORANGE)
    for epoch, accuracy in reports.items():
        at = epoch, 100 * accuracy
        axis.plot(*at, "k*", ms=9)
        side = "center" if epoch < last else "right"
        note(axis, f"the post: {accuracy:.0%}", at, (0, 9), ha=side)
    axis.axhline(100 * CHANCE, color=FAINT, ls="--")
    axis.text(last, 100 * CHANCE, "chance", va="bottom", ha="right")
    axis.set(xlabel="epoch", ylabel="validation accuracy (%)", ylim=(25, 101))
    reported = ", ".join(f"{a:.0%} at epoch {e}" for e, a in reports.items())
    stars = f" Stars mark what the post reports: {reported}." * bool(reports)
    return figure, (
        f"Accuracy by epoch: {len(stored)} stored runs as thin lines, with "
        f"their mean, {describe_mean(mean)}. Dashed, chance, one in three."
        + stars
        + (f" This notebook's run {compare(live, stored)}." if live else "")
    )


def describe_mean(mean: np.ndarray) -> str:
    """Say where a mean curve begins, when it passes 50%, where it ends."""
    half = first_epoch(mean, 0.5)
    passed = f"passes 50% at epoch {half}" if half else "stays low"
    before = len(mean) - len(mean) // 4
    late = 100 * (mean[-1] - mean[before - 1])
    return (
        f"which begins at {mean[0]:.0%}, {passed}, and ends at {mean[-1]:.0%}"
        f" after {len(mean)} epochs, {late:+.1f} points in the last quarter"
    )


def compare(live: Sequence[Number], stored: Sequence[np.ndarray]) -> str:
    """Compare the end of a live run with stored runs at that epoch."""
    n, end = len(live), live[-1]
    then = [curve[n - 1] for curve in stored if len(curve) >= n]
    if not then:
        return f"ends at {end:.0%}, later than any stored one"
    where = "below all" if end < min(then) else "within the range"
    where = "above all" if end > max(then) else where
    return f"is at {end:.0%} after {n} epochs, {where} of the stored ones"
