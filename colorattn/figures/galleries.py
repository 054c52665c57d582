"""Scenes with what a model makes of them: scores, weights, answers."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from jaxtyping import Float, Int64, UInt8
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.analysis.localization import Localization, peaks, upsample
from colorattn.data.scene import COLORS, SIDE
from colorattn.data.stream import Batch
from colorattn.figures.panels import (
    box,
    head_columns,
    head_rows,
    mark_wrong,
    overlay,
    show,
    tiles,
)
from colorattn.figures.style import (
    BLUE,
    FAINT,
    INK,
    SCORES,
    TINTS,
    WIDTH,
    axes_grid,
    axes_row,
    picture,
)


@picture
def attention_maps(
    images: UInt8[Tensor, "n 3 height width"],
    queries: UInt8[Tensor, "n 28 28"],
    weights: Float[Tensor, "n i j"],
    notes: Sequence[str],
    margin: int = 0,
    black: float | None = None,
) -> tuple[Figure, str]:
    """Show query, scene and weights of each scene in a column, with a note.

    `margin` is how many pixels at each edge no key covers, and `black` the
    weight that is shown as black, by default the smallest of each map; thin
    lines show where the ink of the scene is.
    """
    n = len(images)
    height = 2.45 * WIDTH / max(n, 4) + 0.5
    figure, axes = tiles(n, n, height, (28, 64, 64))
    for k, (query, scene, below) in enumerate(axes):
        show(query, queries[k])
        show(scene, images[k])
        overlay(below, weights[k], images[k], margin, 0.4, vmin=black)
        below.set_xlabel(notes[k], color=INK)
    head_rows(axes[0], ("query", "scene", "weights α"))
    return figure, (
        f"{n} scenes, one per column: at the top the query, then the scene "
        "with its colored symbols, and at the bottom a map of the weights, "
        f"bright where they are high. The notes below: {'; '.join(notes)}."
    )


@picture
def predictions(
    scenes: Batch,
    weights: Float[Tensor, "n i j"],
    answers: Int64[Tensor, "n"],
    titles: Sequence[str] = (),
) -> tuple[Figure, str]:
    """Show query, scene and weights; name the answer, and mark errors."""
    columns, height = (4, 5.0) if titles else (5, 3.9)
    figure, axes = tiles(len(scenes), columns, height, (28, 64, 64))
    heads = [fill(title, 20) for title in titles] or [""] * len(scenes)
    descriptions = []
    for k, (query, scene, below) in enumerate(axes):
        show(query, scenes.query[k, 0])
        query.set_title(heads[k], loc="center")
        show(scene, scenes.image[k])
        overlay(below, weights[k], scenes.image[k])
        text, target = COLORS[answers[k]], COLORS[scenes.target[k]]
        mark = "✓"
        if text != target:
            mark, text = "✗", f"{text}, is {target}"
            mark_wrong(scene)
            mark_wrong(below)
        below.set_xlabel(f"{mark} {text}")
        descriptions.append(f"{titles[k]}: {text}" if titles else text)
    wrong = int((answers != scenes.target).sum())
    told = "All of them are right."
    if wrong:
        verb = "is" if wrong == 1 else "are"
        told = f"{wrong} of them {verb} wrong, marked by a dashed frame."
    return figure, (
        f"{len(scenes)} scenes, each with its white query above and a map of "
        "the weights below, bright where they are high. The answers are "
        f"{'; '.join(descriptions)}. {told}"
    )


@picture
def scores_and_weights(
    image: UInt8[Tensor, "3 h w"],
    query: UInt8[Tensor, "28 28"],
    scores: dict[str, Float[Tensor, "_ _"]],
    weights: dict[str, Float[Tensor, "_ _"]],
) -> tuple[Figure, str]:
    """Show the scores and weights of several networks for one question."""
    n, ratios = len(scores), [40, 64, 64, 64]
    figure, axes = axes_grid(2.2 * n, n, 4, width_ratios=ratios)
    descriptions = []
    for (first, scene, left, right), name in zip(axes, scores, strict=True):
        show(first, query)
        show(scene, image)
        overlay(left, scores[name], image, cmap=SCORES)
        overlay(right, weights[name], image)
        span = "from {:.0f} to {:.0f}".format(*scores[name].aminmax())
        top = f"{weights[name].max():.2f}"
        first.set_ylabel(name)
        left.set_xlabel(span.replace("-", "−"))
        right.set_xlabel(f"the heaviest cell: {top}")
        cells = " by ".join(map(str, scores[name].shape))
        text = f"{name}: {cells} cells, scores {span}, a heaviest weight of "
        descriptions.append(text + top)
    head_columns(axes[0], ("query", "scene", "scores", "weights α"))
    return figure, (
        "One question to each network: query, scene, a map of scores, bright "
        "in several places, and a map of weights, bright in only a few. "
        f"{'; '.join(descriptions)}."
    )


@picture
def localization_example(
    scene: Batch, weights: Float[Tensor, "1 i j"], found: Localization
) -> tuple[Figure, str]:
    """Show what hit, purity and mass measure on a single scene."""
    figure, (places, ink, mass) = axes_row(2.8, 3)
    image, side = scene.image[0], scene.image.shape[2]
    queried = int(scene.query_index[0])
    line: dict[str, Any] = {"lw": 1.6, "clip_on": False}
    show(places, (image * 0.45).byte())
    for k, corner in enumerate(scene.positions[0].tolist()):
        box(places, corner, SIDE, ls="-" if k == queried else ":", **line)
    row, column = peaks(weights, side)[0].tolist()
    places.plot(column - 0.5, row - 0.5, "+", color="white", ms=11, mew=2)
    mask = upsample(weights, side)[0]
    show(ink, (image * mask / mask.max()).byte())
    box(mass, scene.positions[0, queried].tolist(), SIDE, **line)
    overlay(mass, weights[0], image)
    hit = "yes" if found.hit[0] else "no"
    purity, inside = found.purity[0].item(), found.mass[0].item()
    places.set(title=f"hit: {hit}", xlabel="is the peak on the queried one?")
    ink.set(title=f"purity: {purity:.2f}")
    ink.set(xlabel="whose ink is under the weights?")
    mass.set(title=f"mass: {inside:.2f}")
    mass.set(xlabel="how much weight is in the box?")
    return figure, (
        "One scene, three times. On the left, the boxes of its symbols, with "
        "a solid line around the queried one, and a cross at the peak of the "
        f"weights; hit: {hit}. In the middle, the ink that the weights let "
        f"through; purity {purity:.2f}. On the right, a map of the weights "
        f"with the queried symbol's box; mass {inside:.2f}."
    )


@picture
def occlusion(
    examples: dict[str, UInt8[Tensor, "3 h w"]],
    answers: Int64[Tensor, "n"],
    stays: dict[str, dict[str, float]],
) -> tuple[Figure, str]:
    """Show what was erased, and how often the answer stays.

    `stays[place][way]` is the share of answers that stay when a place is
    erased from the whole image, from the values or from the keys.
    """
    figure, axes = axes_grid(3.6, 2, len(examples), height_ratios=[3, 2])
    descriptions = []
    for k, (place, image) in enumerate(examples.items()):
        above, below = axes[:, k]
        show(above, image)
        above.set_title(fill(place, 19), fontsize=9)
        above.set_xlabel(f"now says {COLORS[answers[k]]}")
        ways, shares = list(stays[place]), list(stays[place].values())
        colors = (INK, BLUE, FAINT)[: len(ways)]
        bars = below.barh(ways, shares, height=0.7, color=colors, ec=colors)
        below.bar_label(bars, map("{:.0%}".format, shares), padding=2)
        below.set(xlim=(0, 1.45), xticks=[])
        below.spines["bottom"].set_visible(False)
        below.tick_params(length=0, labelleft=k == 0)
        below.invert_yaxis()
        parts = map("{} {:.0%}".format, ways, shares)
        descriptions.append(f"{place}: {', '.join(parts)}")
    axes[1, 0].set_title("answers that stay", fontsize=9)
    return figure, (
        f"One scene with {len(examples)} different places painted black. "
        "Bars below show the share of all answers that stay when each is "
        f"erased. {'; '.join(descriptions)}."
    )


@picture
def error_gallery(
    scenes: Batch,
    weights: Float[Tensor, "n i j"],
    answers: Int64[Tensor, "n"],
    letters: Sequence[str],
) -> tuple[Figure, str]:
    """Show every wrong answer: query, scene, a ring at the peak.

    A letter says what kind of error it is, a small square what was answered.
    """
    n = len(scenes)
    figure, axes = tiles(n, 8, 1.42, (32, 64))
    at = peaks(weights, scenes.image.shape[2])
    for k, (query, scene) in enumerate(axes):
        show(query, scenes.query[k, 0])
        show(scene, scenes.image[k])
        down, right = at[k].tolist()
        scene.plot(right, down, "o", ms=9, mfc="none", mec="white", mew=1.2)
        corner: dict[str, Any] = {"transform": query.transAxes, "va": "top"}
        query.text(-0.12, 1, letters[k], ha="right", **corner)
        query.text(1.1, 0.9, "■", color=TINTS[int(answers[k])], **corner)
    figure.get_layout_engine().set(w_pad=0.01, h_pad=0.02)  # type: ignore
    kinds = [f"{letters.count(k)} of {k}" for k in dict.fromkeys(letters)]
    target, answer = COLORS[int(scenes.target[0])], COLORS[int(answers[0])]
    return figure, (
        f"{n} scenes with colored symbols on black, each below its white "
        "query, with a ring where the network looked and a small square in "
        f"the color it answered, wrongly. In the first, {target} is right "
        f"and the answer was {answer}. Kinds: {', '.join(kinds)}."
    )
