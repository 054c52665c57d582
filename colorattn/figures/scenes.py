"""Scenes with their queries, and where a model looks in them."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch
from colorattn.figures.style import INK, WIDTH, picture


@picture
def scenes(
    batch: Batch, classes: tuple[str, ...], columns: int = 5
) -> tuple[Figure, str]:
    """Show queries, each above its scene and the answer in words."""
    n, rows = len(batch), ceil(len(batch) / columns)
    figure = Figure((WIDTH, 2.35 * rows))
    heights = [28, 64] * rows
    axes = figure.subplots(
        2 * rows, columns, squeeze=False, height_ratios=heights
    )
    answers = [COLORS[y] for y in batch.target.tolist()]
    for axis in axes.flat:
        axis.set_axis_off()
    for k in range(n):
        row, column = 2 * (k // columns), k % columns
        show(axes[row, column], batch.query[k, 0])
        show(axes[row + 1, column], batch.image[k].permute(1, 2, 0))
        axes[row + 1, column].set_axis_on()
        axes[row + 1, column].set_xlabel(answers[k])
    first = [classes[c] for c in batch.classes[0].tolist()]
    colors = [COLORS[c] for c in batch.colors[0].tolist()]
    held = ", ".join(f"a {a} {b}" for a, b in zip(colors, first, strict=True))
    asked = first[int(batch.query_index[0])]
    return figure, (
        f"{n} scenes on black, each below its white query and above the "
        f"answer. The first holds {held}; its query is a {asked}, so "
        f"the answer is {answers[0]}."
    )


@picture
def questions(
    image: UInt8[Tensor, "3 height width"],
    queries: UInt8[Tensor, "n 28 28"],
    answers: Sequence[str],
) -> tuple[Figure, str]:
    """Show one scene, and the answer to each of several queries."""
    figure = Figure((WIDTH, 2.4))
    left, *others = figure.subplots(1, len(queries) + 1)
    show(left, image.permute(1, 2, 0))
    left.set_title("one scene")
    for axis, query, answer in zip(others, queries, answers, strict=True):
        show(axis, query)
        axis.set_title("query")
        axis.set_xlabel(f"answer: {answer}")
    return figure, (
        "Left, a scene with differently colored symbols on black. Right of "
        f"it {len(queries)} white queries, one for each symbol, with the "
        f"answers {', '.join(answers)}."
    )


@picture
def maps(
    images: UInt8[Tensor, "n 3 height width"],
    queries: UInt8[Tensor, "n 28 28"],
    weights: Float[Tensor, "n i j"],
    notes: Sequence[str],
    margin: int = 0,
    black: float | None = None,
) -> tuple[Figure, str]:
    """Show query, scene and weights, one scene a column, with a note each.

    `margin` is how many pixels at each edge no key stands for, and `black`
    the weight that is shown as black, else the least of each map; thin lines
    show where the ink of the scene is.
    """
    n, side = len(images), images.shape[2]
    figure = Figure((WIDTH, 2.45 * WIDTH / max(n, 4) + 0.5))
    axes = figure.subplots(3, n, squeeze=False, height_ratios=[28, 64, 64])
    for k in range(n):
        show(axes[0, k], queries[k])
        show(axes[1, k], images[k].permute(1, 2, 0))
        edges = margin - 0.5, side - margin - 0.5
        axes[2, k].set_facecolor("black")
        where = edges + edges[::-1]
        show(axes[2, k], weights[k], "magma", extent=where, vmin=black)
        ink = images[k].amax(dim=0).numpy()
        axes[2, k].contour(ink, [128], colors="white", linewidths=0.4)
        axes[2, k].set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
        axes[2, k].set_xlabel(notes[k], color=INK)
    for row, title in enumerate(("query", "scene", "weights α")):
        axes[row, 0].set_ylabel(title)
    return figure, (
        f"{n} scenes as columns: the query on top, the scene with its colored "
        "symbols, and below the weights as a map, bright where they are "
        f"high. Under the maps stands: {'; '.join(notes)}."
    )


def show(
    axis: Axes, pixels: Tensor, cmap: str = "gray", **options: Any
) -> None:
    """Draw pixels without ticks."""
    axis.imshow(pixels.cpu().numpy(), cmap=cmap, **options)
    axis.set_xticks([])
    axis.set_yticks([])
    for spine in axis.spines.values():
        spine.set_visible(False)
