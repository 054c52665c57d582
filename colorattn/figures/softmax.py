"""What the softmax does to scores: how decided, how free, how hot."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.attention import label
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture


@picture
def decided(
    weights: Float[Tensor, "n i j"], spreads: Sequence[float | int]
) -> tuple[Figure, str]:
    """Show how weights pile up as the same scores spread wider."""
    figure = Figure((WIDTH, 2.85))
    axes = figure.subplots(1, len(spreads))
    tops = [f"{float(top):.2f}" for top in weights.amax(dim=(1, 2))]
    for axis, map_, spread, top in zip(
        axes, weights, spreads, tops, strict=True
    ):
        show(axis, map_, cmap="magma", vmin=0)
        axis.set_title(f"spread of scores: {spread:g}")
        axis.set_xlabel(f"largest weight: {top}")
    told = ", ".join(
        f"{top} at a spread of {spread:g}"
        for top, spread in zip(tops, spreads, strict=True)
    )
    return figure, (
        f"{len(spreads)} maps of weights made from the same scores, spread "
        "ever wider. Weight piles up on fewer cells; the largest weight is "
        f"{told}."
    )


@picture
def slope(
    gaps: Float[Tensor, "n"],
    weights: Float[Tensor, "n"],
    slopes: Float[Tensor, "n"],
) -> tuple[Figure, str]:
    """Show the weight of the first of two cells, and how steep that is."""
    figure = Figure((WIDTH, 2.4))
    left, right = figure.subplots(1, 2, sharex=True)
    left.plot(gaps, weights, color=BLUE)
    left.set(yticks=[0, 0.5, 1], title="weight of the first of two cells")
    right.plot(gaps, slopes, color=ORANGE, ls="--")
    right.set(ylim=(0, 0.28), yticks=[0, 0.25], title="how steep that is")
    for axis in (left, right):
        axis.set_xlabel("its lead in score")
        axis.axvline(0, color=FAINT, lw=0.8, ls=":")
    peak = int(slopes.argmax())
    return figure, (
        "Left, the weight of the first of two cells rises in an S from "
        f"{weights[0]:.2f} to {weights[-1]:.2f} as its lead in score grows "
        f"from {gaps[0]:g} to {gaps[-1]:g}. Right, the slope of that curve: "
        f"a bell, {slopes[peak]:.2f} high at a lead of {abs(gaps[peak]):.0f} "
        f"and {slopes[-1]:.2f} at the ends."
    )


@picture
def root(
    dims: Sequence[int],
    spreads: dict[str, list[float]],
    freedom: dict[str, Float[Tensor, "dims n"]],
) -> tuple[Figure, str]:
    """Show how spread and gradient change with dim, with and without √c."""
    figure = Figure((WIDTH, 3.0))
    left, right = figure.subplots(1, 2)
    looks = zip(spreads, ("-", "--"), (BLUE, ORANGE), strict=True)
    for name, line, color in looks:
        low, middle, high = np.quantile(freedom[name], [0.1, 0.5, 0.9], axis=1)
        right.fill_between(dims, low, high, color=color, alpha=0.15, lw=0)
        for axis, heights in (left, spreads[name]), (right, middle):
            axis.plot(dims, heights, line, color=color, marker="o", ms=4)
            at = float(dims[3]), float(heights[3])
            falls = heights[3] < 0.9 * heights[0]
            beside = (-6, -12 if falls else 6)
            label(axis, name, at, beside, ha="right", color=color)
    for axis, ticks in (
        (left, (1, 2, 4, 8, 16, 32)),
        (right, (1, 0.1, 0.01, 0.001)),
    ):
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        axis.set(xticks=dims, xticklabels=dims, xlabel="dim c of the keys")
        axis.set(yticks=ticks, yticklabels=ticks)
        axis.minorticks_off()
    right.set_ylim(1e-4, 3)
    left.set_title("spread of the scores (standard deviation)")
    right.set_title("what is left of the gradient: 1 − Σ α²")
    last = {name: f"{values[-1]:.0f}" for name, values in spreads.items()}
    ends = ", ".join(f"{end} {name}" for name, end in last.items())
    typical = {
        name: rows.median(dim=1).values for name, rows in freedom.items()
    }
    ranges = ", ".join(
        f"from {float(row[0]):.1g} to {float(row[-1]):.1g} {name}"
        for name, row in typical.items()
    )
    return figure, (
        "Two charts over the dim of the keys. Left, the spread of the scores "
        f"at dim {dims[-1]}: {ends}. Right, what is left of the softmax's "
        f"gradient for a typical query, from dim {dims[0]} to dim {dims[-1]}: "
        f"{ranges}."
    )


@picture
def temperatures(
    temperatures: Sequence[float | int], weights: Float[Tensor, "n cells"]
) -> tuple[Figure, str]:
    """Show how one set of scores becomes weights at each temperature."""
    figure = Figure((WIDTH, 2.2))
    axes = figure.subplots(1, len(temperatures), sharey=True)
    cells = weights.shape[1]
    names = [f"ln {n}" for n in range(1, cells + 1)]
    for axis, tau, row in zip(axes, temperatures, weights, strict=True):
        drawn = axis.bar(names, row.tolist(), color=BLUE, width=0.7)
        axis.bar_label(drawn, fmt="%.2f", padding=2, fontsize=7)
        axis.axhline(1 / cells, color=FAINT, lw=0.8, ls=":")
        axis.set_title(f"τ = {tau:g}")
    axes[0].set(ylim=(0, 1.1), ylabel="weight α")
    figure.supxlabel("score", fontsize=9)
    told = "; ".join(
        f"from {float(row.min()):.2f} to {float(row.max()):.2f}"
        for row in weights
    )
    return figure, (
        f"The weights of {cells} cells as bars, beside a dotted line for "
        "equal weights, at temperatures "
        f"{', '.join(f'{tau:g}' for tau in temperatures)}: in turn {told}."
    )


@picture
def cooling(
    temperatures: Sequence[float | int],
    accuracies: Sequence[float],
    chance: float,
) -> tuple[Figure, str]:
    """Show how often attention is right at each temperature."""
    figure = Figure((WIDTH, 2.6))
    axis = figure.subplots()
    axis.plot(temperatures, accuracies, color=BLUE, marker="o", ms=4)
    axis.axhline(chance, color=INK, lw=0.8, ls=":")
    axis.text(min(temperatures), chance + 0.015, "chance", color=INK)
    axis.set_xscale("log", base=2)
    axis.set(
        xticks=temperatures,
        xticklabels=[f"{tau:g}" for tau in temperatures],
        ylim=(0.25, 1),
        xlabel="temperature τ",
        ylabel="share of answers right",
    )
    axis.minorticks_off()
    told = ", ".join(
        f"{share:.0%} at {tau:g}"
        for tau, share in zip(temperatures, accuracies, strict=True)
    )
    return figure, (
        "A curve of the share of right answers over the temperature, with a "
        f"dotted line for chance, {chance:.0%}: {told}."
    )
