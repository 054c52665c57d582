"""What matching sees: windows, their products, and the best of them."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.scenes import show
from colorattn.figures.style import INK, WIDTH, picture

TINTS = ("#ff5a4f", "#3fcf6b", "#6aa8ff")  # bright enough for black


@picture
def product(
    windows: Float[Tensor, "n side side"],
    query: Float[Tensor, "side side"],
    names: Sequence[str],
) -> tuple[Figure, str]:
    """Show windows times the query, pixel by pixel, and the sum of each."""
    figure = Figure((WIDTH, 1.6 * len(windows) + 0.3))
    axes = figure.subplots(len(windows), 4, squeeze=False)
    sums = (windows * query).sum(dim=(1, 2)).tolist()
    for row, window, name, total in zip(
        axes, windows, names, sums, strict=True
    ):
        parts = window, query, window * query
        for axis, pixels in zip(row, parts, strict=False):
            show(axis, pixels, vmin=0, vmax=1)
        row[0].set_ylabel(name)
        row[3].set_axis_off()
        place = row[3].transAxes
        row[3].text(0.1, 0.5, f"sum: {total:.0f}", transform=place)
        for axis, sign in zip(row[1:3], "×=", strict=True):
            axis.text(-0.25, 0.5, sign, transform=axis.transAxes, fontsize=14)
    for axis, title in zip(
        axes[0], ("window", "query", "product"), strict=False
    ):
        axis.set_title(title)
    found = ", ".join(
        f"{name} {total:.0f}" for name, total in zip(names, sums, strict=True)
    )
    return figure, (
        f"{len(windows)} rows of three pictures: a window, the query, and "
        "their product, bright where both have ink. The sums of the products "
        f"are: {found}."
    )


@picture
def sliding(
    image: Float[Tensor, "3 height width"],
    query: Float[Tensor, "side side"],
    maps: Float[Tensor, "3 i j"],
    target: int,
    digits: int = 0,
) -> tuple[Figure, str]:
    """Show the channels of a scene, and how well each window fits."""
    figure = Figure((WIDTH, 4.1))
    axes = figure.subplots(2, 4, width_ratios=[0.75, 1, 1, 1])
    show(axes[0, 0], query)
    axes[0, 0].set_title("query")
    axes[1, 0].set_axis_off()
    best = maps.flatten(1).amax(dim=1).tolist()
    chosen = best.index(max(best))
    side, width = len(query), maps.shape[2]
    for k, color in enumerate(COLORS):
        above, below = axes[0, k + 1], axes[1, k + 1]
        row, column = divmod(int(maps[k].argmax()), width)
        shade = image[k, :, :, None] * torch.tensor(to_rgb(TINTS[k]))
        show(above, shade)
        outline(above, row, column, side, k == chosen)
        above.set_title(f"{color} channel")
        show(below, maps[k], cmap="magma", vmin=0, vmax=max(best))
        below.plot(column, row, "o", mfc="none", mec="white", ms=7)
        said = "best" if k == chosen else "best here"
        below.set_xlabel(f"{said}: {best[k]:.{digits}f}")
        below.xaxis.label.set_fontweight("bold" if k == chosen else "normal")
    axes[1, 1].set_ylabel("fit of each window")
    right = "right" if chosen == target else f"wrong: it is {COLORS[target]}"
    axes[1, 0].text(
        0.5,
        0.5,
        f"answer:\n{COLORS[chosen]},\n{right}",
        ha="center",
        va="center",
        transform=axes[1, 0].transAxes,
    )
    found = ", ".join(
        f"{color} {value:.{digits}f}"
        for color, value in zip(COLORS, best, strict=True)
    )
    return figure, (
        "A query, and the red, green and blue channel of a scene with one "
        "symbol each. A frame marks the best window of each channel; a map "
        f"below shows the fit of all windows. The best are: {found}. The "
        f"answer is {COLORS[chosen]}, which is {right}."
    )


def outline(axis: Axes, row: int, column: int, side: int, wins: bool) -> None:
    """Draw the edge of a window, thicker where it wins."""
    corner = (column - 0.5, row - 0.5)
    axis.add_patch(
        Rectangle(
            corner,
            side,
            side,
            fill=False,
            edgecolor="white",
            linewidth=2.2 if wins else 0.9,
            linestyle="-" if wins else "--",
        )
    )


@picture
def pairs(
    queries: UInt8[Tensor, "n side side"],
    own: UInt8[Tensor, "n side side"],
    thieves: UInt8[Tensor, "n side side"],
    matches: Float[Tensor, "n 2"],
) -> tuple[Figure, str]:
    """Show queries, the symbols they ask for, and those that match better."""
    n = len(queries)
    figure = Figure((WIDTH, 3.75 * WIDTH / max(n, 5)))
    axes = figure.subplots(3, n, squeeze=False)
    titles = "query", "asked for", "chosen"
    for row, title, drawings in zip(
        axes, titles, (queries, own, thieves), strict=True
    ):
        row[0].set_ylabel(title)
        for axis, drawing in zip(row, drawings, strict=True):
            show(axis, drawing)
    for k in range(n):
        for row, value in zip(axes[1:], matches[k].tolist(), strict=True):
            row[k].set_xlabel(f"{value:.2f}", color=INK)
    return figure, (
        f"{n} columns: a query, the symbol of its class, and a symbol of "
        "another class that matches better. The asked-for symbols match with "
        f"{listed(matches[:, 0])}, the chosen ones with "
        f"{listed(matches[:, 1])}."
    )


def listed(values: Float[Tensor, "n"]) -> str:
    """Write numbers in a row, with two digits."""
    return ", ".join(f"{value:.2f}" for value in values.tolist())
