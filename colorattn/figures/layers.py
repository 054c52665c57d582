"""The layers of an encoder: a convolution by hand, and all maps."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from colorattn.figures.scenes import show
from colorattn.figures.style import FAINT, INK, ORANGE, WIDTH, picture


@picture
def window(
    padded: Float[Tensor, "h w"],
    kernel: Float[Tensor, "k k"],
    found: Float[Tensor, "i j"],
    at: tuple[int, int],
) -> tuple[Figure, str]:
    """Show a convolution of stride 2 and padding 1, number by number."""
    figure = Figure((WIDTH, 2.9))
    left, middle, right = figure.subplots(1, 3, width_ratios=[7, 4, 4])
    for axis, grid, title in (
        (left, padded, "picture, with a border of zeros"),
        (middle, kernel, "kernel"),
        (right, found, "result"),
    ):
        numbers(axis, grid)
        axis.set_title(title)
    rows, columns = found.shape
    for i in range(rows):
        for j in range(columns):
            left.add_patch(frame(2 * i + 1, 2 * j + 1, 1, FAINT))
    edge = Rectangle((0.5, 0.5), padded.shape[1] - 2, padded.shape[0] - 2)
    edge.set(fill=False, edgecolor=INK, lw=0.8, ls=":")
    left.add_patch(edge)
    left.add_patch(frame(2 * at[0], 2 * at[1], len(kernel), ORANGE))
    right.add_patch(frame(*at, 1, ORANGE))
    value = float(found[at])
    return figure, (
        f"Three grids of numbers. Left, a picture of {padded.shape[0] - 2} "
        f"by {padded.shape[1] - 2} pixels in a border of zeros, with every "
        f"second pixel framed. An orange window of {len(kernel)} by "
        f"{len(kernel)} is multiplied with the kernel in the middle; the sum, "
        f"{value:g}, is row {at[0]}, column {at[1]} of the result at the "
        f"right, which has {rows} by {columns} numbers."
    )


@picture
def stages(
    image: UInt8[Tensor, "3 h w"], maps: Sequence[Float[Tensor, "_ _ _"]]
) -> tuple[Figure, str]:
    """Show the image and the maps that follow each convolution."""
    figure = Figure((WIDTH, 2.3))
    axes = figure.subplots(1, 1 + len(maps))
    show(axes[0], image.permute(1, 2, 0))
    axes[0].set_title(" × ".join(map(str, image.shape)))
    for axis, features in zip(axes[1:], maps, strict=True):
        columns = 1 << (len(features).bit_length() // 2)
        show(axis, mosaic(features, columns))
        axis.set_title(" × ".join(map(str, features.shape)))
    told = ", then ".join(
        f"{len(m)} maps of {m.shape[1]} by {m.shape[2]}" for m in maps
    )
    return figure, (
        f"The image of {image.shape[1]} by {image.shape[2]} pixels, and what "
        f"each convolution makes of it, in shades of gray: {told}."
    )


def mosaic(
    maps: Float[Tensor, "c i j"], columns: int
) -> Float[Tensor, "height width"]:
    """Lay maps side by side, a thin line between them, each from 0 to 1."""
    low, high = maps.amin(dim=(1, 2)), maps.amax(dim=(1, 2))
    span = (high - low).clamp(min=1e-9)[:, None, None]
    rows = -(-len(maps) // columns)
    _, height, width = maps.shape
    sheet = torch.full((rows * (height + 1), columns * (width + 1)), 1.0)
    for n, one in enumerate((maps - low[:, None, None]) / span):
        top, left = n // columns * (height + 1), n % columns * (width + 1)
        sheet[top : top + height, left : left + width] = one
    return sheet[:-1, :-1]


def numbers(axis: Axes, grid: Float[Tensor, "h w"]) -> None:
    """Write the numbers of a grid over faint colors."""
    top = 2 * float(grid.abs().max())
    show(axis, grid, cmap="PuOr", vmin=-top, vmax=top)
    for i, row in enumerate(grid.tolist()):
        for j, value in enumerate(row):
            color = INK if value else FAINT
            axis.text(
                j, i, f"{value:g}", ha="center", va="center", color=color
            )


def frame(row: int, column: int, side: int, color: str) -> Rectangle:
    """Return a frame around some cells of a grid."""
    corner = column - 0.5, row - 0.5
    line = 2.0 if color == ORANGE else 1.2
    return Rectangle(corner, side, side, fill=False, edgecolor=color, lw=line)
