"""Primitives for charts: labels, scales, dotted lines, rows, legends."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from torch import Tensor

from colorattn.figures.style import FAINT, INK, PAPER, Number, in_series

CHANCE = 1 / 3  # of naming one color of three
TINY = 1e-6  # below it a number is written as zero
# Behind words that may be on a line.
PLATE = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.5}
LINE = 0.075  # of a chart's height: what a line of text takes
Numbers = Sequence[Any] | np.ndarray | Tensor


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
    inside = {"va": "center", "annotation_clip": False}
    note(axis, text, (x, y), (4, 0), color=color, **inside)


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


def label_ends(
    axis: Axes,
    ends: Mapping[str, tuple[Number, Number]],
    least: Number | None = None,
) -> None:
    """Write the name of each series at its end (x, y), in its color.

    `least` is their distance, see `spread_labels`: without it, the height of a
    line of text. Call this when the axis has its limits.
    """
    log = axis.get_yscale() == "log"
    low, high = axis.get_ylim()
    if least is None:
        least = (high / low) ** LINE if log else LINE * (high - low)
    inside = [min(max(y, low), high) for _, y in ends.values()]
    heights = spread_labels(inside, least, log)
    for (name, (x, _), style), y in zip(in_series(ends), heights, strict=True):
        label(axis, x, y, name, style.color)


def draw_levels(
    axis: Axes,
    levels: dict[str, Number],
    begins: Sequence[Number] = (),
    ends: Sequence[Number] = (),
) -> None:
    """Draw dotted lines across, each with its name at the right.

    Where a curve ends near the line and none begins there, the name is at the
    left. Curves are drawn over both, so that no name hides the end of one.
    """
    low, high = axis.get_ylim()
    for name, height in levels.items():
        axis.axhline(height, color=INK, lw=0.8, ls=":", zorder=1)
        across = axis.get_yaxis_transform()
        first, last = (
            any(abs(y - height) < 2 * LINE * (high - low) for y in each)
            for each in (begins, ends)
        )
        x, side = (0.01, "left") if last and not first else (0.99, "right")
        text = axis.text(x, height, name, transform=across, bbox=PLATE)
        text.set(ha=side, va="bottom", zorder=1.5)


def draw_marks(axis: Axes, marks: dict[str, Number]) -> None:
    """Draw dotted lines upward, each with its name above the axis."""
    for n, (name, x) in enumerate(marks.items()):
        axis.axvline(x, color=INK, lw=0.8, ls=":")
        upward = axis.get_xaxis_transform()
        note(axis, name, (x, 1), (0, 11 * n), xycoords=upward, va="bottom")


def describe_groups(
    groups: dict[str, dict[str, str]], dotted: dict[str, Number] | None = None
) -> str:
    """Join what is said of names, group by group, into sentences.

    Where there is one group only, its name is left out. The last sentence
    names dotted lines, if there are any.
    """
    sentences = ""
    for group, texts in groups.items():
        head = f"{group}: " if len(groups) > 1 else ""
        parts = map("{} {}".format, texts, texts.values())
        sentences += f" {head}{'; '.join(parts)}."
    return sentences + describe_dotted(dotted or {})


def describe_dotted(lines: dict[str, Number]) -> str:
    """Name dotted lines and where they are, in a sentence."""
    named = [f"{name} ({number(at)})" for name, at in lines.items()]
    return f" Dotted lines: {', '.join(named)}." if named else ""


def number(value: Any) -> str:
    """Write a number with three digits, a large one as a whole."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= TINY else "0"


def name_rows(axis: Axes, names: Iterable[str]) -> None:
    """Name rows 0, 1, … of a chart, and put row 0 on top."""
    names = list(names)
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.5, -0.5)


def write_beside(
    axis: Axes, rows: Iterable[Any], texts: Iterable[str]
) -> None:
    """Write texts to the right of a chart, at the height of their rows."""
    across = axis.get_yaxis_transform()
    for row, text in zip(rows, texts, strict=True):
        axis.text(1.01, row, text, transform=across, va="center")


def legend(axis: Axes, marks: dict[str, tuple[str, str, str]]) -> None:
    """Name marks above a chart: each is a marker, its color and its fill."""
    for name, (marker, color, fill) in marks.items():
        axis.plot([], [], marker, color=color, mfc=fill, label=name)
    axis.figure.legend(loc="outside upper right", ncols=len(marks))
