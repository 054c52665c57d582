"""Curves of training: loss by step, accuracy by epoch, with every seed."""

from collections.abc import Iterable, Sequence
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
        f"{what}: the loss of {len(values)} steps. It begins at "
        f"{values[0]:.1f} nats, beside a dashed line at {log(3):.1f} for a "
        f"model that guesses, {moved}, and ends near {values[-1]:.1f} nats."
    )


@picture
def accuracies(
    stored: Iterable[np.ndarray],
    live: Sequence[float],
    reports: dict[int, float],
) -> tuple[Figure, str]:
    """Show stored runs, of any lengths, a live one, and what was reported.

    The bold line is their mean, as far as the shortest. `reports` maps an
    epoch to the accuracy that the post gives for it.
    """
    figure = Figure((WIDTH, 3.4))
    axis = figure.subplots()
    stored = list(stored)
    last = max(len(curve) for curve in stored)
    for curve in stored:
        epochs = np.arange(1, len(curve) + 1)
        axis.plot(epochs, 100 * curve, color=BLUE, alpha=0.3, linewidth=0.7)
    common = min(len(curve) for curve in stored)
    mean = np.mean([curve[:common] for curve in stored], axis=0)
    even = 100 * smooth(mean)
    axis.plot(np.arange(1, common + 1), even, color=BLUE, linewidth=2)
    label(axis, common, even[-1] - 6, "stored runs", BLUE)
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
    told = ", ".join(f"{a:.0%} at epoch {e}" for e, a in reports.items())
    marked = f" Stars mark what the post reports: {told}." if told else ""
    return figure, (
        f"Accuracy by epoch: {len(stored)} stored runs as thin lines, with "
        f"their mean, {course(mean)}. Dashed, chance, one in three.{marked}"
        + (f" This notebook's run {beside(live, stored)}." if live else "")
    )


def course(mean: np.ndarray) -> str:
    """Say where a mean curve begins, when it is half right, where it ends."""
    half = (mean >= 0.5).nonzero()[0]
    passed = f"passes 50% at epoch {half[0] + 1}" if len(half) else "stays low"
    before = len(mean) - len(mean) // 4
    late = 100 * (mean[-1] - mean[before - 1])
    return (
        f"which begins at {mean[0]:.0%}, {passed}, and ends at {mean[-1]:.0%}"
        f" after {len(mean)} epochs, {late:+.1f} points in the last quarter"
    )


def beside(live: Sequence[float], stored: Sequence[np.ndarray]) -> str:
    """Say how the end of a live run lies to stored ones at that epoch."""
    n = len(live)
    then = [curve[n - 1] for curve in stored if len(curve) >= n]
    if not then:
        return f"ends at {live[-1]:.0%}, later than any stored one"
    where = "within the range of"
    if live[-1] > max(then):
        where = "above all of"
    if live[-1] < min(then):
        where = "below all of"
    return f"is at {live[-1]:.0%} after {n} epochs, {where} the stored ones"


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
        fast = (mean >= 50).nonzero()[0]
        half = f"after {time[fast[0]]:.0f} s" if len(fast) else "never"
        ends.append(
            f"{name} is half right {half} and ends at {mean[-1]:.0f}% "
            f"after {time[-1]:.0f} s"
        )
    axis.axhline(100 * CHANCE, color=FAINT, linestyle="--")
    axis.set(xlabel="seconds of training", ylabel="validation accuracy (%)")
    axis.set_ylim(25, 101)
    return figure, (
        "Accuracy by seconds of training, mean of all seeds with the band "
        f"from the worst to the best: {'; '.join(ends)}."
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
