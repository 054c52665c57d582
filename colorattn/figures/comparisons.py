"""What a change does: differences of pairs of runs, with their intervals."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from colorattn.analysis.statistics import Difference
from colorattn.figures.axes import (
    CHANCE,
    label,
    label_ends,
    legend,
    log_axis,
    name_rows,
    spread_labels,
)
from colorattn.figures.seeds import (
    SQUARE,
    Curves,
    Seeds,
    describe,
    epoch_ticks,
    first_epoch,
    margins,
    paired_dots,
    seed_dots,
    seed_lines,
)
from colorattn.figures.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    Number,
    axes_row,
    in_series,
    picture,
)

SPACE = 1.13  # from one name to the next above it, a factor


@picture
def accuracy_difference(
    curves: dict[str, Curves], differences: Seeds, where: str = "test scenes"
) -> tuple[Figure, str]:
    """Show a base and a variant by epoch, and how far apart pairs end.

    `curves` holds both by name, the base first; `differences` one number for
    each seed, in points.
    """
    figure, (left, right) = axes_row(3.0, 2, width_ratios=[1.7, 1])
    means = {name: 100 * runs.mean(axis=0) for name, runs in curves.items()}
    descriptions = []
    for name, mean, style in in_series(means):
        seed_lines(left, 100 * curves[name], mean, style)
        half = first_epoch(mean, 50)
        when = f"passes 50% at epoch {half}" if half else "never passes 50%"
        descriptions.append(f"{name} {when} and ends at {mean[-1]:.0f}%")
    last = len(mean)
    label_ends(left, {k: (last, mean[-1]) for k, mean in means.items()}, 5.0)
    left.axhline(100 * CHANCE, color=FAINT, ls=":")
    left.set(xlim=(None, 1.4 * last), xlabel="epoch", xticks=epoch_ticks(last))
    left.set(ylim=(25, 101), ylabel="validation accuracy (%)")
    found = paired_dots(right, differences)
    base, variant = curves
    right.set_title(f"at the end, {where}")
    right.set_ylabel(f"{variant} less {base} (points)")
    return figure, (
        f"On the left, accuracy by epoch, with thin lines for {found.seeds} "
        f"seeds and bold ones for their means: {'; '.join(descriptions)}. On "
        "the right, the difference at the end for each seed, in points: "
        f"{describe(found)}."
    )


@picture
def forest(
    seeds: dict[str, Seeds],
    found: dict[str, Difference],
    p_values: Sequence[Number],
    what: str,
    alt: str,
    validation: dict[str, Number] | None = None,
    near: Number = 0.0,
    ratio: bool = False,
) -> tuple[Figure, str]:
    """Show the effect of each change: dots for seeds, mean and interval.

    `seeds` holds a number for each pair of runs, `found` their summaries and
    `p_values` those corrected for the number of changes, in the order of
    `found`; a filled square marks those below 0.05. `what` they are is
    written below, and `alt` says what they show. `validation` adds means
    on the validation scenes, by which one would choose; `near` adds a
    close-up of so many points below zero; with `ratio` effects are factors,
    on a log scale.
    """
    height, panels = 1.3 + 0.34 * len(found), 2 if near else 1
    figure, axes = axes_row(height, panels, sharey=True)
    levels, rows = dict(zip(found, p_values, strict=True)), {}
    order = sorted(found, key=lambda name: -found[name].mean)
    for row, name in enumerate(order):
        effect, sure = found[name], levels[name] < 0.05
        mark = SQUARE | {"mfc": INK if sure else "none", "capsize": 3}
        for axis in axes:
            seed_dots(axis, row, seeds[name])
            axis.errorbar(effect.mean, row, xerr=margins(effect), **mark)
        rows[name] = f"{name} {describe(effect, ratio)}"
        rows[name] += "" if sure else ", which may be luck"
    name_rows(axes[0], order)
    for axis in axes:
        axis.axvline(1 if ratio else 0, color=FAINT, ls=":")
        axis.set_xlabel(what)
        if ratio:
            log_axis(axis.xaxis)
    if near:
        axes[0].set(title="all")
        axes[1].set(xlim=(-near, near / 4), title="close to zero")
    if validation:
        for row, name in enumerate(order):
            mean = validation[name]
            axes[0].plot(mean, row, "d", mfc="none", color=BLUE, ms=8)
            after = f"{mean:.1f}" if ratio else f"{mean:+.1f}"
            rows[name] += f" (validation {after})"
        looks = {
            "mean, validation": ("d", BLUE, "none"),
            "one seed, test": ("o", ORANGE, "none"),
            "mean, test": ("s", INK, "none"),
        }
        legend(axes[0], looks)
    return figure, (
        f"{alt} Each row has a dot for each seed, and the mean on test scenes "
        f"with its confidence interval: {'; '.join(rows.values())}."
    )


@picture
def error_ratio_scatter(
    climbing: dict[str, Difference], top: dict[str, Difference]
) -> tuple[Figure, str]:
    """Show the error ratio of each rung on the ladder, and at the top.

    Names are at the right edge, in the order of the second, each with a line
    to its mark.
    """
    figure, (axis,) = axes_row(4.2)
    # The view is that of the means: an interval may leave it.
    means = [d.mean for found in (climbing, top) for d in found.values()]
    low, high = min(*means, 1) / 1.5, max(*means, 1) * 1.5
    edge = max(*(d.mean for d in climbing.values()), 1) * 1.5
    heights = spread_labels([top[k].mean for k in climbing], SPACE, log=True)
    mark = SQUARE | {"color": BLUE, "ecolor": FAINT, "elinewidth": 0.8}
    descriptions = []
    for (name, x), height in zip(climbing.items(), heights, strict=True):
        y = top[name]
        axis.errorbar(x.mean, y.mean, margins(y), margins(x), **mark)
        line = [x.mean, edge], [y.mean, height]
        axis.plot(*line, color=FAINT, lw=0.5, ls="--")
        label(axis, edge, height, name, INK)
        descriptions.append(f"{name} {x.mean:.1f} and {y.mean:.1f}")
    axis.axhline(1, color=FAINT, ls=":")
    axis.axvline(1, color=FAINT, ls=":")
    axis.plot([low, high], [low, high], color=FAINT, lw=0.8)
    log_axis(axis.xaxis)
    log_axis(axis.yaxis)
    axis.set(xlim=(low, edge), xlabel="worth on the ladder (times)")
    axis.set(
        ylim=(low, max(high, *heights)), ylabel="worth at the top (times)"
    )
    return figure, (
        "What each rung is worth, from left to right on the ladder and from "
        "bottom to top in the final network, with lines at 1, which is "
        "nothing, and a diagonal where both are equal: "
        f"{'; '.join(descriptions)}."
    )
