"""The plateau of chapter 5: what moves in it, and what ends it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from colorattn.figures.curves import CHANCE, label
from colorattn.figures.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    WIDTH,
    picture,
)

LOOKS = tuple(zip((BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=True))


@picture
def together(curves: dict[str, np.ndarray]) -> tuple[Figure, str]:
    """Show several measures of many seeds, epoch by epoch, side by side.

    `curves` holds a (seed, epoch) array of shares for each measure.
    """
    figure = Figure((WIDTH, 2.7))
    axes = figure.subplots(1, len(curves), sharey=True)
    said = []
    for axis, (name, runs) in zip(axes, curves.items(), strict=True):
        epochs, mean = np.arange(1, runs.shape[1] + 1), runs.mean(axis=0)
        axis.plot(epochs, 100 * runs.T, color=BLUE, alpha=0.25, lw=0.7)
        axis.plot(epochs, 100 * mean, color=BLUE, lw=2)
        axis.axhline(100 * CHANCE, color=FAINT, ls="--")
        axis.set(title=name, xlabel="epoch", ylim=(20, 85))
        axis.set_xticks(epochs[2::3])
        said.append(
            f"{name} goes from {mean[0]:.0%} to {mean[-1]:.0%} in the mean "
            f"and has risen by 10 points at {rise(mean, 0.1)}"
        )
    axes[0].set_ylabel("share (%)")
    axes[0].text(epochs[-1], 100 * CHANCE - 1, "chance", va="top", ha="right")
    return figure, (
        f"{len(curves)} panels of {len(runs)} thin lines, one for each seed, "
        f"with their mean: {'; '.join(said)}."
    )


def rise(values: np.ndarray, by: float) -> str:
    """Say in which epoch, from 1, values lie so far above the first one."""
    above = (values >= values[0] + by).nonzero()[0]
    return f"epoch {above[0] + 1}" if len(above) else "no epoch"


@picture
def watched(
    cells: Sequence[float],
    lengths: dict[str, Sequence[float]],
    accuracy: Sequence[float],
) -> tuple[Figure, str]:
    """Show what one run does while its accuracy seems to rest.

    Everything is by epoch, from 0: the number of cells that the weights
    spread over, the lengths of the parts' gradients, the accuracy.
    """
    figure = Figure((WIDTH, 2.9))
    left, right = figure.subplots(1, 2)
    epochs = range(len(cells))
    left.plot(epochs, cells, color=INK, marker="o", ms=3)
    left.set(title="cells looked at", ylim=(0, 1.08 * max(cells)))
    marks = zip(lengths.items(), LOOKS, strict=False)
    for (name, values), (color, line) in marks:
        right.plot(epochs, values, color=color, ls=line, lw=1.8)
        label(right, epochs[-1], values[-1], name, color)
    right.set(title="length of the gradient", yscale="log")
    right.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    right.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    right.yaxis.set_minor_formatter(NullFormatter())
    half = next((n for n, a in enumerate(accuracy) if a >= 0.5), None)
    for axis in (left, right):
        axis.set_xlabel("epoch")
        if half is not None:
            axis.axvline(half, color=FAINT, lw=0.8, ls=":")
    if half is not None:
        left.annotate(
            "half are right",
            (half, 0.95 * max(cells)),
            (5, 0),
            textcoords="offset points",
        )
    right.set_xlim(right=1.45 * epochs[-1])
    right.set_xticks(left.get_xticks()[1:-1])
    times = ", ".join(
        f"that of the {name} to {values[-1] / values[0]:.1f} times its first"
        for name, values in lengths.items()
    )
    passed = "never" if half is None else f"at epoch {half}"
    return figure, (
        f"Left, the number of cells that the weights spread over: from "
        f"{cells[0]:.0f} to {cells[-1]:.0f} in {len(cells) - 1} epochs. "
        "Right, on a logarithmic scale, the lengths of the gradients; by the "
        f"last epoch they have changed, {times}. Half of the answers are "
        f"right for the first time: {passed}."
    )


@picture
def changes(
    shares: dict[str, Sequence[float]], expected: float, what: str
) -> tuple[Figure, str]:
    """Show one dot for each seed of each variant, and a line at the plain.

    `shares` maps a variant to its seeds' values, 0 to 1; the first is the
    plain one. `expected` is what chance gives.
    """
    figure = Figure((WIDTH, 0.42 * len(shares) + 0.9))
    axis = figure.subplots()
    means = {name: float(np.mean(v)) for name, v in shares.items()}
    plain = next(iter(means.values()))
    for row, (name, values) in enumerate(shares.items()):
        color = BLUE if means[name] == plain else ORANGE
        marker = "o" if means[name] == plain else "D"
        each = 100 * np.asarray(values)
        axis.plot(each, [row] * len(each), marker, ms=5, alpha=0.5, c=color)
        axis.plot([100 * means[name]] * 2, [row - 0.3, row + 0.3], c=color)
        text = f"{means[name]:.0%}"
        axis.text(101, row, text, va="center", color=color)
    axis.axvline(100 * expected, color=FAINT, ls="--")
    axis.text(100 * expected, -0.75, "chance", ha="center", color=INK)
    axis.set_yticks(range(len(shares)), list(shares))
    axis.set(xlim=(20, 100), ylim=(len(shares) - 0.5, -0.5), xlabel=what)
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", length=0)
    said = ", ".join(f"{name} {mean:.0%}" for name, mean in means.items())
    best = max(means, key=lambda name: means[name])
    return figure, (
        f"Rows of dots, one dot for each seed: {what}. The means are {said}. "
        f"Farthest to the right is: {best}."
    )
