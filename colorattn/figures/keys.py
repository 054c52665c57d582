"""What single keys see of a scene, for nets with different fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from jaxtyping import UInt8
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from colorattn.figures.scenes import show
from colorattn.figures.style import ORANGE, WIDTH, picture


@dataclass(frozen=True)
class View:
    """What one key of a net sees."""

    net: str
    field: int  # px, odd
    jump: int  # px; key n of an axis is centered on pixel n · jump
    key: tuple[int, int]  # row, column
    share: float  # of the symbol's ink, 0 to 1


@picture
def seen(
    image: UInt8[Tensor, "3 h w"], symbol: str, views: Sequence[View]
) -> tuple[Figure, str]:
    """Show what the best key for one symbol sees, for each net."""
    figure = Figure((WIDTH, 0.5 + WIDTH / max(2, len(views))))
    axes = figure.subplots(1, len(views), squeeze=False)[0]
    told = []
    for axis, view in zip(axes, views, strict=True):
        row, column = (view.jump * k for k in view.key)
        half = view.field // 2
        inside = (
            ...,
            slice(max(0, row - half), row + half + 1),
            slice(max(0, column - half), column + half + 1),
        )
        dim = image // 4
        dim[inside] = image[inside]
        show(axis, dim.permute(1, 2, 0))
        corner = column - half - 0.5, row - half - 0.5
        square = Rectangle(corner, view.field, view.field, fill=False)
        square.set(edgecolor=ORANGE, linewidth=1.6)
        axis.add_patch(square)
        axis.plot(column, row, "o", color=ORANGE, ms=5)
        _, height, width = image.shape
        axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        axis.set_title(view.net)
        axis.set_xlabel(
            f"field {view.field} px, keys {view.jump} px apart: "
            f"{view.share:.0%} of the {symbol}"
        )
        told.append(f"{view.net}: {view.field} px, {view.share:.0%}")
    return figure, (
        "One scene for each net, dark but for the square that the best key "
        f"for the {symbol} sees, with a dot at the key. Width of the square, "
        f"and share of the symbol's ink in it: {'; '.join(told)}."
    )
