"""The last errors: all of them on one page, and sorted by what is measured."""

from collections.abc import Sequence

from jaxtyping import Float, Int64
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.analysis.localization import peaks
from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch
from colorattn.figures.matching import TINTS
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, ORANGE, WIDTH, picture

COLUMNS = 8  # of a gallery


@picture
def gallery(
    scenes: Batch,
    weights: Float[Tensor, "n i j"],
    answers: Int64[Tensor, "n"],
    letters: Sequence[str],
) -> tuple[Figure, str]:
    """Show every wrong answer: query, scene, a ring where the peak lies.

    Each has a letter, its kind. A small square has the color that was named.
    """
    n = len(scenes)
    rows = -(-n // COLUMNS)
    figure = Figure((WIDTH, 1.42 * rows))
    axes = figure.subplots(
        2 * rows, COLUMNS, squeeze=False, height_ratios=[32, 64] * rows
    )
    for axis in axes.flat:
        axis.set_axis_off()
    at = peaks(weights, scenes.image.shape[2])
    counts: dict[str, int] = {}
    for k, letter in enumerate(letters):
        row, column = 2 * (k // COLUMNS), k % COLUMNS
        query, scene = axes[row : row + 2, column]
        show(query, scenes.query[k, 0])
        show(scene, scenes.image[k].permute(1, 2, 0))
        down, right = at[k].tolist()
        scene.plot(right, down, "o", ms=9, mfc="none", mec="white", mew=1.2)
        query.text(
            -0.12, 1, letter, transform=query.transAxes, va="top", ha="right"
        )
        query.text(
            1.1,
            0.9,
            "■",
            transform=query.transAxes,
            va="top",
            color=TINTS[int(answers[k])],
        )
        counts[letter] = counts.get(letter, 0) + 1
    figure.get_layout_engine().set(w_pad=0.01, h_pad=0.02)  # type: ignore
    each = ", ".join(f"{m} of {letter}" for letter, m in counts.items())
    named = [COLORS[a] for a in answers.tolist()]
    first = f"The first is {COLORS[int(scenes.target[0])]} and called " + (
        f"{named[0]}."
    )
    return figure, (
        f"{n} scenes with colored symbols on black, each below its white "
        "query, with a ring where the net looked and a small square of the "
        f"color that it named, wrongly. {first} Kinds: {each}."
    )


@picture
def kinds(
    among_errors: Sequence[float],
    among_all: Sequence[float],
    names: Sequence[str],
) -> tuple[Figure, str]:
    """Show how common each kind is among errors, and among all scenes."""
    figure = Figure((WIDTH, 0.9 + 0.38 * len(names)))
    axis = figure.subplots()
    told = []
    for row, (wrong, everywhere, name) in enumerate(
        zip(among_errors, among_all, names, strict=True)
    ):
        ends = 100 * everywhere, 100 * wrong
        axis.plot(ends, [row, row], color=FAINT, lw=1.2, zorder=1)
        axis.plot(ends[0], row, "D", color=BLUE, mfc="none", ms=7)
        axis.plot(ends[1], row, "o", color=ORANGE, ms=7)
        told.append(f"{name} {ends[1]:.0f}% and {ends[0]:.1f}%")
    for mark, color, fill, text in (
        ("o", ORANGE, ORANGE, "of the wrong answers"),
        ("D", BLUE, "none", "of all scenes"),
    ):
        axis.plot([], [], mark, color=color, mfc=fill, label=text)
    figure.legend(loc="outside upper right", ncols=2)
    axis.set_yticks(range(len(names)), list(names))
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set(xlabel="share (%)", xlim=(-2, None))
    return figure, (
        "How common each kind of scene is among the wrong answers, and among "
        f"all scenes: {'; '.join(told)}."
    )
