"""What a change does: pairs of runs, and differences with their intervals."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colorattn.analysis.statistics import Difference
from colorattn.figures.curves import label
from colorattn.figures.rows import intervals
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture

Curves = Float[np.ndarray, "seeds epochs"]


@picture
def against(
    curves: dict[str, Curves],
    differences: Float[np.ndarray, "seeds"],
    found: Difference,
    what: str = "validation accuracy (%)",
    where: str = "test scenes",
) -> tuple[Figure, str]:
    """Show a base and a variant by epoch, and how far apart pairs end.

    `curves` holds both by name, the base first; `differences` one number for
    each seed, in points, of which `found` is the summary.
    """
    figure = Figure((WIDTH, 3.0))
    left, right = figure.subplots(1, 2, width_ratios=[1.7, 1])
    told = []
    heights = apart([100 * runs.mean(axis=0)[-1] for runs in curves.values()])
    for (name, runs), height, color, line in zip(
        curves.items(), heights, (BLUE, ORANGE), ("-", "--"), strict=True
    ):
        epochs = np.arange(1, runs.shape[1] + 1)
        left.plot(epochs, 100 * runs.T, color=color, alpha=0.25, lw=0.7)
        mean = 100 * runs.mean(axis=0)
        left.plot(epochs, mean, color=color, linestyle=line, lw=2)
        label(left, len(epochs), height, name, color)
        half = (mean >= 50).nonzero()[0]
        when = (
            f"passes 50% at epoch {half[0] + 1}"
            if len(half)
            else ("never passes 50%")
        )
        told.append(f"{name} {when} and ends at {mean[-1]:.0f}%")
    left.axhline(100 / 3, color=FAINT, linestyle=":")
    left.set(xlabel="epoch", ylabel=what, ylim=(25, 101))
    left.set_xlim(right=1.4 * len(epochs))
    left.set_xticks(ticks(len(epochs)))
    points(right, differences, found)
    right.set(xticks=[], xlim=(-1, 1), title=f"at the end, {where}")
    right.set_ylabel(f"{list(curves)[1]} less {list(curves)[0]} (points)")
    return figure, (
        f"Left, accuracy by epoch, thin lines for {found.seeds} seeds and "
        f"bold ones for their means: {'; '.join(told)}. Right, what the "
        f"change does to each seed's end, in points: {spoken(found)}."
    )


def points(
    axis: Axes,
    differences: Float[np.ndarray, "seeds"],
    found: Difference,
) -> None:
    """Draw each difference as a dot, and their mean with its interval."""
    across = np.linspace(-0.12, 0.12, len(differences))
    axis.axhline(0, color=FAINT, linestyle=":")
    axis.plot(across, differences, "o", color=ORANGE, markersize=4, alpha=0.7)
    axis.errorbar(
        0.3,
        found.mean,
        [[found.mean - found.low], [found.high - found.mean]],
        fmt="s",
        color=INK,
        capsize=4,
        markersize=5,
    )


def spoken(found: Difference) -> str:
    """Say a difference and its interval in words."""
    if found.low > 0:
        sure = "above zero"
    elif found.high < 0:
        sure = "below zero"
    else:
        sure = "on both sides of zero"
    return (
        f"{found.mean:+.1f} on average, with an interval from "
        f"{found.low:+.1f} to {found.high:+.1f}, {sure}"
    )


@picture
def forest(
    differences: dict[str, Float[np.ndarray, "seeds"]],
    found: dict[str, Difference],
    chances: Sequence[float],
    near: float = 12.0,
) -> tuple[Figure, str]:
    """Show all variants of a sweep side by side, largest loss first.

    `chances` are p-values corrected for the number of variants, in the
    order of `found`; a filled square marks those below one in twenty. The
    second panel is a close-up of `near` points around zero.
    """
    figure = Figure((WIDTH, 1.1 + 0.32 * len(found)))
    axes = figure.subplots(1, 2, sharey=True, width_ratios=[1.3, 1])
    order, sure = intervals([*axes], differences, found, chances)
    for axis in axes:
        axis.axvline(0, color=FAINT, linestyle=":")
        axis.set(xlabel="points")
    axes[0].set(title="all")
    axes[1].set(xlim=(-near, near / 4), title="close to zero")
    told = "; ".join(
        f"{name} {spoken(found[name])}"
        + ("" if sure[name] else ", which may be luck")
        for name in reversed(order)
    )
    return figure, (
        "Differences of test accuracy from the post's net, a row for each "
        "variant, with a dot for each seed, the mean and its interval; once "
        f"all, once close to zero. {told}."
    )


def apart(heights: Sequence[float], least: float = 5.0) -> list[float]:
    """Move two heights apart, so that what is written there can be read."""
    one, other = heights
    lack = max(0.0, least - abs(one - other)) / 2
    push = lack if one >= other else -lack
    return [one + push, other - push]


def ticks(last: int) -> list[int]:
    """Mark a few places up to the last, and none beyond."""
    step = max(1, last // 4)
    step -= step % 5 if step > 5 else 0
    return list(range(0, last + 1, step))[1:]
