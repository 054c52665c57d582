"""Primitives for pictures of pixels: images, maps over them, and boxes.

Rows and columns are those of the pixels; the center of a pixel is a whole
number, so that boxes begin half a pixel before it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Num, UInt8
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.style import (
    BLUE,
    DARK,
    ORANGE,
    TINTS,
    WEIGHTS,
    Number,
    axes_grid,
    color_of,
)


def show(
    axis: Axes,
    pixels: Num[Tensor, "h w"] | Num[Tensor, "3 h w"],
    cmap: str = "gray",
    **options: Any,
) -> None:
    """Draw a map or an image without ticks; bytes are lit for black."""
    if pixels.ndim == 3:
        colors = lit(pixels) if pixels.dtype == torch.uint8 else pixels
        pixels = colors.permute(1, 2, 0)
    axis.set_axis_on()
    axis.imshow(pixels.cpu().numpy(), cmap=cmap, **options)
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)


def lit(image: Num[Tensor, "3 h w"]) -> Float[Tensor, "3 h w"]:
    """Turn red, green and blue into the tints that can be read on black.

    Takes bytes, or numbers from 0 to 1, and returns numbers from 0 to 1.
    """
    top = 255 if image.dtype == torch.uint8 else 1
    tints = torch.tensor([to_rgb(tint) for tint in TINTS])
    return torch.einsum("chw,cr->rhw", image / top, tints).clamp(0, 1)


def overlay(
    axis: Axes,
    values: Float[Tensor, "i j"],
    image: UInt8[Tensor, "3 h w"],
    margin: int = 0,
    line: Number = 0.5,
    **options: Any,
) -> None:
    """Draw a map over the canvas, with thin white lines around the ink.

    `margin` is the width in px of the border that no cell of the map covers.
    """
    height, width = image.shape[1:]
    start, right, bottom = (x - 0.5 for x in (0, width, height))
    extent = start + margin, right - margin, bottom - margin, start + margin
    axis.set_facecolor("black")
    show(axis, values, **{"cmap": WEIGHTS, "extent": extent} | options)
    ink = image.amax(dim=0).numpy()
    axis.contour(ink, [128], colors="white", linewidths=line)
    axis.set(xlim=(start, right), ylim=(bottom, start))


def tiles(
    n: int, columns: int, height: Number, heights: Sequence[Number]
) -> tuple[Figure, list[Any]]:
    """Return a figure of n tiles, and the axes of each from the top down.

    `height` is that of a row of tiles in inches, `heights` the ratios of the
    axes in a tile. Axes stay invisible until `show` draws in them.
    """
    rows, tall = -(-n // columns), len(heights)
    ratios = [*heights] * rows
    figure, axes = axes_grid(
        height * rows, tall * rows, columns, height_ratios=ratios
    )
    for axis in axes.flat:
        axis.set_axis_off()
    each = axes.reshape(rows, tall, columns).swapaxes(1, 2)
    return figure, [*each.reshape(-1, tall)[:n]]


def head_rows(
    axes: Iterable[Axes], titles: Sequence[str], **options: Any
) -> None:
    """Write a title at the left of each axis, from the top down."""
    for axis, title in zip(axes, titles, strict=True):
        axis.set_ylabel(title, color=color_of(title), **options)


def head_columns(axes: Iterable[Axes], titles: Sequence[str]) -> None:
    """Write a title above each axis, from left to right."""
    for axis, title in zip(axes, titles, strict=True):
        axis.set_title(title, color=color_of(title))


def box(
    axis: Axes,
    corner: Sequence[Number],
    side: Number,
    color: str = "white",
    **line: Any,
) -> None:
    """Draw a square whose first pixel is at (row, column)."""
    at = corner[1] - 0.5, corner[0] - 0.5
    axis.add_patch(Rectangle(at, side, side, fill=False, ec=color, **line))


def mark_wrong(axis: Axes) -> None:
    """Draw a dashed frame around an axis."""
    axis.spines[:].set(visible=True, color=ORANGE, lw=2.5, ls="--")


def write_cells(
    axis: Axes,
    values: Num[Tensor, "rows columns"],
    write: Callable[[Any], str],
    color: Callable[[Number], str] | None = None,
    **options: Any,
) -> None:
    """Write a text into each cell of a map; cells that are NaN stay empty.

    Without `color`, it is what can be read on the map that the axis shows.
    """
    options |= {"ha": "center", "va": "center"}
    color = color or readable_on(axis)
    for (row, column), value in np.ndenumerate(values.numpy()):
        if not np.isnan(value):
            shade = color(value.item())
            axis.text(column, row, write(value), color=shade, **options)


def readable_on(axis: Axes) -> Callable[[Number], str]:
    """Return the ink for a value of the map that an axis shows."""
    shown = axis.images[-1] if axis.images else None
    if shown is None or np.ndim(shown.get_array()) != 2:  # type: ignore
        return lambda value: DARK

    def ink(value: Number) -> str:
        red, green, blue, _ = shown.to_rgba(np.array([value]))[0]
        light = 0.299 * red + 0.587 * green + 0.114 * blue
        return "white" if light < 0.5 else DARK

    return ink


def shades(
    values: Num[Tensor, "rows columns"], low: Number
) -> Float[np.ndarray, "rows columns 4"]:
    """Return a blue that is the stronger, the higher a value, else clear."""
    numbers = np.nan_to_num(values.numpy(), nan=low)
    share = (numbers - low) / max(float(numbers.max()) - low, 1e-9)
    found = np.full((*numbers.shape, 4), to_rgba(BLUE))
    found[..., 3] = share.clip(0, 1)
    return found


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


def soften(colors: Float[Tensor, "3 i j"]) -> Float[Tensor, "3 i j"]:
    """Mix colors with white, so that dark text can be read on them."""
    return 0.45 + 0.55 * colors.clamp(0, 1)


def swatch(axis: Axes, glimpse: Float[Tensor, "3"], **options: Any) -> None:
    """Fill an axis with a color, and write its shares in words."""
    show(axis, soften(glimpse[:, None, None]))
    text = "\n".join(map("{:.2f} {}".format, glimpse.tolist(), COLORS))
    options |= {"ha": "center", "va": "center"}
    axis.text(0, 0, text, color=DARK, **options)
