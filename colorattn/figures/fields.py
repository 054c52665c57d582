"""What a key of chapter 4 sees of the image, and where its cell lies."""

from collections.abc import Sequence
from typing import NamedTuple

from jaxtyping import Bool, Float, Int64, UInt8
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture


@picture
def field(
    drawing: UInt8[Tensor, "28 28"],
    sizes: Sequence[int],
    strength: Float[Tensor, "h w"],
) -> tuple[Figure, str]:
    """Show the field of a key over a digit, and what counts in it.

    `sizes` is the side of the field after no, one, two, … convolutions.
    """
    figure = Figure((WIDTH, 3.1))
    left, right = figure.subplots(1, 2)
    show(left, drawing)
    seen = (drawing >= 128).nonzero()
    (top, first), (bottom, last) = seen.amin(dim=0), seen.amax(dim=0)
    height, width = int(bottom - top) + 1, int(last - first) + 1
    row, column = int(top + bottom) // 2, int(first + last) // 2
    for size in sizes:
        corner = column - size / 2, row - size / 2
        line = "-" if size == max(sizes) else "--"
        square = Rectangle(corner, size, size, fill=False, ec=ORANGE)
        square.set(lw=1.6, ls=line)
        left.add_patch(square)
        label = left.text(*corner, f"{size}", color="white", fontsize=8)
        label.set_bbox({"facecolor": "black", "edgecolor": ORANGE, "pad": 1})
    left.set_title(f"fields over a digit of {height} by {width} px")
    half = len(strength) / 2
    extent = column - half, column + half, row + half, row - half
    right.set_facecolor("black")
    show(right, strength, cmap="magma", extent=extent)
    right.set(xlim=left.get_xlim(), ylim=left.get_ylim())
    right.set_title("how much each pixel moves the key")
    steps = ", ".join(map(str, sizes))
    middle, edge = (float(x) for x in profile(strength))
    return figure, (
        f"Left, a white digit whose ink is {height} pixels high and {width} "
        f"wide, under orange squares of {steps} pixels: the largest, the "
        "field of a key, "
        + ("does not cover" if max(height, width) > sizes[-1] else "covers")
        + " all of the ink. Right, how much each pixel of the field moves "
        f"the key: at the border {edge / middle:.0%} as much as in the middle."
    )


def profile(strength: Float[Tensor, "h w"]) -> tuple[Tensor, Tensor]:
    """Return the mean of the middle ninth, and that of the border."""
    side = len(strength)
    third = slice(side // 3, side - side // 3)
    inner = strength[1:-1, 1:-1].sum()
    border = (strength.sum() - inner) / (4 * side - 4)
    return strength[third, third].mean(), border


class Reach(NamedTuple):
    """Which pixels of one axis move which keys, and whose cell they are in."""

    reached: Bool[Tensor, "pixels keys"]
    owner: Int64[Tensor, "pixels"]  # of each pixel: the key of its cell


@picture
def reach(cases: dict[str, Reach]) -> tuple[Figure, str]:
    """Show the field, its center and the cell of each key along one axis."""
    figure = Figure((WIDTH, 2.1 * len(cases)))
    axes = figure.subplots(len(cases), 1, sharex=True, squeeze=False)[:, 0]
    told = []
    for axis, (name, case) in zip(axes, cases.items(), strict=True):
        apart = []
        width = int(case.reached.sum(dim=0).max())
        for k in range(case.reached.shape[1]):
            pixels = case.reached[:, k].nonzero().flatten()
            cell = (case.owner == k).nonzero().flatten()
            first, last = int(cell.min()), int(cell.max())
            start, end = int(pixels.min()), int(pixels.max())
            axis.barh(k, end - start + 1, 0.34, start - 0.5, color=FAINT)
            axis.barh(
                k, last - first + 1, 0.72, first - 0.5, fill=False, ec=BLUE
            )
            middle = (first + last) / 2
            if end - start == width - 1:
                center = (start + end) / 2
                axis.plot(center, k, "o", color=ORANGE, ms=5)
                apart.append(middle - center)
        low, high = min(apart), max(apart)
        shift = (
            f"{low:+.1f}" if high - low < 0.1 else f"{low:+.1f} to {high:+.1f}"
        )
        told.append(f"{name}, {case.reached.shape[1]} keys: {shift} px")
        axis.set_title(f"{name}: cells lie {shift} px from the dots")
        axis.set(
            xlim=(-1, len(case.owner)),
            ylabel="key",
            yticks=range(case.reached.shape[1]),
        )
        axis.invert_yaxis()
    axes[-1].set(xlabel="pixel", xticks=range(0, len(case.owner) + 1, 8))
    return figure, (
        "For each key of one axis a gray bar, the pixels that move it, with "
        "an orange dot at its center, and a blue frame, the pixels of its "
        "cell. From dot to the frame's middle: " + "; ".join(told) + "."
    )


@picture
def slide(
    places: dict[str, Float[Tensor, "n"]],
    one: dict[str, Float[Tensor, "n"]],
    mean: dict[str, Float[Tensor, "n"]],
    half: float,
) -> tuple[Figure, str]:
    """Show how far weights lie from a symbol that moves over the canvas.

    For each direction: where the ink's center is, and the distance from there
    to the weights' center, for one drawing and on average. `half` is the
    distance at which keys, not cells, would be centered on the ink. All px.
    """
    figure = Figure((WIDTH, 2.9))
    axes = figure.subplots(1, len(places), sharey=True)
    told = []
    for axis, (name, at) in zip(axes, places.items(), strict=True):
        axis.plot(at, one[name], color=FAINT, lw=1, marker=".", ms=3)
        axis.plot(at, mean[name], color=BLUE, lw=2.2)
        axis.axhline(0, color=INK, lw=0.8, ls=":")
        axis.axhline(half, color=ORANGE, lw=1.2, ls="--")
        axis.set(xlabel="middle of the symbol (px)", title=f"moving {name}")
        level, jump = float(mean[name].mean()), float(one[name].diff().max())
        where = "between the two" if 0 < level < half else "outside the two"
        told.append(
            f"moving {name}, one drawing's saw jumps up by {jump:.1f} px, and "
            f"the mean of many is {level:.1f} px, {where}"
        )
    axes[0].set(ylabel="weights' center beyond the ink's (px)")
    beside = axes[-1].get_yaxis_transform()  # right of the last chart
    for height, name in (half, "keys\non ink"), (0.0, "cells\non ink"):
        axes[-1].text(1.01, height, name, transform=beside, va="center")
    return figure, (
        "Two charts of a symbol that moves over the canvas: how far beyond "
        "the ink's center the weights' center lies. Dashed at "
        f"{half:g} px: keys on the ink; dotted at 0: cells on the ink. "
        + "; ".join(told)
        + "."
    )
