"""What parts are worth: errors without a part, as a multiple of those with.

A worth of 1 is nothing, 2 means that without the part there are twice as many
errors, one half that there are half as many.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from colorattn.analysis.statistics import Difference
from colorattn.figures.climbing import backdrop, plain, spaced
from colorattn.figures.curves import label
from colorattn.figures.rows import Seeds, intervals, validation
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture

SPACE = 1.13  # from one name to the next above it, a factor


@picture
def worths(
    factors: dict[str, Seeds],
    found: dict[str, Difference],
    chances: Sequence[float],
    before: dict[str, float],
) -> tuple[Figure, str]:
    """Show what each part is worth at the top, the most on top.

    `factors` holds a number for each pair, `found` their summaries, `chances`
    corrected p-values in the order of `found`: a filled square marks those
    below one in twenty. `before` is the worth on validation scenes.
    """
    figure = Figure((WIDTH, 1.1 + 0.36 * len(found)))
    axis = figure.subplots()
    order, sure = intervals([axis], factors, found, chances)
    validation(figure, axis, order, before)
    axis.axvline(1, color=FAINT, ls=":")
    plain(axis.xaxis, axis.set_xscale)
    axis.set_xlabel("times as many errors when taken away")
    told = "; ".join(
        f"{name} {spoken(found[name])}"
        + ("" if sure[name] else ", which may be luck")
        + f" (validation {before[name]:.1f})"
        for name in order
    )
    return figure, (
        "What each rung is worth at the top, on a scale of powers of ten: how "
        "many times as many errors there are when it is taken away. A row "
        f"for each, with a dot for each seed, mean and interval: {told}."
    )


@picture
def twice(
    climbing: dict[str, Difference], top: dict[str, Difference]
) -> tuple[Figure, str]:
    """Show what each rung is worth on the ladder, and at the top.

    Names stand at the right edge, in the order of the second, each with a
    line to its mark.
    """
    figure = Figure((WIDTH, 4.2))
    axis = figure.subplots()
    # The view is that of the means: an interval may leave it.
    both = [d.mean for found in (climbing, top) for d in found.values()]
    ends = min(*both, 1) / 1.5, max(*both, 1) * 1.5
    edge = max(*(d.mean for d in climbing.values()), 1) * 1.5
    heights = spaced([top[name].mean for name in climbing], SPACE)
    told = []
    for (name, below), height in zip(climbing.items(), heights, strict=True):
        above = top[name]
        axis.errorbar(
            below.mean,
            above.mean,
            [[above.mean - above.low], [above.high - above.mean]],
            [[below.mean - below.low], [below.high - below.mean]],
            fmt="s",
            color=BLUE,
            ecolor=FAINT,
            elinewidth=0.8,
            ms=5,
        )
        line = [below.mean, edge], [above.mean, height]
        axis.plot(*line, color=FAINT, lw=0.5, ls="--")
        label(axis, edge, height, name, INK)
        told.append(f"{name} {below.mean:.1f} and {above.mean:.1f}")
    for line_at in (axis.axhline, axis.axvline):
        line_at(1, color=FAINT, ls=":")
    axis.plot(ends, ends, color=FAINT, lw=0.8)
    plain(axis.xaxis, axis.set_xscale)
    plain(axis.yaxis, axis.set_yscale)
    axis.set(xlim=(ends[0], edge), ylim=(ends[0], max(ends[1], *heights)))
    axis.set_xlabel("worth on the ladder (times)")
    axis.set_ylabel("worth at the top (times)")
    return figure, (
        "What each rung is worth, across on the ladder and upward at the top, "
        "with lines at 1, which is nothing, and a diagonal where both are "
        f"equal: {'; '.join(told)}."
    )


@picture
def sizes(
    nets: dict[int, Seeds],
    others: dict[str, tuple[int, Seeds]],
    beaten: float,
) -> tuple[Figure, str]:
    """Show errors by the number of parameters, both on powers of ten.

    `nets` are of one kind, `others` have names; `beaten` is the share of
    errors that the smallest net of `nets` is to stay below.
    """
    figure = Figure((WIDTH, 3.6))
    axis = figure.subplots()
    counts = sorted(nets)
    means = [100 * nets[n].mean() for n in counts]
    for n in counts:
        each = 100 * nets[n]
        axis.plot([n] * len(each), each, "o", color=ORANGE, ms=3.5, alpha=0.7)
    axis.plot(counts, means, "-", color=INK, lw=1.5)
    told = [
        f"{n:,} parameters {mean:.1f}%"
        for n, mean in zip(counts, means, strict=True)
    ]
    for name, (n, shares) in others.items():
        mean = 100 * shares.mean()
        axis.plot(n, mean, "*", color=BLUE, ms=11)
        axis.annotate(
            name,
            (n, mean),
            (0, 9),
            textcoords="offset points",
            color=BLUE,
            ha="right",
        )
        told.append(f"{name} with {n:,} {mean:.1f}%")
    axis.axhline(100 * beaten, color=FAINT, ls="--")
    axis.text(
        counts[0], 100 * beaten, f"the post: {1 - beaten:.0%}", va="bottom"
    )
    axis.set_xscale("log")
    axis.set_xticks(counts, [f"{n:,}" for n in counts], rotation=35)
    axis.xaxis.set_minor_formatter(NullFormatter())
    plain(axis.yaxis, axis.set_yscale)
    axis.set(xlabel="parameters", ylabel="wrong answers (%), test")
    backdrop(axis)
    return figure, (
        "Wrong answers by the number of parameters, both on scales of powers "
        f"of ten, a dot for each seed and a line through means: "
        f"{'; '.join(told)}. Dashed, the errors that the post reports."
    )


def spoken(found: Difference) -> str:
    """Say a worth and its interval in words."""
    return f"{found.mean:.1f} times, from {found.low:.1f} to {found.high:.1f}"
