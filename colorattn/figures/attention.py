"""What scores, weights and glimpses look like, worked by hand and drawn."""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, INK, ORANGE, WIDTH, picture


@picture
def lookup(
    query: Float[Tensor, "2"],
    keys: Float[Tensor, "n 2"],
    values: Float[Tensor, "n 3"],
    weights: Float[Tensor, "n"],
    names: Sequence[str],
) -> tuple[Figure, str]:
    """Show keys and a query as arrows, the weights, and what they read."""
    figure = Figure((WIDTH, 2.7))
    plane, bars, patch = figure.subplots(1, 3, width_ratios=[1.2, 1, 0.6])
    colors = [COLORS[k] for k in values.argmax(dim=1).tolist()]
    arrows = zip(keys.tolist(), colors, names, strict=True)
    for (x, y), color, name in arrows:
        point(plane, (x, y), f"key of the {color} {name}", INK)
    x, y = query.tolist()
    point(plane, (x, y), "query", ORANGE, beside=(6, -8))
    limit = 1.35 * max(float(keys.max()), float(query.max()))
    ticks = range(int(limit) + 1)
    plane.set(xlim=(-0.15, limit), ylim=(-0.15, limit), aspect="equal")
    plane.set(xticks=ticks, yticks=ticks)
    plane.set(xlabel="how round", ylabel="how straight", title="fit")
    labels = [f"{c} {n}" for c, n in zip(colors, names, strict=True)]
    drawn = bars.bar(labels, weights.tolist(), color=BLUE, width=0.6)
    bars.bar_label(drawn, fmt="%.2f", padding=2, fontsize=8)
    bars.set(ylim=(0, 1.1), yticks=[0, 0.5, 1], title="weights α")
    glimpse = weights @ values
    swatch(patch, glimpse)
    patch.set_title("glimpse Σ α v")
    best = int(weights.argmax())
    return figure, (
        f"Left, {len(keys)} arrows for the keys and one for the query, which "
        f"points nearly along the key of the {labels[best]}. Middle, the "
        f"weights as bars, the highest on the {labels[best]}. Right, the "
        f"glimpse: a patch that is mostly {COLORS[int(glimpse.argmax())]}."
    )


@picture
def by_hand(
    scores: Float[Tensor, "i j"],
    weights: Float[Tensor, "i j"],
    values: Float[Tensor, "3 i j"],
) -> tuple[Figure, str]:
    """Show the three steps over a small map, with every number."""
    figure = Figure((WIDTH, 1.95))
    axes = figure.subplots(1, 4)
    titles = "scores s", "weights α", "values v", "glimpse Σ α v"
    for axis, title in zip(axes, titles, strict=True):
        axis.set_title(title)
    top = float(weights.max())
    show(axes[0], scores, cmap="Blues", vmin=0, vmax=2 * float(scores.max()))
    show(axes[1], weights, cmap="Blues", vmin=0, vmax=2 * top)
    show(axes[2], soften(values))
    rows, columns = scores.shape
    for i in range(rows):
        for j in range(columns):
            word = COLORS[int(values[:, i, j].argmax())]
            texts = f"{scores[i, j]:.2f}", f"{weights[i, j]:.1f}", word
            for axis, text in zip(axes[:3], texts, strict=True):
                axis.text(j, i, text, ha="center", va="center", color=INK)
    glimpse = (values * weights).sum(dim=(1, 2))
    swatch(axes[3], glimpse)
    shares = ", ".join(
        f"{share:.1f} {color}"
        for share, color in zip(glimpse.tolist(), COLORS, strict=True)
    )
    return figure, (
        f"A map of {rows} by {columns} cells, four times: the scores, the "
        f"weights, which grow from {float(weights.min()):.1f} to {top:.1f}, "
        f"the color of each cell, and one patch that mixes them: {shares}."
    )


@picture
def layers(
    query: Float[Tensor, "dim"],
    keys: Float[Tensor, "dim i j"],
    scores: Float[Tensor, "i j"],
) -> tuple[Figure, str]:
    """Show a map of scores as the weighted sum of the layers of the keys."""
    dim, rows, columns = keys.shape
    figure = Figure((WIDTH, 1.2))
    axes = figure.subplots(1, dim + 1)
    limit = float(keys.abs().max())
    maps = [*keys, scores]
    titles = [f"{q:+.1f} ×" for q in query.tolist()] + ["Σ / √c ="]
    for axis, numbers, title in zip(axes, maps, titles, strict=True):
        show(axis, numbers, cmap="PuOr", vmin=-2 * limit, vmax=2 * limit)
        axis.set_title(title, loc="center")
        for i in range(rows):
            for j in range(columns):
                text = f"{float(numbers[i, j]):z.1f}"  # no minus zero
                place = {"ha": "center", "va": "center", "fontsize": 7}
                axis.text(j, i, text, color=INK, **place)
    axes[0].set_ylabel("keys")
    axes[-1].set_xlabel("scores s", fontsize=8)
    loudest = int(query.abs().argmax())
    return figure, (
        f"The {dim} layers of the keys side by side, each a map of {rows} by "
        f"{columns} cells under its number of the query vector, from "
        f"{query[0]:+.1f} to {query[-1]:+.1f}; layer {loudest} counts most. "
        "Last comes their weighted sum divided by the root: the scores, from "
        f"{scores.min():.1f} to {scores.max():.1f}."
    )


def point(
    axis: Axes,
    to: tuple[float, float],
    name: str,
    color: str,
    beside: tuple[int, int] = (0, 6),
) -> None:
    """Draw an arrow from the origin, with its name beside the tip."""
    arrow = {"arrowstyle": "-|>", "color": color, "lw": 1.5}
    axis.annotate("", to, (0, 0), arrowprops=arrow)
    label(axis, name, to, beside, color=color, fontsize=8)


def label(
    axis: Axes,
    text: str,
    at: tuple[float, float],
    beside: tuple[int, int],
    **options: Any,
) -> None:
    """Write at a point of the data, moved by so many points of type."""
    axis.annotate(text, at, beside, textcoords="offset points", **options)


def swatch(axis: Axes, glimpse: Float[Tensor, "3"]) -> None:
    """Fill an axis with a color, and say its shares in words."""
    show(axis, soften(glimpse[:, None, None]))
    lines = zip(COLORS, glimpse.tolist(), strict=True)
    text = "\n".join(f"{share:.2f} {color}" for color, share in lines)
    axis.text(0, 0, text, ha="center", va="center", color=INK)


def soften(colors: Float[Tensor, "3 i j"]) -> Float[Tensor, "i j 3"]:
    """Mix colors with white, so that dark text can be read on them."""
    return (0.45 + 0.55 * colors.clamp(0, 1)).permute(1, 2, 0)
