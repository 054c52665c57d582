"""Why a change does what it does: where nets look, and what a head says."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from colorattn.figures.curves import CHANCE, label
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

Seeds = Float[np.ndarray, "seeds"]
MARKS = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (PINK, "D"))
LINES = tuple(
    zip((BLUE, ORANGE, GREEN, INK), ("-", "--", ":", "-."), strict=True)
)


@picture
def right_and_hit(nets: dict[str, tuple[Seeds, Seeds]]) -> tuple[Figure, str]:
    """Show accuracy against hit, in percent: a mark for each trained net."""
    figure = Figure((WIDTH, 3.6))
    axis = figure.subplots()
    axis.plot([0, 100], [0, 100], color=FAINT, linestyle=":")
    axis.text(62, 58, "right as often as it hits", color=FAINT)
    told = []
    for (name, (hits, right)), (color, mark) in zip(
        nets.items(), MARKS, strict=False
    ):
        axis.plot(
            hits,
            right,
            mark,
            color=color,
            markersize=6,
            alpha=0.8,
            label=name,
            linestyle="none",
        )
        pairs = ", ".join(
            f"{r:.0f} and {h:.0f}%" for h, r in zip(hits, right, strict=True)
        )
        told.append(f"{name} {pairs}")
    axis.set(
        xlabel="hit (%)", ylabel="accuracy (%)", xlim=(0, 100), ylim=(25, 100)
    )
    axis.legend(loc="lower right")
    return figure, (
        "Accuracy against hit, a mark for each trained net, and a dotted line "
        f"where both are the same. Accuracy and hit of {'; of '.join(told)}."
    )


@picture
def by_place(
    centers: Sequence[float],
    found: dict[str, tuple[Sequence[float], Sequence[float]]],
) -> tuple[Figure, str]:
    """Show the accuracy by where the queried symbol lies, with its spread.

    `centers` are pixels from the left edge; `found` holds means and standard
    deviations in percent.
    """
    figure = Figure((WIDTH, 2.8))
    axis = figure.subplots()
    told = []
    for (name, (means, spreads)), (color, line) in zip(
        found.items(), LINES, strict=False
    ):
        axis.errorbar(
            centers,
            means,
            spreads,
            color=color,
            linestyle=line,
            marker="o",
            markersize=4,
            capsize=3,
        )
        label(axis, centers[-1], means[-1], name, color)
        told.append(f"{name} {', '.join(f'{m:.0f}' for m in means)}%")
    axis.set(
        xlabel="center of the queried symbol (px from the left)",
        ylabel="accuracy (%)",
    )
    axis.set_xlim(right=centers[-1] + 0.3 * (centers[-1] - centers[0]))
    return figure, (
        "Accuracy by the place of the queried symbol, from left to right: "
        f"{'; '.join(told)}."
    )


@picture
def voices(
    rightly: Sequence[int], ends: Sequence[float], usual: float
) -> tuple[Figure, str]:
    """Show where a run ends by how many colors its first head gets right.

    `usual` is where runs end with the post's head, in percent.
    """
    figure = Figure((WIDTH, 2.8))
    axis = figure.subplots()
    axis.axhline(usual, color=BLUE)
    axis.axhline(100 * CHANCE, color=FAINT, linestyle="--")
    axis.text(-0.4, usual, "the post's head", color=BLUE, va="bottom")
    axis.text(-0.4, 100 * CHANCE, "chance", va="bottom")
    axis.plot(rightly, ends, "s", color=ORANGE, markersize=6, alpha=0.8)
    for rank, seed in enumerate(np.argsort(ends)):
        right = rank % 2 == 0  # by turns, so that names do not overlap
        axis.annotate(
            f"seed {seed}",
            (rightly[seed], ends[seed]),
            (7 if right else -7, 0),
            textcoords="offset points",
            va="center",
            ha="left" if right else "right",
        )
    axis.set(
        xlim=(-0.45, 3.45),
        ylim=(25, 101),
        xticks=range(4),
        ylabel="accuracy at the end (%)",
    )
    axis.set_xlabel(
        "colors whose ink the first head counts for themselves most"
    )
    told = "; ".join(
        f"seed {seed}: {n} of 3 colors, {end:.0f}%"
        for seed, (n, end) in enumerate(zip(rightly, ends, strict=True))
    )
    return figure, (
        "Accuracy at the end by how many colors the first values of the head "
        f"get right, one mark a seed. {told}. With the post's head it is "
        f"{usual:.0f}%."
    )


@picture
def first_step(
    gradients: dict[str, float], steps: dict[str, float]
) -> tuple[Figure, str]:
    """Show how long the first gradient is, and how long Adam's first step."""
    figure = Figure((WIDTH, 2.0))
    axes = figure.subplots(1, 2, sharey=True)
    told = []
    sides = {"first gradient": gradients, "Adam's first step": steps}
    for axis, (what, lengths) in zip(axes, sides.items(), strict=True):
        rows = range(len(lengths))
        axis.barh(rows, list(lengths.values()), color=BLUE, height=0.6)
        axis.set(xscale="log", xlabel="length", title=what)
        axis.set_yticks(rows, list(lengths))
        axis.set_xlim(min(lengths.values()) / 30, 3 * max(lengths.values()))
        axis.xaxis.set_minor_formatter(NullFormatter())
        most = max(lengths.values())
        told.append(
            f"{what}: "
            + ", ".join(
                f"{name} {most / v:.0f}" for name, v in lengths.items()
            )
        )
    axes[0].invert_yaxis()
    return figure, (
        "Bars on a scale of powers of ten: the encoders' first gradient, and "
        "Adam's first step. How many times as long the longest is as each: "
        f"{'; '.join(told)}."
    )
