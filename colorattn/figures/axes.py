"""Primitives for charts: labels, lines of seeds, rows with intervals."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from torch import Tensor

from colorattn.analysis.statistics import Difference, difference
from colorattn.figures.style import (
    FAINT,
    INK,
    ORANGE,
    Number,
    Series,
    in_series,
)

CHANCE = 1 / 3  # of naming one color of three
SIGNIFICANT = 0.05  # the level of p-values
TINY = 1e-6  # below it a number is written as zero
LINE = 0.066  # of a chart's height: what a line of text takes
Numbers = Sequence[Any] | np.ndarray | Tensor
Seeds = Float[np.ndarray, "_"]  # variants may have different numbers of them
Curves = Float[np.ndarray, "seeds epochs"]


def note(
    axis: Axes,
    text: str,
    at: tuple[Number, Number],
    offset: tuple[Number, Number],
    **options: Any,
) -> None:
    """Write beside a point of the data, `offset` in points of type."""
    axis.annotate(text, at, offset, textcoords="offset points", **options)


def label(axis: Axes, x: Number, y: Number, text: str, color: str) -> None:
    """Write a curve's name at its end, in its color."""
    style: dict[str, Any] = {
        "color": color,
        "va": "center",
        "annotation_clip": False,
    }
    note(axis, text, (x, y), (4, 0), **style)


def spread_labels(
    heights: Sequence[Number], least: Number, log: bool = False
) -> list[Number]:
    """Move heights apart, so that labels written there can be read.

    From the lowest up, each is at least `least` above the one below; on a
    log axis, at least `least` times as high.
    """
    moved = list(heights)
    order = sorted(range(len(moved)), key=moved.__getitem__)
    for below, above in zip(order, order[1:], strict=False):
        limit = moved[below] * least if log else moved[below] + least
        moved[above] = max(moved[above], limit)
    return moved


def log_axis(
    axis: Axis, subs: Sequence[Number] = (1, 1.5, 2, 3, 5, 7)
) -> None:
    """Make an axis logarithmic, with plain numbers at `subs` × 10ⁿ."""
    scale = "xscale" if isinstance(axis, XAxis) else "yscale"
    axis.axes.set(**{scale: "log"})
    axis.set_major_locator(LogLocator(subs=subs))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def set_axis(axis: Axes, **settings: Any) -> None:
    """Set properties of an axis; log scales get plain numbers."""
    for name, which in (("xscale", axis.xaxis), ("yscale", axis.yaxis)):
        if settings.pop(name, "linear") == "log":
            log_axis(which)
            low, high = which.get_view_interval()
            log_axis(which, (1, 2, 5) if high < 300 * low else (1,))
    axis.set(**settings)


def grid(axis: Axes, which: Literal["both", "x", "y"] = "both") -> None:
    """Draw faint lines behind everything else."""
    axis.grid(axis=which, color=FAINT, alpha=0.3, linewidth=0.6)
    axis.set_axisbelow(True)


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


def label_ends(
    axis: Axes,
    ends: Mapping[str, tuple[Number, Number]],
    least: Number | None = None,
) -> None:
    """Write the name of each series at its end (x, y), in its color.

    Names are at least `least` apart, see `spread_labels`: without it, as far
    as a line of text is high. Call this when the axis has its limits.
    """
    log = axis.get_yscale() == "log"
    low, high = axis.get_ylim()
    if least is None:
        least = (high / low) ** LINE if log else LINE * (high - low)
    inside = [min(max(y, low), high) for _, y in ends.values()]
    heights = spread_labels(inside, least, log)
    for (name, (x, _), style), y in zip(in_series(ends), heights, strict=True):
        label(axis, x, y, name, style.color)


def draw_levels(axis: Axes, levels: dict[str, Number]) -> None:
    """Draw dotted lines across, each with its name at the right."""
    for name, height in levels.items():
        axis.axhline(height, color=INK, lw=0.8, ls=":")
        across = axis.get_yaxis_transform()
        axis.text(
            0.99, height, name, transform=across, ha="right", va="bottom"
        )


def draw_marks(axis: Axes, marks: dict[str, Number]) -> None:
    """Draw dotted lines upward, each with its name above the axis."""
    for n, (name, x) in enumerate(marks.items()):
        axis.axvline(x, color=INK, lw=0.8, ls=":")
        upward = axis.get_xaxis_transform()
        axis.text(x, 1 + n * LINE, name, transform=upward, va="bottom")


