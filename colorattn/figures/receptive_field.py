"""Receptive fields: what a key sees of the image, and where its cell is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jaxtyping import Bool, Float, Int64, UInt8
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.panels import box, show
from colorattn.figures.style import (
    BLUE,
    FAINT,
    ORANGE,
    WIDTH,
    axes_grid,
    axes_row,
    picture,
)


@picture
def receptive_field(
    drawing: UInt8[Tensor, "28 28"],
    sizes: Sequence[int],
    strength: Float[Tensor, "h w"],
) -> tuple[Figure, str]:
    """Show the field of a key over a digit, and what counts in it.

    `sizes` is the side of the field after no, one, two, … convolutions.
    """
    figure, (left, right) = axes_row(3.1, 2)
    show(left, drawing)
    ink = (drawing >= 128).nonzero()
    (top, first), (bottom, last) = ink.amin(dim=0), ink.amax(dim=0)
    height, width = int(bottom - top) + 1, int(last - first) + 1
    row, column = int(top + bottom) // 2, int(first + last) // 2
    plate = {"facecolor": "black", "edgecolor": ORANGE, "pad": 1}
    for size in sizes:
        line = "-" if size == max(sizes) else "--"
        x, y = column - size / 2, row - size / 2
        box(left, (y + 0.5, x + 0.5), size, ORANGE, lw=1.6, ls=line)
        left.text(x, y, f"{size}", color="white", fontsize=9, bbox=plate)
    left.set_title(f"fields over a digit of {height} by {width} px")
    half = len(strength) / 2
    extent = column - half, column + half, row + half, row - half
    right.set_facecolor("black")
    show(right, strength, cmap="cividis", extent=extent)
    right.set(xlim=left.get_xlim(), ylim=left.get_ylim())
    right.set_title("how much each pixel moves the key")
    covers = "does not cover" if max(height, width) > sizes[-1] else "covers"
    return figure, (
        f"On the left, a white digit whose ink is {height} pixels high and "
        f"{width} wide, with orange squares of {', '.join(map(str, sizes))} "
        f"pixels: the largest, the field of a key, {covers} all of the ink. "
        "On the right, how much each pixel of the field moves the key: at "
        f"the border {border_share(strength):.0%} as much as in the middle."
    )


def border_share(strength: Float[Tensor, "h w"]) -> float:
    """Return the mean of the border as a share of the middle ninth's."""
    side = len(strength)
    third = slice(side // 3, side - side // 3)
    border = strength.sum() - strength[1:-1, 1:-1].sum()
    return float(border / (4 * side - 4) / strength[third, third].mean())


class Reach(NamedTuple):
    """Which pixels of one axis move which keys, and whose cell they are in."""

    reached: Bool[Tensor, "pixels keys"]
    owner: Int64[Tensor, "pixels"]  # of each pixel: the key of its cell


@picture
def fields_and_cells(cases: dict[str, Reach]) -> tuple[Figure, str]:
    """Show the field, its center and the cell of each key along one axis."""
    n = len(cases)
    figure, axes = axes_grid(2.1 * n, n, 1, sharex=True)
    descriptions = []
    for axis, (name, case) in zip(axes[:, 0], cases.items(), strict=True):
        pixels, keys = case.reached.shape
        width, offsets = int(case.reached.sum(dim=0).max()), []
        for k in range(keys):
            start, end = ends(case.reached[:, k])
            first, last = ends(case.owner == k)
            axis.barh(k, end - start + 1, 0.34, start - 0.5, color=FAINT)
            cell = last - first + 1, 0.72, first - 0.5
            axis.barh(k, *cell, fill=False, ec=BLUE)
            if end - start == width - 1:  # the border cuts nothing off
                center = (start + end) / 2
                axis.plot(center, k, "o", color=ORANGE, ms=5)
                offsets.append((first + last) / 2 - center)
        low, high = min(offsets), max(offsets)
        shift = f"{low:+.1f}"
        shift += "" if high - low < 0.1 else f" to {high:+.1f}"
        axis.set_title(f"{name}: cells are {shift} px from the dots")
        axis.set(xlim=(-1, pixels), ylabel="key", yticks=range(keys))
        axis.invert_yaxis()
        descriptions.append(f"{name}, {keys} keys: {shift} px")
    axes[-1, 0].set(xlabel="pixel", xticks=range(0, pixels + 1, 8))
    return figure, (
        "For each key along one axis, a gray bar for the pixels that move "
        "it, with an orange dot at its center, and a blue frame for the "
        "pixels of its cell. From the dot to the middle of the frame: "
        f"{'; '.join(descriptions)}."
    )


def ends(mask: Bool[Tensor, "pixels"]) -> tuple[int, int]:
    """Return the first and the last place where a mask is true."""
    places = mask.nonzero()
    return int(places.min()), int(places.max())


@dataclass(frozen=True)
class View:
    """What one key of a network sees."""

    net: str
    field: int  # px, odd
    jump: int  # px; key n of an axis is centered on pixel n · jump
    key: tuple[int, int]  # row, column
    share: float  # of the symbol's ink, 0 to 1


@picture
def key_views(
    image: UInt8[Tensor, "3 h w"], symbol: str, views: Sequence[View]
) -> tuple[Figure, str]:
    """Show what the best key for one symbol sees, for each network."""
    figure, axes = axes_row(0.5 + WIDTH / max(2, len(views)), len(views))
    _, height, width = image.shape
    descriptions = []
    for axis, view in zip(axes, views, strict=True):
        row, column = (view.jump * k for k in view.key)
        half = view.field // 2
        rows = slice(max(0, row - half), row + half + 1)
        columns = slice(max(0, column - half), column + half + 1)
        dimmed = image // 4
        dimmed[:, rows, columns] = image[:, rows, columns]
        show(axis, dimmed)
        box(axis, (row - half, column - half), view.field, ORANGE, lw=1.6)
        axis.plot(column, row, "o", color=ORANGE, ms=5)
        axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        field = f"field {view.field} px, keys {view.jump} px apart"
        seen = f"{view.share:.0%} of the {symbol}"
        axis.set(title=view.net, xlabel=f"{field}: {seen}")
        descriptions.append(f"{view.net}: {view.field} px, {view.share:.0%}")
    return figure, (
        "One scene for each network, dark except for the square that the "
        f"best key for the {symbol} sees, with a dot at the key. The width of "
        "the square, and the share of the symbol's ink in it: "
        f"{'; '.join(descriptions)}."
    )
