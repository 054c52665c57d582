"""Weights over tokens: strips below a row, and who asks whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import Float, UInt8
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.panels import head_rows, show
from colorattn.figures.style import (
    INK,
    KEY,
    QUERY,
    WEIGHTS,
    WIDTH,
    axes_grid,
    picture,
)

HEAT: dict[str, Any] = {"cmap": WEIGHTS, "vmin": 0.0}


@picture
def row_looks(
    images: UInt8[Tensor, "n 3 height width"],
    queries: UInt8[Tensor, "n 28 28"],
    looks: Mapping[str, Float[Tensor, "n cells"]],
    notes: Sequence[str],
) -> tuple[Figure, str]:
    """Show rows side by side: a query, its row, and a strip for each look.

    A strip has one cell for each part of the row's width, bright where the
    weight is high. Raises ValueError where a look has no weights for a row.
    """
    n, wide = len(images), images.shape[3] / images.shape[2]
    side = WIDTH / n / wide
    heights = [1.3 * side, side, *[0.4 * side] * len(looks)]
    figure, axes = axes_grid(
        sum(heights) + 0.35, len(heights), n, height_ratios=heights
    )
    for k, (query, row, *strips) in enumerate(axes.T):
        show(query, queries[k])
        show(row, images[k])
        for axis, weights in zip(strips, looks.values(), strict=True):
            show(axis, weights[k][None], **HEAT, aspect="auto")
        axes[-1, k].set_xlabel(notes[k], color=INK)
    names = ("query", "row", *looks)
    head_rows(axes[:, 0], names, rotation=0, ha="right", va="center")
    alt = (
        f"{n} rows of three colored symbols on black, each below its white "
        "query."
    )
    if not looks:
        return figure, f"{alt} Below them stands: {'; '.join(notes)}."
    told = []
    for k, note in enumerate(notes):
        peaks = [f"{name} {where(w[k])}" for name, w in looks.items()]
        told.append(f"{note}: {', '.join(peaks)}")
    return figure, (
        f"{alt} Below each row a strip of weights for {', '.join(looks)}. "
        f"Where they peak: {'; '.join(told)}."
    )


def where(weights: Float[Tensor, "cells"]) -> str:
    """Say in which third of a row the heaviest cell is."""
    third = int(weights.argmax()) * 3 // len(weights)
    return ("on the left", "in the middle", "on the right")[third]


@picture
def who_asks_whom(
    maps: Mapping[str, Float[Tensor, "asking asked"]],
    tokens: Sequence[str],
    alt: str,
) -> tuple[Figure, str]:
    """Show matrices of weights: a row for each token that asks.

    `tokens` names them, the same for both axes; an empty name leaves a tick
    out. `alt` says what the matrices are of.
    """
    columns = min(len(maps), 2)
    rows = -(-len(maps) // columns)
    figure, axes = axes_grid(WIDTH / 2 * rows, rows, columns)
    ticks = [k for k, name in enumerate(tokens) if name]
    names = [tokens[k] for k in ticks]
    told = []
    for axis, (title, weights) in zip(axes.flat, maps.items(), strict=True):
        axis.imshow(weights.numpy(), **HEAT)
        axis.set_xticks(ticks, names)
        axis.set_yticks(ticks, names)
        axis.set_title(title)
        axis.set_xlabel("is asked (key)", color=KEY)
        axis.set_ylabel("asks (query)", color=QUERY)
        axis.tick_params(length=0, labelsize=8)
        pair = divmod(int(weights.argmax()), weights.shape[1])
        asking, asked = (
            f"token {k + 1} ({tokens[k]})" if tokens[k] else f"token {k + 1}"
            for k in pair
        )
        most = f"{weights.max().item():.2f}"
        told.append(f"{title}: heaviest, {most}, where {asking} asks {asked}")
    return figure, (
        f"{alt} Rows ask, columns are asked, and each row of weights sums to "
        f"1. {'; '.join(told)}."
    )
