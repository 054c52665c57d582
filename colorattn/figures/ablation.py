"""What repeated scenes do: to a net that learns, and to its measurement."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from colorattn.figures.curves import label
from colorattn.figures.differences import ticks
from colorattn.figures.style import BLUE, ORANGE, WIDTH, picture

Curves = Float[np.ndarray, "seeds epochs"]


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
        label(axis, len(epochs), float(seen[-1]), "training", BLUE)
        label(axis, len(epochs), float(fresh[-1]), "held out", ORANGE)
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
