"""The data of chapter 1: drawings, layouts, splits, and a poor student."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from colorattn.data.scene import COLORS, SIDE
from colorattn.data.stream import Batch
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, INK, WIDTH, picture


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
    distinct = len(drawings.flatten(0, 1).flatten(1).unique(dim=0))
    alike = "no two" if distinct == rows * columns else "some of them"
    inks = drawings.gt(0).float().mean(dim=(2, 3))
    least, most = 100 * inks.min().item(), 100 * inks.max().item()
    return figure, (
        f"{columns} white drawings on black of each of {rows} classes, one "
        f"class a row, from {classes[0]} to {classes[-1]}: {alike} are alike, "
        f"and they fill from {least:.0f} to {most:.0f}% of their boxes."
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
    axis.axvline(SIDE, color=FAINT, lw=0.8, ls=":")
    axis.text(SIDE + 0.3, 0.4, "boxes no longer overlap", color=INK)
    axis.set(xlabel="spacing asked for (px)", ylabel="share of layouts")
    return figure, (
        "A curve on a logarithmic scale: of random layouts, the share that "
        f"keeps a spacing falls from all at 0 px to {shares[chosen]:.0%} at "
        f"{chosen} px and {shares[SIDE]:.1%} at {SIDE} px, where boxes no "
        "longer overlap."
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
        f"stored and on {fresh:.0%} of fresh scenes; a dotted line marks "
        f"chance, {chance:.0%}."
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


@picture
def boxed(scene: Batch, classes: Sequence[str]) -> tuple[Figure, str]:
    """Show what is known of the first scene of a batch, with its boxes."""
    figure = Figure((WIDTH, 2.6))
    query, image, words = figure.subplots(1, 3, width_ratios=[0.6, 1.3, 1.5])
    show(query, scene.query[0, 0])
    query.set_title("query")
    show(image, scene.image[0].permute(1, 2, 0))
    image.set_title("scene")
    words.set_axis_off()
    asked, told = int(scene.query_index[0]), []
    corners = scene.positions[0].tolist()
    for k, (row, column) in enumerate(corners):
        line: dict[str, Any] = {"lw": 2} if k == asked else {"ls": ":"}
        corner = column - 0.5, row - 0.5  # a pixel's center is its number
        image.add_patch(
            Rectangle(corner, SIDE, SIDE, fill=False, ec="white", **line)
        )
        image.text(column + 1, row + 4, k, color="white")
        color = COLORS[int(scene.colors[0, k])]
        name = classes[int(scene.classes[0, k])]
        told.append(f"{k}: a {color} {name}, at row {row}, column {column}")
    text = "\n".join(told) + f"\n\nqueried: {asked}\ntarget: "
    target = COLORS[int(scene.target[0])]
    words.text(0, 0.5, text + target, va="center", color=INK)
    return figure, (
        "A query, and its scene with a numbered white box around each "
        f"symbol: {'; '.join(told)}. Symbol {asked}, in a bold box, is "
        f"queried, so the target is {target}."
    )


@picture
def luck(
    accuracies: dict[str, Float[Tensor, "n"]], truth: float
) -> tuple[Figure, str]:
    """Show how measured accuracies scatter around the true one."""
    figure = Figure((WIDTH, 0.5 + 1.1 * len(accuracies)))
    axes = figure.subplots(len(accuracies), sharex=True, squeeze=False)[:, 0]
    every = torch.cat(list(accuracies.values()))
    bins = np.arange(float(every.min()), float(every.max()) + 2e-3, 2e-3)
    told = []
    for axis, (name, found) in zip(axes, accuracies.items(), strict=True):
        low, high = float(found.min()), float(found.max())
        axis.hist(found.tolist(), bins=bins.tolist(), color=BLUE)
        axis.axvline(truth, color=INK, lw=1.2, ls=":")
        axis.set(title=name, yticks=[])
        axis.spines["left"].set_visible(False)
        told.append(
            f"{name}: from {low:.1%} to {high:.1%}, {found.mean():.1%} on "
            "average"
        )
    axes[-1].set_xlabel("accuracy measured; the dotted line is the true one")
    return figure, (
        "How measured accuracies scatter around the true accuracy of "
        f"{truth:.0%}, a dotted line. {'. '.join(told)}."
    )
