"""The data of chapter 1: drawings, layouts, splits, and a poor student."""

from collections.abc import Sequence

from jaxtyping import UInt8
from matplotlib.figure import Figure
from torch import Tensor

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
    return figure, (
        f"{columns} white drawings on black of each of {rows} classes, one "
        f"class a row, from {classes[0]} to {classes[-1]}: thick and thin, "
        "upright and slanted, no two alike."
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
