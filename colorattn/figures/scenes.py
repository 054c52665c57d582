"""Drawings and scenes as they are: what the data looks like."""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Num, UInt8
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.data.scene import COLORS, SIDE
from colorattn.data.stream import Batch
from colorattn.figures.panels import box, head_columns, head_rows, show, tiles
from colorattn.figures.style import INK, WIDTH, axes_row, picture


@picture
def labeled_scenes(
    batch: Batch, classes: Sequence[str], columns: int = 5
) -> tuple[Figure, str]:
    """Show queries, each above its scene and the answer in words."""
    figure, axes = tiles(len(batch), columns, 2.35, (28, 64))
    answers = [COLORS[y] for y in batch.target.tolist()]
    for k, (query, scene) in enumerate(axes):
        show(query, batch.query[k, 0])
        show(scene, batch.image[k])
        scene.set_xlabel(answers[k])
    first = [classes[c] for c in batch.classes[0].tolist()]
    colors = [COLORS[c] for c in batch.colors[0].tolist()]
    held = ", ".join(map("a {} {}".format, colors, first))
    asked = first[int(batch.query_index[0])]
    return figure, (
        f"{len(batch)} scenes on black, each with its white query above and "
        f"the answer below. The first contains {held}. Its query is a "
        f"{asked}, so the answer is {answers[0]}."
    )


@picture
def queries(
    image: UInt8[Tensor, "3 height width"],
    queries: UInt8[Tensor, "n 28 28"],
    answers: Sequence[str],
) -> tuple[Figure, str]:
    """Show one scene, and the answer to each of several queries."""
    figure, (scene, *others) = axes_row(2.4, len(queries) + 1)
    show(scene, image)
    head_columns([scene], ["one scene"])
    for axis, query, answer in zip(others, queries, answers, strict=True):
        show(axis, query)
        head_columns([axis], ["query"])
        axis.set_xlabel(f"answer: {answer}")
    return figure, (
        "On the left, a scene with symbols of different colors on black. To "
        f"its right, {len(queries)} white queries, one for each symbol, with "
        f"the answers {', '.join(answers)}."
    )


@picture
def annotated_scene(
    scene: Batch, classes: Sequence[str]
) -> tuple[Figure, str]:
    """Show what is known of the first scene of a batch, with its boxes."""
    figure, axes = axes_row(2.6, 3, width_ratios=[0.6, 1.3, 1.5])
    query, image, words = axes
    show(query, scene.query[0, 0])
    show(image, scene.image[0])
    head_columns(axes, ("query", "scene", ""))
    words.set_axis_off()
    queried, symbols = int(scene.query_index[0]), []
    for k, (row, column) in enumerate(scene.positions[0].tolist()):
        line: dict[str, Any] = {"lw": 2} if k == queried else {"ls": ":"}
        box(image, (row, column), SIDE, **line)
        image.text(column + 1, row + 4, k, color="white")
        color = COLORS[int(scene.colors[0, k])]
        name = classes[int(scene.classes[0, k])]
        symbols.append(f"{k}: a {color} {name}, at row {row}, column {column}")
    target = COLORS[int(scene.target[0])]
    lines = *symbols, "", f"queried: {queried}", f"target: {target}"
    words.text(0, 0.5, "\n".join(lines), va="center", color=INK)
    return figure, (
        "A query, and its scene with a numbered white box around each "
        f"symbol: {'; '.join(symbols)}. Symbol {queried}, in a bold box, is "
        f"the one asked about, so the target is {target}."
    )


@picture
def drawings_by_class(
    drawings: UInt8[Tensor, "rows columns 28 28"], classes: Sequence[str]
) -> tuple[Figure, str]:
    """Show drawings, one class per row."""
    rows, columns = drawings.shape[:2]
    figure, axes = tiles(1, 1, WIDTH * rows / columns, [1] * rows)
    for axis, row, name in zip(axes[0], drawings, classes, strict=True):
        show(axis, row.permute(1, 0, 2).flatten(1))
        axis.set_ylabel(name, rotation=0, ha="right", va="center")
    distinct = len(drawings.flatten(0, 1).flatten(1).unique(dim=0))
    alike = "no two" if distinct == rows * columns else "some of them"
    inks = drawings.gt(0).float().mean(dim=(2, 3))
    least, most = 100 * inks.min().item(), 100 * inks.max().item()
    return figure, (
        f"{columns} white drawings on black of each of {rows} classes, one "
        f"class per row, from {classes[0]} to {classes[-1]}; {alike} are the "
        f"same, and their ink covers {least:.0f} to {most:.0f}% of the box."
    )


@picture
def drawing_columns(
    drawings: Num[Tensor, "rows n 28 28"],
    names: Sequence[str],
    notes: dict[str, Sequence[str]] | None = None,
) -> tuple[Figure, str]:
    """Show drawings that belong together as columns, and name each row.

    `notes` are written below the drawings of the rows that it names.
    """
    notes, (rows, n) = notes or {}, drawings.shape[:2]
    side = min(WIDTH / (n + 1), 1.2)
    height = side * rows + 0.2 + 0.2 * len(notes)
    figure, axes = tiles(n, n, height, [1] * rows)
    for k, column in enumerate(axes):
        for row, (axis, name) in enumerate(zip(column, names, strict=True)):
            show(axis, drawings[row, k])
            if name in notes:
                axis.set_xlabel(notes[name][k], color=INK)
    head_rows(axes[0], names, rotation=0, ha="right", va="center")
    figure.get_layout_engine().set(w_pad=0.01, h_pad=0.01)  # type: ignore
    below = "".join(f" Below {k}: {', '.join(notes[k])}." for k in notes)
    return figure, (
        f"{n} columns of white drawings on black, each with these from the "
        f"top down: {', '.join(names)}.{below}"
    )
