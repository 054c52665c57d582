"""Scenes with their queries, and where a model looks in them."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.style import BLUE, FAINT, INK, WIDTH, picture
from colorattn.stream import COLORS, Batch


@picture
def scenes(
    batch: Batch, classes: tuple[str, ...], columns: int = 5
) -> tuple[Figure, str]:
    """Show queries, each above its scene and the answer in words."""
    n, rows = len(batch), ceil(len(batch) / columns)
    figure = Figure((WIDTH, 2.35 * rows))
    heights = [28, 64] * rows
    axes = figure.subplots(
        2 * rows, columns, squeeze=False, height_ratios=heights
    )
    answers = [COLORS[y] for y in batch.target.tolist()]
    for axis in axes.flat:
        axis.set_axis_off()
    for k in range(n):
        row, column = 2 * (k // columns), k % columns
        show(axes[row, column], batch.query[k, 0])
        show(axes[row + 1, column], batch.image[k].permute(1, 2, 0))
        axes[row + 1, column].set_axis_on()
        axes[row + 1, column].set_xlabel(answers[k])
    first = [classes[c] for c in batch.classes[0].tolist()]
    colors = [COLORS[c] for c in batch.colors[0].tolist()]
    held = ", ".join(f"a {a} {b}" for a, b in zip(colors, first, strict=True))
    asked = first[int(batch.queried[0])]
    return figure, (
        f"{n} scenes on black, each below its white query and above the "
        f"answer. The first holds {held}; its query is a {asked}, so "
        f"the answer is {answers[0]}."
    )


@picture
def attention(
    batch: Batch,
    weights: Float[Tensor, "batch i j"],
    answers: list[str],
    titles: tuple[str, str, str] = ("query", "scene", "weights α"),
) -> tuple[Figure, str]:
    """Show query, scene and weights of a few scenes, one scene a column."""
    n = len(batch)
    figure = Figure((WIDTH, 3 * WIDTH / max(n, 4) + 0.4))
    axes = figure.subplots(3, n, squeeze=False)
    right = 0
    for k in range(n):
        target = COLORS[int(batch.target[k])]
        right += answers[k] == target
        show(axes[0, k], batch.query[k, 0])
        show(axes[1, k], batch.image[k].permute(1, 2, 0))
        show(axes[2, k], weights[k], cmap="magma")
        verdict = "right" if answers[k] == target else f"it is {target}"
        axes[2, k].set_xlabel(f"“{answers[k]}”\n{verdict}", color=INK)
    for row, title in enumerate(titles):
        axes[row, 0].set_ylabel(title)
    return figure, (
        f"{n} scenes as columns: the query on top, the scene with its colored "
        "symbols, and below the attention weights as a map, bright where the "
        f"model looks. {right} of {n} answers are right."
    )


@picture
def sheet(
    drawings: UInt8[Tensor, "rows columns 28 28"], classes: Sequence[str]
) -> tuple[Figure, str]:
    """Show drawings, one class a row."""
    rows, columns = drawings.shape[:2]
    figure = Figure((WIDTH, WIDTH * rows / columns))
    for axis, row, name in zip(
        figure.subplots(rows), drawings, classes, strict=True
    ):
        show(axis, row.permute(1, 0, 2).flatten(1))
        axis.set_ylabel(name, rotation=0, ha="right", va="center")
    return figure, (
        f"{columns} white drawings on black of each of {rows} classes, one "
        f"class a row, from {classes[0]} to {classes[-1]}: thick and thin, "
        "upright and slanted, no two alike."
    )


@picture
def questions(
    image: UInt8[Tensor, "3 height width"],
    queries: UInt8[Tensor, "n 28 28"],
    answers: Sequence[str],
) -> tuple[Figure, str]:
    """Show one scene, and the answer to each of several queries."""
    figure = Figure((WIDTH, 2.4))
    left, *others = figure.subplots(1, len(queries) + 1)
    show(left, image.permute(1, 2, 0))
    left.set_title("one scene")
    for axis, query, answer in zip(others, queries, answers, strict=True):
        show(axis, query)
        axis.set_title("query")
        axis.set_xlabel(f"answer: {answer}")
    return figure, (
        "Left, a scene with differently colored symbols on black. Right of "
        f"it {len(queries)} white queries, one for each symbol, with the "
        f"answers {', '.join(answers)}."
    )


@picture
def room(shares: Sequence[float], chosen: int) -> tuple[Figure, str]:
    """Show the share of random layouts that keep each spacing."""
    figure = Figure((WIDTH, 2.6))
    axis = figure.subplots()
    kept = [share for share in shares if share > 0]
    axis.semilogy(range(len(kept)), kept, color=BLUE)
    axis.plot(chosen, shares[chosen], "o", color=BLUE)
    axis.annotate(
        f"we ask for {chosen} px",
        (chosen, shares[chosen]),
        (8, 6),
        textcoords="offset points",
    )
    axis.axvline(28, color=FAINT, lw=0.8, ls=":")
    axis.text(28.3, 0.4, "boxes no longer overlap", color=INK)
    axis.set(xlabel="spacing asked for (px)", ylabel="share of layouts")
    return figure, (
        "A curve on a logarithmic scale: of random layouts, the share that "
        f"keeps a spacing falls from all at 0 px to {shares[chosen]:.0%} at "
        f"{chosen} px, and to nearly none where boxes no longer overlap."
    )


@picture
def by_heart(seen: float, fresh: float, chance: float) -> tuple[Figure, str]:
    """Show how often a memory is right on scenes it has seen, and fresh."""
    figure = Figure((WIDTH, 1.6))
    axis = figure.subplots()
    names = ["fresh scenes", "scenes it has stored"]
    bars = axis.barh(names, [fresh, seen], height=0.6, color=BLUE)
    axis.bar_label(bars, [f"{fresh:.0%}", f"{seen:.0%}"], padding=4)
    axis.axvline(chance, color=INK, lw=0.8, ls=":")
    axis.text(chance + 0.01, 0.5, "chance", color=INK, va="center")
    axis.set(
        xlim=(0, 1.1), xticks=[0, 0.5, 1], xlabel="share of answers right"
    )
    return figure, (
        f"Two bars: the memory is right on {seen:.0%} of the scenes it has "
        f"stored and on {fresh:.0%} of fresh scenes, which is chance."
    )


@picture
def splits(sizes: dict[str, int], uses: dict[str, str]) -> tuple[Figure, str]:
    """Show how the drawings are divided, and what each part is for."""
    figure = Figure((WIDTH, 1.5))
    axis = figure.subplots()
    names, counts = list(sizes)[::-1], list(sizes.values())[::-1]
    bars = axis.barh(names, counts, color=BLUE)
    axis.bar_label(
        bars, [f"{sizes[n]:,}: {uses[n]}" for n in names], padding=4
    )
    axis.set(xlim=(0, 1.7 * max(counts)), xticks=[])
    axis.spines[["bottom", "left"]].set_visible(False)
    axis.tick_params(length=0)
    parts = [f"{name} {sizes[name]:,} ({uses[name]})" for name in sizes]
    return figure, f"Bars for the drawings of each split: {'; '.join(parts)}."


def show(
    axis: Axes, pixels: Tensor, cmap: str = "gray", **options: Any
) -> None:
    """Draw pixels without ticks."""
    axis.imshow(pixels.cpu().numpy(), cmap=cmap, **options)
    axis.set_xticks([])
    axis.set_yticks([])
    for spine in axis.spines.values():
        spine.set_visible(False)
