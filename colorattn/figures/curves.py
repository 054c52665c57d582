"""Curves of training: loss by step, accuracy by epoch, with every seed."""

from collections.abc import Sequence
from math import log

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture

CHANCE = 1 / 3  # of naming one color of three


@picture
def losses(values: Sequence[float], what: str) -> tuple[Figure, str]:
    """Show the loss of each step, against that of a model that guesses."""
    figure = Figure((WIDTH, 2.6))
    axis = figure.subplots()
    axis.plot(np.arange(1, len(values) + 1), values, color=BLUE)
    axis.axhline(log(3), color=FAINT, linestyle="--")
    axis.text(len(values), log(3), "ln 3: guessing", va="bottom", ha="right")
    axis.set(xlabel="step", ylabel="loss (nats)", title=what)
    axis.set_ylim(bottom=0)
    moved = "falls" if values[-1] < log(3) / 2 else "hardly moves"
    return figure, (
        f"{what}: the loss of {len(values)} steps. It begins near the dashed "
        f"line of a model that guesses, {moved}, and ends near "
        f"{values[-1]:.1f} nats."
    )


@picture
def accuracies(
    stored: Sequence[np.ndarray],
    live: Sequence[float],
    reports: dict[int, float],
) -> tuple[Figure, str]:
    """Show stored runs, of any lengths, a live one, and what was reported.

    The bold line is their mean, as far as the shortest. `reports` maps an
    epoch to the accuracy that the post gives for it.
    """
    figure = Figure((WIDTH, 3.4))
    axis = figure.subplots()
    last = max(len(curve) for curve in stored)
    for curve in stored:
        epochs = np.arange(1, len(curve) + 1)
        axis.plot(epochs, 100 * curve, color=BLUE, alpha=0.3, linewidth=0.7)
    common = min(len(curve) for curve in stored)
    mean = smooth(np.mean([curve[:common] for curve in stored], axis=0))
    axis.plot(np.arange(1, common + 1), 100 * mean, color=BLUE, linewidth=2)
    label(axis, common, 100 * mean[-1] - 6, "stored runs", BLUE)
    if live:
        axis.plot(
            np.arange(1, len(live) + 1),
            100 * np.asarray(live),
            color=ORANGE,
            marker="o",
            markersize=3,
        )
        axis.annotate(
            "this run",
            (len(live), 100 * live[-1]),
            (14, -12),
            textcoords="offset points",
            color=ORANGE,
        )
    for epoch, accuracy in reports.items():
        axis.plot(epoch, 100 * accuracy, "k*", markersize=9)
        axis.annotate(
            f"the post: {accuracy:.0%}",
            (epoch, 100 * accuracy),
            (0, 9),
            textcoords="offset points",
            ha="center" if epoch < last else "right",
        )
    axis.axhline(100 * CHANCE, color=FAINT, linestyle="--")
    axis.text(last, 100 * CHANCE, "chance", va="bottom", ha="right")
    axis.set(xlabel="epoch", ylabel="validation accuracy (%)")
    axis.set_ylim(25, 101)
    return figure, (
        f"Accuracy by epoch: {len(stored)} stored runs as thin lines, with "
        "their mean. All begin at chance, one in three, stay there for a few "
        "epochs, rise steeply and then ever more slowly. Stars mark what the "
        "post reports."
        + (" This notebook's run follows the stored ones." if live else "")
    )


@picture
def contest(
    curves: dict[str, np.ndarray], seconds: dict[str, float]
) -> tuple[Figure, str]:
    """Show the accuracy of several nets by seconds of training.

    `curves` holds (seed, epoch) arrays; `seconds` what one epoch takes.
    """
    figure = Figure((WIDTH, 3.0))
    axis = figure.subplots()
    ends = []
    styles = zip((BLUE, ORANGE, INK), ("-", "--", ":"), strict=True)
    for (name, runs), (color, line) in zip(
        curves.items(), styles, strict=False
    ):
        time = seconds[name] * np.arange(1, runs.shape[1] + 1)
        mean = 100 * runs.mean(axis=0)
        axis.plot(time, mean, color=color, linestyle=line, linewidth=2)
        low, high = 100 * runs.min(axis=0), 100 * runs.max(axis=0)
        axis.fill_between(time, low, high, color=color, alpha=0.2, lw=0)
        label(axis, time[-1], mean[-1], name, color)
        ends.append(name)
    axis.axhline(100 * CHANCE, color=FAINT, linestyle="--")
    axis.set(xlabel="seconds of training", ylabel="validation accuracy (%)")
    axis.set_ylim(25, 101)
    return figure, (
        f"Accuracy by seconds of training for {' and '.join(ends)}: mean of "
        "all seeds, with the band from the worst to the best. The last named "
        "rises first and ends highest."
    )


def label(axis: Axes, x: float | int, y: float, text: str, color: str) -> None:
    """Write a curve's name at its end, in its color."""
    axis.annotate(
        text,
        (x, y),
        (4, 0),
        textcoords="offset points",
        color=color,
        va="center",
        annotation_clip=False,
    )


def smooth(values: np.ndarray, width: int = 5) -> np.ndarray:
    """Average each value with its neighbors, fewer of them at the ends."""
    ones = np.ones(width)
    total = np.convolve(values, ones, mode="same")
    return total / np.convolve(np.ones_like(values), ones, mode="same")
