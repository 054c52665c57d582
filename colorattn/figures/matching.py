"""Matching by pixels: windows, their products, and the best match."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.panels import box, head_columns, head_rows, lit, show
from colorattn.figures.style import SCORES, axes_grid, picture


@picture
def window_products(
    windows: Float[Tensor, "n side side"],
    query: Float[Tensor, "side side"],
    names: Sequence[str],
) -> tuple[Figure, str]:
    """Show windows times the query, pixel by pixel, and the sum of each."""
    n = len(windows)
    figure, axes = axes_grid(1.6 * n + 0.3, n, 4)
    sums = (windows * query).sum(dim=(1, 2)).tolist()
    for (*row, last), window, total in zip(axes, windows, sums, strict=True):
        parts, signs = (window, query, window * query), ("", "×", "=")
        for axis, pixels, sign in zip(row, parts, signs, strict=True):
            show(axis, pixels, vmin=0, vmax=1)
            axis.text(-0.25, 0.5, sign, transform=axis.transAxes, fontsize=14)
        last.text(0.1, 0.5, f"sum: {total:.0f}", transform=last.transAxes)
        last.set_axis_off()
    head_rows(axes[:, 0], names)
    head_columns(axes[0, :3], ("window", "query", "product"))
    totals = ", ".join(map("{} {:.0f}".format, names, sums))
    return figure, (
        f"{n} rows of three pictures each: a window, the query, and their "
        "product, bright where both have ink. The products add up to: "
        f"{totals}."
    )


@picture
def window_matches(
    image: Float[Tensor, "3 height width"],
    query: Float[Tensor, "side side"],
    maps: Float[Tensor, "3 i j"],
    target: int,
    digits: int = 0,
) -> tuple[Figure, str]:
    """Show the channels of a scene, and how well each window matches."""
    figure, axes = axes_grid(4.1, 2, 4, width_ratios=[0.75, 1, 1, 1])
    show(axes[0, 0], query)
    head_columns(axes[0, :1], ["query"])
    best = maps.flatten(1).amax(dim=1).tolist()
    chosen = best.index(max(best))
    for k, color in enumerate(COLORS):
        above, below = axes[:, k + 1]
        row, column = divmod(int(maps[k].argmax()), maps.shape[2])
        width, line, text, weight = 0.9, "--", "best here", "normal"
        if k == chosen:
            width, line, text, weight = 2.2, "-", "best", "bold"
        show(above, lit(torch.eye(3)[k, :, None, None] * image[k]))
        box(above, (row, column), len(query), lw=width, ls=line)
        above.set_title(f"{color} channel")
        show(below, maps[k], cmap=SCORES, vmin=0, vmax=max(best))
        below.plot(column, row, "o", mfc="none", mec="white", ms=7)
        below.set_xlabel(f"{text}: {best[k]:.{digits}f}", fontweight=weight)
    axes[1, 1].set_ylabel("fit of each window")
    right = "right" if chosen == target else f"wrong: it is {COLORS[target]}"
    text = f"answer:\n{COLORS[chosen]},\n{right}"
    place, middle = axes[1, 0], {"ha": "center", "va": "center"}
    place.text(0.5, 0.5, text, transform=place.transAxes, **middle)
    place.set_axis_off()
    values = ", ".join(map(f"{{}} {{:.{digits}f}}".format, COLORS, best))
    return figure, (
        "A query, and the red, green and blue channels of a scene, with one "
        "symbol in each. A frame marks the best window of each channel, and "
        f"a map below shows the fit of every window. The best are: {values}. "
        f"The answer is {COLORS[chosen]}, which is {right}."
    )
