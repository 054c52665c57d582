"""The network of chapter 4: its plan, its layers, two ways to read a map."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.panels import (
    box,
    head_columns,
    lit,
    mosaic,
    show,
    write_cells,
)
from colorattn.figures.style import (
    BLUE,
    DARK,
    FAINT,
    INK,
    ORANGE,
    SCORES,
    WEIGHTS,
    WIDTH,
    axes_row,
    color_of,
    picture,
)

SHAPES = {  # of the plan: column and row of each step, and its name
    "image": (0, 0, "image x"),
    "keys": (1, 0, "keys K"),
    "scores": (2, 0, "scores s"),
    "weights": (3, 0, "weights α"),
    "masked": (4, 0, "masked image"),
    "query": (0, 1, "query γ"),
    "vector": (1, 1, "query vector q"),
    "logits": (3, 1, "logits"),
    "glimpse": (4, 1, "glimpse"),
}
ARROWS = (
    ("image", "keys"),
    ("query", "vector"),
    ("keys", "scores"),
    ("vector", "scores"),
    ("scores", "weights"),
    ("weights", "masked"),
    ("masked", "glimpse"),
    ("glimpse", "logits"),
)


@picture
def network_plan(steps: dict[str, Tensor]) -> tuple[Figure, str]:
    """Show what flows through the network for one scene, with all shapes.

    `steps` holds image (3 h w) and query (1 h w) as bytes, keys (c i j),
    vector (c), scores and weights (i j), masked (3 h w), glimpse and
    logits (3).
    """
    figure = Figure((WIDTH, 3.5))
    figure.set_layout_engine("none")
    axes = {}
    for name, (column, row, title) in SHAPES.items():
        place = 0.015 + 0.203 * column, 0.56 - 0.5 * row, 0.158, 0.316
        axes[name] = figure.add_axes(place)
        shape = " × ".join(map(str, steps[name].shape))
        color = color_of(title)
        axes[name].set_title(f"{title}\n{shape}", fontsize=9, color=color)
    show(axes["image"], steps["image"])
    show(axes["query"], steps["query"][0])
    show(axes["keys"], mosaic(steps["keys"], columns=8))
    show(axes["vector"], steps["vector"].view(-1, 8))
    show(axes["scores"], steps["scores"], cmap=SCORES)
    show(axes["weights"], steps["weights"], cmap=WEIGHTS)
    show(axes["masked"], lit(steps["masked"] / steps["masked"].max()))
    draw_bars(axes["glimpse"], steps["glimpse"], digits=3)
    draw_bars(axes["logits"], steps["logits"], digits=1)
    for start, end in ARROWS:
        connect(figure, axes[start], axes[end])
    answer = COLORS[int(steps["logits"].argmax())]
    size = " by ".join(map(str, steps["weights"].shape))
    return figure, (
        "The plan of the network for one scene. In the top row, the image "
        f"becomes {len(steps['keys'])} maps of keys. Compared with the query "
        "vector, which is made from the query below, they give "
        f"{size} scores and then weights, the largest "
        f"{float(steps['weights'].max()):.0%}, which mask the image. At the "
        "bottom right, its mean color is the glimpse, and the head turns it "
        f"into logits, of which {answer} is the largest."
    )


def draw_bars(axis: Axes, values: Float[Tensor, "3"], digits: int) -> None:
    """Draw a number for each color, named in words."""
    drawn = axis.bar(COLORS, values.tolist(), color=BLUE, width=0.7)
    axis.bar_label(drawn, fmt=f"%.{digits}f", padding=2, fontsize=8)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.3 * (high - low)
    axis.set(ylim=(low - room, high + room), yticks=[])
    axis.axhline(0, color=INK, lw=0.8)
    axis.tick_params(length=0, pad=1)
    axis.spines[["left", "bottom"]].set_visible(False)


def connect(figure: Figure, start: Axes, end: Axes) -> None:
    """Draw an arrow between two panels: to the right, down or to the left."""
    a, b = start.get_position(), end.get_position()
    height = a.y0 + a.height / 2
    ends = (a.x0, height), (b.x1, height)
    if a.x0 == b.x0:
        middle = a.x0 + a.width / 2
        ends = (middle, a.y0), (middle, b.y1 + 0.12)  # above the title
    if a.x0 < b.x0:
        ends = (a.x1, height), (b.x0, b.y0 + b.height / 2)
    arrow = FancyArrowPatch(*ends, arrowstyle="-|>", color=INK)
    arrow.set_mutation_scale(9)
    figure.add_artist(arrow)


@picture
def mask_and_values(
    weights: Float[Tensor, "i j"],
    masked: Float[Tensor, "3 h w"],
    values: Float[Tensor, "3 i j"],
    glimpses: tuple[Tensor, Tensor],
) -> tuple[Figure, str]:
    """Show a mask on the image beside weights on the cells' mean colors."""
    figure, axes = axes_row(2.2, 4)
    head_columns(axes, ("weights α", "image × mask", "values v", "α · v"))
    show(axes[0], weights, cmap=WEIGHTS)
    parts = masked, values, values * weights
    for axis, colors in zip(axes[1:], parts, strict=True):
        show(axis, lit(colors / colors.max()))
    same = [" ".join(f"{x:.4f}" for x in g.tolist()) for g in glimpses]
    axes[1].set_xlabel(f"mean: {same[0]}", fontsize=8)
    axes[3].set_xlabel(f"Σ / {weights.numel()}: {same[1]}", fontsize=8)
    verdict = "the same" if same[0] == same[1] else "not the same"
    return figure, (
        "Four maps: the weights; the image under the upsampled mask, where "
        "little is left; the mean color of each cell; and those colors times "
        "the weights, a coarse copy of the second map. The mean of the "
        f"second, and the sum of the fourth over {weights.numel()}, are "
        f"{verdict}: {same[0]}."
    )


