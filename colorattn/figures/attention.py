"""Attention by hand: scores, softmax, weights, and the glimpse they read."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.axes import note
from colorattn.figures.panels import (
    head_columns,
    show,
    soften,
    swatch,
    write_cells,
)
from colorattn.figures.style import (
    BLUE,
    KEY,
    QUERY,
    SCORES,
    SHADES,
    WEIGHTS,
    Number,
    axes_grid,
    axes_row,
    picture,
)


@picture
def soft_lookup(
    query: Float[Tensor, "2"],
    keys: Float[Tensor, "n 2"],
    values: Float[Tensor, "n 3"],
    weights: Float[Tensor, "n"],
    names: Sequence[str],
) -> tuple[Figure, str]:
    """Show keys and a query as arrows, the weights, and what they read."""
    figure, (plane, bars, patch) = axes_row(2.7, 3, width_ratios=[1.2, 1, 0.6])
    colors = [COLORS[k] for k in values.argmax(dim=1).tolist()]
    labels = list(map("{} {}".format, colors, names))
    ends = [(f"key of the {k}", KEY, (0, 6)) for k in labels]
    ends.append(("query", QUERY, (6, -8)))
    tips = map(tuple, [*keys.tolist(), query.tolist()])
    for tip, (name, color, by) in zip(tips, ends, strict=True):
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 1.5}
        plane.annotate("", tip, (0, 0), arrowprops=arrow)
        note(plane, name, tip, by, color=color, fontsize=9)
    limit = 1.35 * max(float(keys.max()), float(query.max()))
    ticks = range(int(limit) + 1)
    plane.set(xlim=(-0.15, limit), ylim=(-0.15, limit), aspect="equal")
    plane.set(xticks=ticks, yticks=ticks)
    plane.set(xlabel="how round", ylabel="how straight", title="fit")
    drawn = bars.bar(labels, weights.tolist(), color=BLUE, width=0.6)
    bars.bar_label(drawn, fmt="%.2f", padding=2, fontsize=9)
    bars.set(ylim=(0, 1.1), yticks=[0, 0.5, 1], title="weights α")
    glimpse = weights @ values
    swatch(patch, glimpse)
    patch.set_title("glimpse Σ α v")
    best = labels[int(weights.argmax())]
    return figure, (
        f"On the left, {len(keys)} arrows for the keys and one for the query, "
        f"which points nearly along the key of the {best}. In the middle, "
        f"the weights as bars, the highest for the {best}. On the right, the "
        f"glimpse, a patch that is mostly {COLORS[int(glimpse.argmax())]}."
    )


@picture
def attention_steps(
    scores: Float[Tensor, "i j"],
    weights: Float[Tensor, "i j"],
    values: Float[Tensor, "3 i j"],
) -> tuple[Figure, str]:
    """Show the three steps over a small map, with every number."""
    figure, axes = axes_row(1.95, 4)
    head_columns(axes, ("scores s", "weights α", "values v", "glimpse Σ α v"))
    top, rows, columns = float(weights.max()), *scores.shape
    show(axes[0], scores, cmap=SCORES, vmin=0)
    show(axes[1], weights, cmap=WEIGHTS, vmin=0)
    show(axes[2], soften(values))
    write_cells(axes[0], scores, "{:.2f}".format)
    write_cells(axes[1], weights, "{:.1f}".format)
    write_cells(axes[2], values.argmax(dim=0), COLORS.__getitem__)
    glimpse = (values * weights).sum(dim=(1, 2))
    swatch(axes[3], glimpse)
    shares = ", ".join(map("{:.1f} {}".format, glimpse.tolist(), COLORS))
    return figure, (
        f"Four panels for a map of {rows} by {columns} cells: the scores, the "
        f"weights, which go from {float(weights.min()):.1f} to {top:.1f}, "
        f"the color of each cell, and the mix of these colors: {shares}."
    )


@picture
def scores_as_sum(
    query: Float[Tensor, "dim"],
    keys: Float[Tensor, "dim i j"],
    scores: Float[Tensor, "i j"],
) -> tuple[Figure, str]:
    """Show a map of scores as the weighted sum of the layers of the keys."""
    dim, rows, columns = keys.shape
    figure, axes = axes_row(1.2, dim + 1)
    limit = 2 * float(keys.abs().max())
    titles = [f"{q:+.1f} ×" for q in query.tolist()] + ["Σ / √c ="]
    for axis, map_, title in zip(axes, [*keys, scores], titles, strict=True):
        show(axis, map_, cmap="PuOr", vmin=-limit, vmax=limit)
        axis.set_title(title, loc="center")
        write_cells(axis, map_, "{:z.1f}".format, fontsize=8)  # no minus zero
    axes[0].set_ylabel("keys", color=KEY)
    axes[-1].set_xlabel("scores s", fontsize=9)
    largest = int(query.abs().argmax())
    return figure, (
        f"The {dim} layers of the keys side by side. Each is a map of {rows} "
        f"by {columns} cells below the query vector's number for it, from "
        f"{query.min():+.1f} to {query.max():+.1f}; layer {largest + 1} "
        "counts most. At the end are the scores, the weighted sum of the "
        "layers divided by the square root of c, from "
        f"{scores.min():.1f} to {scores.max():.1f}."
    )


@picture
def softmax_saturation(
    weights: Float[Tensor, "n i j"], spreads: Sequence[Number]
) -> tuple[Figure, str]:
    """Show how weights concentrate as the same scores spread wider."""
    figure, axes = axes_row(2.85, len(spreads))
    tops = [f"{float(top):.2f}" for top in weights.amax(dim=(1, 2))]
    head_columns(axes, [f"spread of scores: {s:g}" for s in spreads])
    for axis, map_, top in zip(axes, weights, tops, strict=True):
        show(axis, map_, cmap=WEIGHTS, vmin=0)
        axis.set_xlabel(f"largest weight: {top}")
    pairs = ", ".join(map("{} at a spread of {:g}".format, tops, spreads))
    return figure, (
        f"{len(spreads)} maps of weights made from the same scores, spread "
        "wider each time. The weight ends up on fewer and fewer cells; the "
        f"largest weight is {pairs}."
    )


@picture
def learning_arrows(
    history: dict[int, tuple[Float[Tensor, "2"], Float[Tensor, "n 2"]]],
    values: Float[Tensor, "n 3"],
    names: Sequence[str],
) -> tuple[Figure, str]:
    """Show a query and keys as arrows after some steps, and the glimpses.

    `history` maps a step to the query and the keys after it.
    """
    columns, ratios = len(history), [2.6, 1]
    figure, axes = axes_grid(2.5, 2, columns, height_ratios=ratios)
    colors = values.argmax(dim=1).tolist()
    arrows = torch.stack([torch.vstack(pair) for pair in history.values()])
    limit = 1.3 * float(arrows.norm(dim=2).max())
    texts = []
    for n, (step, (query, keys)) in enumerate(history.items()):
        plane, patch = axes[:, n]
        ends = [(key, SHADES[c]) for key, c in zip(keys, colors, strict=True)]
        for (tip, color), name in zip(
            [*ends, (query, QUERY)], [*names, "q"], strict=True
        ):
            style = {"arrowstyle": "-|>", "color": color, "lw": 1.5}
            plane.annotate("", tip.tolist(), (0, 0), arrowprops=style)
            place = (tip * (1 + 0.13 * limit / tip.norm())).tolist()
            centered = {"ha": "center", "va": "center", "fontsize": 8}
            plane.text(*place, name, color=color, **centered)
        plane.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        plane.set(xticks=[], yticks=[], title=f"step {step}")
        glimpse = (keys @ query).softmax(dim=0) @ values
        swatch(patch, glimpse, fontsize=9)
        patch.set_aspect("auto")
        most = int(glimpse.argmax())
        texts.append(f"{glimpse[most]:.0%} {COLORS[most]} at step {step}")
    return figure, (
        f"A query, q, and {len(names)} keys as arrows, at {columns} steps of "
        f"gradient descent, with the glimpse below: {', '.join(texts)}."
    )
