"""Charts of a row for each name: bars, dots, means with intervals."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from colorattn.figures.axes import (
    PLATE,
    describe_groups,
    draw_marks,
    grid,
    legend,
    log_axis,
    name_rows,
    write_beside,
)
from colorattn.figures.seeds import SQUARE, Seeds, interval, seed_dots
from colorattn.figures.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PAPER,
    Number,
    axes_grid,
    axes_row,
    in_series,
    picture,
)

MANY = 12  # bars of a row, beyond which they have no outline
Span = tuple[Number, Number, str]  # start, stop, and kind
# Of the measures of a row: marker, color, and fill.
MARKS = (("o", BLUE, BLUE), ("X", ORANGE, ORANGE), ("d", INK, INK))


@picture
def bars(
    panels: dict[str, dict[str, Number]],
    alt: str,
    write: str = "{:.0f}",
    level: str = "",
    levels: Sequence[Number] = (),
    **settings: Any,
) -> tuple[Figure, str]:
    """Show named values as horizontal bars, in one panel or side by side.

    `panels` maps a title to its bars, `alt` says what they show, and `write`
    is how a value is written. `levels` holds a value for each panel that
    gets a dashed line, `level` is what they are; `settings` go to each axis.
    """
    rows = max(map(len, panels.values()))
    figure, axes = axes_row(0.55 + 0.36 * rows, len(panels), sharey=True)
    top = max(max(values.values()) for values in panels.values())
    texts = {}
    for n, (axis, title) in enumerate(zip(axes, panels, strict=True)):
        values = panels[title]
        written = {name: write.format(x) for name, x in values.items()}
        drawn = axis.barh([*values], [*values.values()], 0.65, color=BLUE)
        axis.bar_label(drawn, [*written.values()], padding=3, bbox=PLATE)
        axis.set(title=title, xlim=(0, 1.25 * top), xticks=[])
        if levels:
            axis.axvline(levels[n], color=ORANGE, lw=1.2, ls="--")
            written[level] = write.format(levels[n])
            axis.set_xticks([levels[n]], [f"{level}: {written[level]}"])
        axis.set(**settings)
        axis.spines["bottom"].set_visible(False)
        axis.tick_params(length=0)
        texts[title] = written
    axes[0].invert_yaxis()
    return figure, alt + describe_groups(texts)


@picture
def seed_rows(
    panels: dict[str, dict[str, Sequence[Number]]],
    alt: str,
    level: str = "",
    levels: Sequence[Number] = (),
) -> tuple[Figure, str]:
    """Show a row for each name, with a dot for each seed and the mean.

    `panels` maps what is measured to the rows, `alt` says what they show.
    `levels` holds a value for each panel that gets a dotted line, and `level`
    is what they are.
    """
    rows = max(map(len, panels.values()))
    figure, axes = axes_row(0.8 + 0.36 * rows, len(panels), sharey=True)
    texts = {}
    for n, (what, named) in enumerate(panels.items()):
        means = {name: np.mean(values) for name, values in named.items()}
        for row, (name, values) in enumerate(named.items()):
            seed_dots(axes[n], row, np.asarray(values), ms=4)
            axes[n].plot([means[name]] * 2, [row - 0.3, row + 0.3], color=INK)
        if levels:
            draw_marks(axes[n], {level: levels[n]})
        axes[n].set_xlabel(what)
        grid(axes[n], "y")
        written = [f"{mean:.1f}" for mean in means.values()]
        write_beside(axes[n], range(len(written)), written)
        texts[what] = dict(zip(means, written, strict=True))
        texts[what]["highest is"] = max(means, key=means.__getitem__)
    name_rows(axes[0], named)
    return figure, (
        f"{alt} There is one dot for each seed. The means:"
        + describe_groups(texts, {level: levels[0]} if levels else {})
    )


@picture
def mark_rows(
    panels: dict[str, dict[str, Sequence[Number]]],
    measures: Sequence[str],
    alt: str,
) -> tuple[Figure, str]:
    """Show two or three measures of each name in a row, to compare them.

    `panels` maps what is measured to the rows, `measures` names what is in a
    row, and `alt` says what they show.
    """
    rows = max(map(len, panels.values()))
    figure, axes = axes_row(1.1 + 0.32 * rows, len(panels), sharey=True)
    looks = dict(zip(measures, MARKS, strict=False))
    texts: dict[str, dict[str, str]] = {what: {} for what in panels}
    for axis, (what, named) in zip(axes, panels.items(), strict=True):
        for row, (name, values) in enumerate(named.items()):
            ends = min(values), max(values)
            axis.plot(ends, [row] * 2, color=FAINT, lw=0.8, zorder=1)
            for value, look in zip(values, looks.values(), strict=True):
                axis.plot(value, row, look[0], c=look[1], ms=7, alpha=0.8)
            texts[what][name] = ", ".join(f"{x:.1f}" for x in values)
        axis.set_xlabel(what)
    name_rows(axes[0], named)
    legend(axes[0], looks)
    parts = ", ".join(measures)
    return figure, f"{alt} Each row has {parts}.{describe_groups(texts)}"


@picture
def error_ladder(
    wrong: dict[str, Seeds], floor: Number, where: str, notes: dict[str, str]
) -> tuple[Figure, str]:
    """Show the errors of each rung, the first on top: dots, mean, interval.

    Beside each are the share of right answers and the points that it gains
    over the rung above, paired by seed. Errors below `floor`, half of a single
    wrong answer, are drawn there. `notes` says what each rung changes.
    """
    figure, (axis,) = axes_row(0.9 + 0.38 * len(wrong))
    found = {name: interval(100 * shares) for name, shares in wrong.items()}
    means = [max(mean, 100 * floor) for mean, *_ in found.values()]
    for row, (name, mean) in enumerate(zip(wrong, means, strict=True)):
        seed_dots(axis, row, 100 * np.maximum(wrong[name], floor), spread=0.18)
        below = mean - max(found[name].low, 100 * floor)
        reach = [[max(below, 0)], [found[name].high - mean]]
        axis.errorbar(mean, row, xerr=reach, capsize=3, **SQUARE)
    for row in range(1, len(means)):
        axis.plot(means[row - 1 : row + 1], [row - 1, row], c=FAINT, lw=0.8)
    gains = [
        interval(100 * (wrong[before] - wrong[name]))
        for before, name in pairwise(wrong)
    ]
    right = [f"{100 - each.mean:.1f}" for each in found.values()]
    spans = "{:+z.1f} ({:z.1f} to {:z.1f})"
    gained = [spans.format(*each) for each in gains]
    above = axis.get_yaxis_transform()
    for column, head, written in (
        (1.02, "% right", right),
        (1.16, "points gained", ["", *gained]),
    ):
        for row, text in enumerate([head, *written], start=-1):
            axis.text(column, row, text, transform=above, va="center", size=8)
    log_axis(axis.xaxis)
    name_rows(axis, [f"{name}\n{notes[name]}" for name in wrong])
    axis.set_xlabel(f"wrong answers (%), {where}")
    grid(axis)
    texts = [f"{k} ({notes[k]}) {each.mean:.1f}%" for k, each in found.items()]
    for n, gain in enumerate(gained, start=1):
        texts[n] += f", {gain} points gained"
    return figure, (
        "One row for each rung on a log scale, with a dot for each seed, the "
        "mean, and its confidence interval. Wrong answers from the top down: "
        f"{'; '.join(texts)}."
    )


@picture
def interval_dots(
    groups: dict[str, dict[str, tuple[Number, Number, Number]]],
    what: str,
    alt: str,
    marks: dict[str, Number] | None = None,
) -> tuple[Figure, str]:
    """Show values with their intervals: a row for each name, lowest on top.

    `groups` holds (value, low, high) by name; the first group that has a
    name decides its row. `alt` says what they show, and `marks` names values
    that get a dotted line.
    """
    names: list[str] = []
    for found in groups.values():
        new = found.keys() - names
        names += sorted(new, key=lambda name: found[name][0])
    shared = len(names) < sum(map(len, groups.values()))
    figure, (axis,) = axes_row(0.9 + 0.27 * len(names))
    texts: dict[str, dict[str, str]] = {}
    for group, found, style in in_series(groups):
        found = {name: found[name] for name in names if name in found}
        middle, low, high = np.array([*found.values()], float).T
        rows = np.array([names.index(name) for name in found])
        at = rows + (0.24 * len(texts) - 0.12 if shared else 0)
        reach = middle - low, high - middle
        look: dict[str, Any] = {"fmt": style.marker, "color": style.color}
        axis.errorbar(middle, at, xerr=reach, label=group, ms=5, **look)
        written = [f"{value:.1f}" for value in middle]
        if not shared:
            write_beside(axis, rows, written)
        texts[group] = dict(zip(found, written, strict=True))
    name_rows(axis, names)
    draw_marks(axis, marks or {})
    axis.set_xlabel(what)
    grid(axis, "y")
    figure.legend(loc="outside upper right", ncols=len(groups))
    alt += " The lowest come first."
    return figure, alt + describe_groups(texts, marks)


@picture
def timeline(
    panels: dict[str, dict[str, Sequence[Span]]], alt: str
) -> tuple[Figure, str]:
    """Show what happened when: a bar from each start to its stop.

    `panels` maps the unit of time to rows of spans, which have a color for
    each kind. `alt` says what they show.
    """
    every = [spans for rows in panels.values() for spans in rows.values()]
    kinds = dict.fromkeys(kind for spans in every for *_, kind in spans)
    colors = {kind: style.color for kind, _, style in in_series(kinds)}
    heights = [0.8 + 0.36 * len(rows) for rows in panels.values()]
    figure, axes = axes_grid(
        sum(heights), len(panels), 1, height_ratios=heights
    )
    for axis, (xlabel, rows) in zip(axes[:, 0], panels.items(), strict=True):
        for row, spans in enumerate(rows.values()):
            axis.broken_barh(
                [(start, stop - start) for start, stop, _ in spans],
                (row - 0.33, 0.66),
                facecolor=[colors[kind] for *_, kind in spans],
                edgecolor=PAPER if len(spans) <= MANY else "none",
            )
        axis.set(xlabel=xlabel, xlim=(0, None))
        grid(axis, "x")
        name_rows(axis, rows)
    if len(kinds) > 1:
        legend(axes[0, 0], {k: ("s", c, c) for k, c in colors.items()})
    texts = {
        xlabel: {name: describe_spans(spans) for name, spans in rows.items()}
        for xlabel, rows in panels.items()
    }
    return figure, alt + describe_groups(texts)


def describe_spans(spans: Sequence[Span]) -> str:
    """Say when spans begin and end, and how long those of a kind take."""
    if not spans:
        return "with nothing"
    times: dict[str, list[Number]] = {}
    for start, stop, kind in spans:
        times.setdefault(kind, []).append(stop - start)
    kinds = [f"{len(t)} {kind} in {sum(t):.1f}" for kind, t in times.items()]
    first, last = spans[0][0], max(stop for _, stop, _ in spans)
    return f"from {first:.1f} to {last:.1f}, with {', '.join(kinds)}"
