"""Where a net looks, and what that says: maps, measures, answers."""

from typing import Any

import torch
from jaxtyping import Float, Int64, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from colorattn.analysis.localization import Localization, upsample
from colorattn.data.scene import COLORS, SIDE
from colorattn.data.stream import Batch
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, ORANGE, PAPER, WIDTH, picture

COLUMNS = 5  # of a batch


@picture
def predictions(
    scenes: Batch,
    weights: Float[Tensor, "n i j"],
    answers: Int64[Tensor, "n"],
) -> tuple[Figure, str]:
    """Show query, scene and weights; name the answer, and mark the wrong."""
    rows = -(-len(scenes) // COLUMNS)
    figure = Figure((WIDTH, 3.9 * rows))
    axes = figure.subplots(
        3 * rows, COLUMNS, squeeze=False, height_ratios=[28, 64, 64] * rows
    )
    for axis in axes.flat:
        axis.set_axis_off()
    said = []
    for k in range(len(scenes)):
        row, column = 3 * (k // COLUMNS), k % COLUMNS
        query, scene, below = axes[row : row + 3, column]
        show(query, scenes.query[k, 0])
        show(scene, scenes.image[k].permute(1, 2, 0))
        overlay(below, weights[k], scenes.image[k])
        answer, target = COLORS[answers[k]], COLORS[scenes.target[k]]
        right = answer == target
        said.append(answer if right else f"{answer}, is {target}")
        below.set_axis_on()
        below.set_xlabel(f"✓ {answer}" if right else f"✗ {said[-1]}")
        if not right:
            frame(scene)
            frame(below)
    wrong = int((answers != scenes.target).sum())
    return figure, (
        f"{len(scenes)} scenes, each with its white query above and the "
        "weights as a map below, bright where they are high. The answers are "
        f"{'; '.join(said)}. {wrong or 'None'} of them "
        f"{'is' if wrong == 1 else 'are'} wrong, with a frame of dashes."
    )


@picture
def from_scores(
    image: UInt8[Tensor, "3 h w"],
    query: UInt8[Tensor, "28 28"],
    scores: dict[str, Float[Tensor, "_ _"]],
    weights: dict[str, Float[Tensor, "_ _"]],
) -> tuple[Figure, str]:
    """Show the scores and the weights of several nets for one question."""
    figure = Figure((WIDTH, 2.2 * len(scores)))
    axes = figure.subplots(
        len(scores), 4, squeeze=False, width_ratios=[40, 64, 64, 64]
    )
    said = []
    for row, name in zip(axes, scores, strict=True):
        show(row[0], query)
        show(row[1], image.permute(1, 2, 0))
        overlay(row[2], scores[name], image, cmap="viridis")
        overlay(row[3], weights[name], image)
        low, high = scores[name].min().item(), scores[name].max().item()
        top = weights[name].max().item()
        row[0].set_ylabel(name)
        row[2].set_xlabel(f"from {low:.0f} to {high:.0f}".replace("-", "−"))
        row[3].set_xlabel(f"the heaviest cell: {top:.2f}")
        cells = " by ".join(map(str, scores[name].shape))
        said.append(
            f"{name}: {cells} cells, scores from {low:.0f} to {high:.0f}, "
            f"a heaviest weight of {top:.2f}"
        )
    titles = "query", "scene", "scores", "weights α"
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title)
    return figure, (
        "One question to each net: query, scene, a map of scores, which is "
        "bright in several places, and a map of weights, which is bright in "
        f"few. {'; '.join(said)}."
    )


@picture
def anatomy(
    scene: Batch, weights: Float[Tensor, "1 i j"], found: Localization
) -> tuple[Figure, str]:
    """Show what hit, purity and mass measure on a single scene."""
    figure = Figure((WIDTH, 2.8))
    places, ink, mass = figure.subplots(1, 3)
    image, side = scene.image[0], scene.image.shape[2]
    mask = upsample(weights, side)[0]
    show(places, (image.permute(1, 2, 0) * 0.45).byte())
    for k, (row, column) in enumerate(scene.positions[0].tolist()):
        asked = k == int(scene.query_index[0])
        outline(places, row, column, "-" if asked else ":", 1.6)
        if asked:
            outline(mass, row, column, "-", 1.6)
    cell = int(weights.argmax())
    width = weights.shape[2]
    point = torch.tensor([cell // width, cell % width]) + 0.5
    row, column = (point * side / torch.tensor(weights.shape[1:])).tolist()
    places.plot(column - 0.5, row - 0.5, "+", color="white", ms=11, mew=2)
    lit = image * mask / mask.max()
    show(ink, lit.permute(1, 2, 0).byte())
    overlay(mass, weights[0], image)
    hit = "yes" if found.hit[0] else "no"
    purity, inside = found.purity[0].item(), found.mass[0].item()
    places.set_title(f"hit: {hit}")
    ink.set_title(f"purity: {purity:.2f}")
    mass.set_title(f"mass: {inside:.2f}")
    places.set_xlabel("is the peak on the queried one?")
    ink.set_xlabel("whose ink is under the weights?")
    mass.set_xlabel("how much weight is in the box?")
    return figure, (
        "One scene, three times. Left, the boxes of its symbols, that of the "
        f"queried one solid, and a cross at the peak; hit: {hit}. Middle, "
        f"the ink that the weights let through; purity {purity:.2f}. Right, "
        "the weights as a map with the queried symbol's box; mass "
        f"{inside:.2f}."
    )


@picture
def measured(found: dict[str, Localization]) -> tuple[Figure, str]:
    """Show the mean hit, purity and mass of several kinds of weights."""
    figure = Figure((WIDTH, 0.55 + 0.36 * len(found)))
    axes = figure.subplots(1, 3, sharey=True)
    names = list(found)
    said: dict[str, list[str]] = {name: [] for name in names}
    for axis, field in zip(axes, Localization._fields, strict=True):
        means = [getattr(found[n], field).float().mean().item() for n in names]
        bars = axis.barh(names, means, height=0.65, color=BLUE)
        bars[0].set(color=FAINT, hatch="///", edgecolor=PAPER)
        axis.bar_label(bars, [f"{m:.0%}" for m in means], padding=3)
        axis.set(title=field, xlim=(0, 1.25), xticks=[])
        axis.spines["bottom"].set_visible(False)
        axis.tick_params(length=0)
        for name, mean in zip(names, means, strict=True):
            said[name].append(f"{field} {mean:.0%}")
    axes[0].invert_yaxis()
    lines = "; ".join(f"{n}: {', '.join(said[n])}" for n in names)
    return figure, f"Three rows of bars, of hit, purity and mass. {lines}."


def overlay(
    axis: Axes,
    weights: Float[Tensor, "i j"],
    image: UInt8[Tensor, "3 h w"],
    cmap: str = "magma",
) -> None:
    """Draw a map over the canvas, with thin lines where the ink is."""
    height, width = image.shape[1:]
    extent = -0.5, width - 0.5, height - 0.5, -0.5
    show(axis, weights, cmap=cmap, extent=extent)
    ink = image.amax(dim=0).numpy()
    axis.contour(ink, [128], colors="white", linewidths=0.5)
    axis.set(xlim=extent[:2], ylim=extent[2:])


def outline(
    axis: Axes, row: int, column: int, line: str, width: float
) -> None:
    """Draw a symbol's box."""
    corner = column - 0.5, row - 0.5
    options: dict[str, Any] = {"fill": False, "ec": "white", "clip_on": False}
    axis.add_patch(Rectangle(corner, SIDE, SIDE, ls=line, lw=width, **options))


def frame(axis: Axes) -> None:
    """Frame a picture with dashes, so that it is found at a glance."""
    axis.set_axis_on()
    for spine in axis.spines.values():
        spine.set(visible=True, color=ORANGE, linewidth=2.5, linestyle="--")
