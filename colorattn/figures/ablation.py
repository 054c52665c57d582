"""Curves of ablations: repeated scenes, fresh ones, and a riddle."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from colorattn.figures.curves import label
from colorattn.figures.differences import apart, ticks
from colorattn.figures.style import BLUE, GREEN, INK, ORANGE, WIDTH, picture

Curves = Float[np.ndarray, "seeds epochs"]
LINES = (BLUE, "-"), (ORANGE, "--"), (GREEN, ":"), (INK, "-.")


@picture
def memorized(
    train: dict[str, Curves], held_out: dict[str, Curves]
) -> tuple[Figure, str]:
    """Show the loss on training scenes against that on held-out ones."""
    figure = Figure((WIDTH, 2.8))
    axes = figure.subplots(1, len(train), sharey=True, squeeze=False)[0]
    told = []
    for axis, name in zip(axes, train, strict=True):
        seen, fresh = train[name].mean(axis=0), held_out[name].mean(axis=0)
        epochs = np.arange(1, len(seen) + 1)
        axis.plot(epochs, seen, color=BLUE, linewidth=2)
        axis.plot(epochs, fresh, color=ORANGE, linestyle="--", linewidth=2)
        low, high = apart([float(seen[-1]), float(fresh[-1])], 0.1)
        label(axis, len(epochs), low, "training", BLUE)
        label(axis, len(epochs), high, "held out", ORANGE)
        axis.set(title=name, xlabel="epoch")
        axis.set_xlim(right=1.45 * len(epochs))
        axis.set_xticks(ticks(len(epochs)))
        told.append(
            f"{name}: training ends at {seen[-1]:.2f}, held out at "
            f"{fresh[-1]:.2f}"
        )
    axes[0].set(ylabel="loss (nats)")
    axes[0].set_ylim(bottom=0)
    return figure, (
        "Loss by epoch on the scenes that are trained on and on held-out "
        f"ones, mean of all seeds. {'; '.join(told)}."
    )


@picture
def redrawn(
    fixed: Sequence[float], fresh: Sequence[float]
) -> tuple[Figure, str]:
    """Show the accuracy of one net, measured again and again, in percent."""
    figure = Figure((WIDTH, 2.4))
    axis = figure.subplots()
    turns = np.arange(1, len(fixed) + 1)
    axis.plot(turns, fresh, "o", color=ORANGE, markersize=4)
    axis.plot(turns, fixed, "-", color=BLUE, linewidth=2)
    label(axis, len(turns), fixed[-1], "the same scenes", BLUE)
    label(axis, len(turns), fresh[-1], "new scenes", ORANGE)
    axis.set(xlabel="measurement", ylabel="accuracy (%)")
    axis.set_xlim(right=1.3 * len(turns))
    axis.set_xticks(ticks(len(turns)))
    low, high = min(fresh), max(fresh)
    return figure, (
        f"One net measured {len(turns)} times. On the same scenes a level "
        f"line at {fixed[0]:.1f}%; on new scenes each time, dots scattered "
        f"from {low:.1f} to {high:.1f}%."
    )


@picture
def unnamed(
    losses: Sequence[Float[np.ndarray, "epochs"]],
) -> tuple[Figure, str]:
    """Show training losses, by letters, that a reader is to name."""
    figure = Figure((WIDTH, 3.0))
    axis = figure.subplots()
    told = []
    for letter, curve, (color, line) in zip(
        "ABCD", losses, LINES, strict=False
    ):
        epochs = np.arange(1, len(curve) + 1)
        axis.plot(epochs, curve, color=color, linestyle=line, linewidth=2)
        label(axis, len(epochs), curve[-1], letter, color)
        early = curve[min(9, len(curve) - 1)]
        told.append(
            f"{letter} begins at {curve[0]:.2f}, is at {early:.2f} after ten "
            f"epochs and ends at {curve[-1]:.2f}"
        )
    axis.set(xlabel="epoch", ylabel="training loss (nats)")
    axis.set_ylim(bottom=0)
    return figure, f"Training losses without names: {'; '.join(told)}."