def describe_groups(groups: dict[str, dict[str, str]]) -> str:
    """Join what is said of names, group by group, into sentences.

    Where there is one group only, its name is left out.
    """
    sentences = []
    for group, texts in groups.items():
        head = f"{group}: " if len(groups) > 1 else ""
        parts = [f"{name} {text}" for name, text in texts.items()]
        sentences.append(f" {head}{'; '.join(parts)}.")
    return "".join(sentences)


def describe_dotted(lines: dict[str, Number]) -> str:
    """Name dotted lines and where they are, in a sentence."""
    named = [f"{name} ({number(at)})" for name, at in lines.items()]
    return f" Dotted lines: {', '.join(named)}." if named else ""


def number(value: Any) -> str:
    """Write a number with three digits, a large one as a whole."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= TINY else "0"


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


def name_rows(axis: Axes, names: Iterable[str]) -> None:
    """Name rows 0, 1, … of a chart, and put row 0 on top."""
    names = list(names)
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.5, -0.5)


def write_beside(
    axis: Axes, rows: Iterable[Any], texts: Iterable[str], **options: Any
) -> None:
    """Write texts to the right of a chart, at the height of their rows."""
    across = axis.get_yaxis_transform()
    for row, text in zip(rows, texts, strict=False):
        axis.text(1.01, row, text, transform=across, va="center", **options)


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


def mean_tick(axis: Axes, row: Number, mean: Any, **look: Any) -> None:
    """Mark the mean of a row with a short upright line."""
    axis.plot([mean] * 2, [row - 0.3, row + 0.3], **{"color": INK} | look)


def margins(found: Difference) -> list[list[Number]]:
    """Return how far an interval reaches below and above its mean."""
    return [[found.mean - found.low], [found.high - found.mean]]


def interval(values: Seeds) -> Difference:
    """Return the mean of some seeds with its confidence interval."""
    seeds = pd.Series(values)
    return difference(seeds, 0 * seeds)


def paired_dots(axis: Axes, differences: Seeds) -> Difference:
    """Draw each difference as a dot, and their mean with its interval.

    Returns the mean and the interval.
    """
    found = interval(differences)
    across = np.linspace(-0.12, 0.12, len(differences))
    axis.axhline(0, color=FAINT, linestyle=":")
    axis.plot(across, differences, "o", color=ORANGE, markersize=4, alpha=0.7)
    mark: dict[str, Any] = {
        "fmt": "s",
        "color": INK,
        "capsize": 4,
        "markersize": 5,
    }
    axis.errorbar(0.3, found.mean, margins(found), **mark)
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
        mark: dict[str, Any] = {
            "fmt": "s",
            "color": INK,
            "mfc": fill,
            "capsize": 3,
            "ms": 5,
        }
        for axis in axes:
            seed_dots(axis, row, seeds[name])
            reach = margins(found[name])
            axis.errorbar(found[name].mean, row, xerr=reach, **mark)
    name_rows(axes[0], order)
    return significant


def legend(axis: Axes, marks: dict[str, tuple[str, str, str]]) -> None:
    """Name marks above a chart: each is a marker, its color and its fill."""
    for name, (marker, color, fill) in marks.items():
        axis.plot([], [], marker, color=color, mfc=fill, label=name)
    axis.figure.legend(loc="outside upper right", ncols=len(marks))


def describe(found: Difference) -> str:
    """Describe a difference and its interval in words."""
    side = "on both sides of zero"
    if found.low > 0:
        side = "above zero"
    if found.high < 0:
        side = "below zero"
    return (
        f"{found.mean:+.1f} on average, with an interval from "
        f"{found.low:+.1f} to {found.high:+.1f}, {side}"
    )


def describe_ratio(found: Difference) -> str:
    """Describe a ratio and its interval in words."""
    return f"{found.mean:.1f} times, from {found.low:.1f} to {found.high:.1f}"


def describe_rows(
    found: dict[str, Difference],
    significant: dict[str, bool],
    ratio: bool = False,
) -> dict[str, str]:
    """Describe rows of intervals, from row 0 on."""
    write = describe_ratio if ratio else describe
    return {
        name: f"{name} {write(found[name])}"
        + ("" if significant[name] else ", which may be luck")
        for name in significant
    }