@picture
def convolution(
    padded: Float[Tensor, "h w"],
    kernel: Float[Tensor, "k k"],
    result: Float[Tensor, "i j"],
    at: tuple[int, int],
) -> tuple[Figure, str]:
    """Show a convolution of stride 2 and padding 1, number by number."""
    figure, axes = axes_row(2.9, 3, width_ratios=[7, 4, 4])
    left, _, right = axes
    head_columns(axes, ("picture, with a border of zeros", "kernel", "result"))
    for axis, numbers in zip(axes, (padded, kernel, result), strict=True):
        top = 2 * float(numbers.abs().max())
        show(axis, numbers, cmap="PuOr", vmin=-top, vmax=top)
        write_cells(
            axis, numbers, "{:g}".format, lambda x: DARK if x else FAINT
        )
    rows, columns = result.shape
    for place in np.ndindex(rows, columns):
        box(left, [2 * k + 1 for k in place], 1, FAINT, lw=1.2)
    height, width = (side - 2 for side in padded.shape)
    edge: dict[str, Any] = {"fill": False, "ec": DARK, "lw": 0.8, "ls": ":"}
    left.add_patch(Rectangle((0.5, 0.5), width, height, **edge))
    box(left, (2 * at[0], 2 * at[1]), len(kernel), ORANGE, lw=2.0)
    box(right, at, 1, ORANGE, lw=2.0)
    return figure, (
        "Three grids of numbers. On the left, a picture of "
        f"{height} by {width} pixels with a border of zeros, every second "
        "pixel framed. What's in the "
        f"orange window of {len(kernel)} by {len(kernel)} is multiplied by "
        f"the kernel in the middle. The sum, {float(result[at]):g}, is in "
        f"row {at[0]}, column {at[1]} of the result on the right, which has "
        f"{rows} by {columns} numbers."
    )


@picture
def feature_maps(
    image: UInt8[Tensor, "3 h w"], maps: Sequence[Float[Tensor, "_ _ _"]]
) -> tuple[Figure, str]:
    """Show the image and the maps that follow each convolution."""
    figure, axes = axes_row(2.3, 1 + len(maps))
    stages = [image, *maps]
    head_columns(axes, [" × ".join(map(str, s.shape)) for s in stages])
    show(axes[0], image)
    for axis, features in zip(axes[1:], maps, strict=True):
        show(axis, mosaic(features, 1 << (len(features).bit_length() // 2)))
    each = ["{} maps of {} by {}".format(*features.shape) for features in maps]
    return figure, (
        f"The image of {image.shape[1]} by {image.shape[2]} pixels, and in "
        "shades of gray what each convolution makes of it: "
        f"{', then '.join(each)}."
    )
