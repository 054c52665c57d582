"""What follows from a map of weights, and what does not: experiments."""

from collections.abc import Sequence
from textwrap import fill

from jaxtyping import Float, Int64, UInt8
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch
from colorattn.figures.looking import overlay
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, INK, WIDTH, picture


@picture
def cases(
    titles: Sequence[str],
    scenes: Batch,
    weights: Float[Tensor, "n i j"],
    answers: Int64[Tensor, "n"],
) -> tuple[Figure, str]:
    """Show cases two in a row: a title, query, scene, weights, answer."""
    rows = -(-len(titles) // 2)
    figure = Figure((WIDTH, 1.95 * rows))
    axes = figure.subplots(
        rows, 7, squeeze=False, width_ratios=[28, 64, 64, 6, 28, 64, 64]
    )
    for axis in axes.flat:
        axis.set_axis_off()
    said = []
    for k, title in enumerate(titles):
        start = 4 * (k % 2)
        query, scene, map_ = axes[k // 2, start : start + 3]
        show(query, scenes.query[k, 0])
        show(scene, scenes.image[k].permute(1, 2, 0))
        overlay(map_, weights[k], scenes.image[k])
        answer, target = COLORS[answers[k]], COLORS[scenes.target[k]]
        mark = "✓" if answer == target else "✗"
        for axis in scene, map_:
            axis.set_axis_on()
        scene.set_xlabel(f"is {target}")
        map_.set_xlabel(f"{mark} said {answer}")
        scene.set_title(title, x=-0.45).set_in_layout(False)
        scene.title.set_in_layout(True)
        said.append(f"{title}: it is {target}, the net says {answer}")
    return figure, (
        f"{len(titles)} cases, each with its query, its scene and the weights "
        f"as a map. {'; '.join(said)}."
    )


@picture
def without(
    examples: dict[str, UInt8[Tensor, "3 h w"]],
    answers: Int64[Tensor, "n"],
    stays: dict[str, dict[str, float]],
) -> tuple[Figure, str]:
    """Show what was erased, and how often the answer stays.

    `stays[place][way]` is the share of answers that stay when a place is
    erased from the whole image, from the values or from the keys.
    """
    figure = Figure((WIDTH, 3.6))
    axes = figure.subplots(
        2, len(examples), squeeze=False, height_ratios=[3, 2]
    )
    said = []
    for k, (place, image) in enumerate(examples.items()):
        above, below = axes[:, k]
        show(above, image.permute(1, 2, 0))
        above.set_title(fill(place, 19), fontsize=9)
        above.set_xlabel(f"now says {COLORS[answers[k]]}")
        ways = list(stays[place])
        shares = list(stays[place].values())
        bars = below.barh(ways, shares, height=0.7, color=BLUE)
        for bar, color in zip(bars, (INK, BLUE, FAINT), strict=False):
            bar.set_color(color)
        below.bar_label(bars, [f"{s:.0%}" for s in shares], padding=2)
        below.set(xlim=(0, 1.45), xticks=[])
        below.spines["bottom"].set_visible(False)
        below.tick_params(length=0, labelleft=k == 0)
        below.invert_yaxis()
        parts = zip(ways, shares, strict=True)
        told = ", ".join(f"{way} {share:.0%}" for way, share in parts)
        said.append(f"{place}: {told}")
    axes[1, 0].set_title("answers that stay", fontsize=9)
    return figure, (
        f"One scene with {len(examples)} different places painted black, and "
        "below each the share of all answers that stay when it is erased. "
        f"{'; '.join(said)}."
    )


@picture
def stand_ins(
    scenes: Batch,
    own: Float[Tensor, "n i j"],
    others: Float[Tensor, "n i j"],
    notes: Sequence[tuple[str, str]],
) -> tuple[Figure, str]:
    """Show a net's weights above others, with what follows from each."""
    n = len(scenes)
    figure = Figure((WIDTH, 3.45 * WIDTH / max(n, 4) + 0.7))
    axes = figure.subplots(4, n, squeeze=False, height_ratios=[28, 64, 64, 64])
    for k, (before, after) in enumerate(notes):
        show(axes[0, k], scenes.query[k, 0])
        show(axes[1, k], scenes.image[k].permute(1, 2, 0))
        overlay(axes[2, k], own[k], scenes.image[k])
        overlay(axes[3, k], others[k], scenes.image[k])
        axes[2, k].set_xlabel(before)
        axes[3, k].set_xlabel(after)
    titles = "query", "scene", "its weights", "others"
    for axis, title in zip(axes[:, 0], titles, strict=True):
        axis.set_ylabel(title)
    pairs = [f"{before}; instead {after}" for before, after in notes]
    return figure, (
        f"{n} scenes with their queries, and two maps each: the net's own "
        "weights, and others that lie on one cell which the net ignores. "
        f"Under them: {'. '.join(pairs)}."
    )
