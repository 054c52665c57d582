"""What a match of pixels is worth, and what repairs make of it.

Accuracies are in percent.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.baselines import note
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, INK, ORANGE, WIDTH, picture


@picture
def falls(
    curves: dict[str, tuple[Sequence[float], Sequence[float]]],
    levels: dict[str, float],
) -> tuple[Figure, str]:
    """Show how a drawing's match with itself falls as it is changed."""
    figure = Figure((WIDTH, 2.8))
    axes = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axis, (name, (amounts, matches)) in zip(
        axes, curves.items(), strict=True
    ):
        axis.plot(amounts, matches, "-o", color=BLUE, ms=4)
        for (what, level), line in zip(
            levels.items(), ("--", ":"), strict=True
        ):
            axis.axhline(level, color=ORANGE, lw=1.2, ls=line)
            if axis is axes[-1]:
                note(axis, what, (min(amounts), level), (0, 3), color=INK)
        axis.set(xlabel=name, ylim=(0, 1.04))
    axes[0].set_ylabel("match with itself")
    ends = "; ".join(
        f"{name}: from {matches[0]:.2f} to {matches[-1]:.2f} at "
        f"{amounts[-1]:g}"
        for name, (amounts, matches) in curves.items()
    )
    lines = ", ".join(f"{what} {level:.2f}" for what, level in levels.items())
    return figure, (
        "Falling curves of the match of drawings with themselves, changed. "
        f"{ends}. Lines across: {lines}."
    )


@picture
def heaps(
    own: np.ndarray, other: np.ndarray, accuracy: float
) -> tuple[Figure, str]:
    """Show the matches of drawings of one class, and of two classes."""
    figure = Figure((WIDTH, 2.4))
    axis = figure.subplots()
    edges = np.linspace(-0.2, 1, 49)
    for values, color, line, name in (
        (own, BLUE, "-", "the same class"),
        (other, ORANGE, "--", "two classes"),
    ):
        heights, _ = np.histogram(values, edges, density=True)
        axis.stairs(heights, edges, color=color, ls=line, lw=1.5, label=name)
        axis.stairs(heights, edges, color=color, fill=True, alpha=0.15)
    axis.legend(loc="upper right")
    axis.set(xlabel="match of query and symbol", yticks=[])
    axis.spines["left"].set_visible(False)
    return figure, (
        "Two heaps of matches that overlap widely: drawings of the same "
        f"class around {own.mean():.2f}, of two classes around "
        f"{other.mean():.2f}. The better match is the right one in "
        f"{accuracy:.0f} percent of the scenes."
    )


@picture
def blurs(
    sigmas: Sequence[float], accuracies: Sequence[float]
) -> tuple[Figure, str]:
    """Show the accuracy of matching after blurring by each width."""
    figure = Figure((WIDTH, 2.4))
    axis = figure.subplots()
    axis.plot(sigmas, accuracies, "-o", color=BLUE, ms=4)
    best = int(np.argmax(accuracies))
    axis.plot(sigmas[best], accuracies[best], "o", color=ORANGE, ms=9)
    note(
        axis,
        f"best: {sigmas[best]:g} px",
        (sigmas[best], accuracies[best]),
        (0, 9),
        ha="center",
    )
    spread = max(accuracies) - min(accuracies)
    axis.set(xlabel="width of the blur, σ (px)", ylabel="accuracy (%)")
    axis.set_ylim(min(accuracies) - 0.2 * spread, best_top(accuracies))
    return figure, (
        f"Accuracy by the width of the blur: {accuracies[0]:.0f} percent at "
        f"{sigmas[0]:g} px, at best {accuracies[best]:.0f} percent at "
        f"{sigmas[best]:g} px, and {accuracies[-1]:.0f} percent at "
        f"{sigmas[-1]:g} px."
    )


def best_top(values: Sequence[float]) -> float:
    """Leave room above the highest value for its name."""
    return max(values) + 0.35 * (max(values) - min(values))


@picture
def repaired(
    rows: dict[str, Float[Tensor, "2 side side"]], matches: Sequence[float]
) -> tuple[Figure, str]:
    """Show two drawings of one class after each repair, and their overlay."""
    figure = Figure((WIDTH, 2.25))
    axes = figure.subplots(2, len(rows) + len(rows) - 1, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for k, (name, (first, second)) in enumerate(rows.items()):
        for axis, drawing in zip(axes[:, 2 * k], (first, second), strict=True):
            axis.set_axis_on()
            show(axis, drawing)
        axes[0, 2 * k].set_title(name)
        axes[1, 2 * k].set_xlabel(f"match {matches[k]:.2f}")
        if k:
            axes[0, 2 * k - 1].text(
                0.5, 0.5, "→", ha="center", va="center", fontsize=16
            )
    told = ", ".join(
        f"{name} {value:.2f}"
        for name, value in zip(rows, matches, strict=True)
    )
    return figure, (
        "Two drawings of one class, one above the other, before and after "
        f"each repair. They match: {told}."
    )
