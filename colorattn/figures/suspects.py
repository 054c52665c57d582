"""One figure for each suspect of chapter 9, measured on nets as they are."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from colorattn.figures.curves import label
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture

LOOKS = ((BLUE, "-", "o"), (ORANGE, "--", "s"), (INK, ":", "^"))


@picture
def loudness(
    factors: Sequence[float],
    losses: Sequence[float],
    sure: Sequence[tuple[float, float]],
) -> tuple[Figure, str]:
    """Show the loss of louder logits, and how right a net is when so sure.

    `sure` pairs a mean confidence with the share of right answers, 0 to 1.
    """
    figure = Figure((WIDTH, 2.8))
    left, right = figure.subplots(1, 2)
    left.plot(factors, losses, "-o", color=BLUE, ms=4)
    best = int(np.argmin(losses))
    now = int(np.argmin(np.abs(np.log(factors))))
    for place, text, by in ((now, "as it is", 4), (best, "best", -14)):
        left.plot(factors[place], losses[place], "o", color=ORANGE, ms=8)
        left.annotate(
            text,
            (factors[place], losses[place]),
            (9, by),
            textcoords="offset points",
        )
    left.set_xscale("log", base=2)
    left.set(xlabel="logits times", ylabel="loss (nats)", ylim=(0, None))
    left.set_xticks(factors[::2], [f"{f:g}" for f in factors[::2]])
    confidence, accuracy = 100 * np.array(sure).T
    right.plot([33, 100], [33, 100], color=FAINT, ls="--")
    right.plot(confidence, accuracy, "-o", color=BLUE, ms=4)
    right.text(98, 90, "as sure\nas right", ha="right", va="top", color=INK)
    right.set(xlabel="confidence (%)", ylabel="right answers (%)")
    pairs = ", ".join(
        f"{c:.0f}% sure and {a:.0f}% right"
        for c, a in zip(confidence, accuracy, strict=True)
    )
    side = "above" if (accuracy > confidence).all() else "not always above"
    return figure, (
        f"Left, the loss by a factor on the logits: {losses[now]:.2f} nats as "
        f"they are, lowest with {losses[best]:.2f} nats at {factors[best]:g} "
        f"times. Right, how often answers are right by how sure the net is, "
        f"{side} the dashed line of a net that is as sure as it is right: "
        f"{pairs}."
    )


@picture
def moved(
    by: Sequence[int], accuracies: dict[str, Sequence[float]], centered: float
) -> tuple[Figure, str]:
    """Show the accuracy when all cells are moved under a trained net, in px.

    `centered` is the move that puts each cell around its key.
    """
    figure = Figure((WIDTH, 2.7))
    axis = figure.subplots()
    told = []
    for (name, values), (color, line, mark) in zip(
        accuracies.items(), LOOKS, strict=False
    ):
        each = 100 * np.asarray(values)
        axis.plot(by, each, color=color, ls=line, marker=mark, ms=4)
        best, here = int(each.argmax()), list(by).index(0)
        if len(accuracies) > 1:
            label(axis, by[-1], each[-1], name, color)
        told.append(
            f"{name}: {each[here]:.1f}% where they are, at best "
            f"{each[best]:.1f}% at {by[best]:+d} px, {each[0]:.0f}% at "
            f"{by[0]:+d} px and {each[-1]:.0f}% at {by[-1]:+d} px"
        )
    axis.axvline(0, color=FAINT, ls="--")
    axis.axvline(centered, color=FAINT, ls=":")
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.12 * (high - low))
    for place, text in ((0, "as in the post"), (centered, "around its key")):
        side = "left" if place == 0 else "right"
        axis.text(place, high, f" {text} ", ha=side, va="bottom")
    axis.set(xlabel="cells moved down and right (px)", ylabel="accuracy (%)")
    return figure, (
        "Accuracy by how far all cells are moved while the weights stay. "
        + "; ".join(told)
        + f". A dotted line at {centered:g} px, where cells lie around their "
        "keys."
    )


@picture
def layers_alike(
    cases: dict[str, dict[str, Sequence[float]]],
) -> tuple[Figure, str]:
    """Show how alike two descriptions are, layer by layer, in each case.

    `cases` maps a title to lines, and each line to a value for each layer.
    """
    figure = Figure((WIDTH, 2.7))
    axes = figure.subplots(1, len(cases), sharey=True, squeeze=False)[0]
    told = []
    for axis, (title, lines) in zip(axes, cases.items(), strict=True):
        heights = parted([values[-1] for values in lines.values()])
        for (name, values), height, (color, line, mark) in zip(
            lines.items(), heights, LOOKS, strict=False
        ):
            layers = range(1, len(values) + 1)
            axis.plot(layers, values, color=color, ls=line, marker=mark)
            label(axis, layers[-1] + 0.05, height, name, color)
            said = ", ".join(f"{value:.2f}" for value in values)
            told.append(f"{title}, {name} {said}")
        axis.set(title=title, xlabel="after convolution", ylim=(0, 1.05))
        axis.set_xticks(layers)
        axis.set_xlim(0.8, len(layers) + 1.3)
    axes[0].set_ylabel("alike (0 to 1)")
    return figure, (
        "How alike two descriptions of the same drawings are, by layer: "
        + "; ".join(told)
        + "."
    )


def parted(heights: Sequence[float], least: float = 0.09) -> list[float]:
    """Push heights up until words written there do not meet."""
    moved = list(heights)
    order = sorted(range(len(moved)), key=lambda n: moved[n])
    for below, n in zip(order, order[1:], strict=False):
        moved[n] = max(moved[n], moved[below] + least)
    return moved


@picture
def angles(
    cases: dict[str, tuple[np.ndarray, np.ndarray]],
) -> tuple[Figure, str]:
    """Show cosines of pairs of vectors: of one class, and of two classes."""
    figure = Figure((WIDTH, 1.35 * len(cases) + 0.5))
    axes = figure.subplots(len(cases), 1, sharex=True, squeeze=False)[:, 0]
    edges = np.linspace(-1, 1, 101)
    told = []
    for axis, (name, (same, other)) in zip(axes, cases.items(), strict=True):
        for values, color, line, text in (
            (same, BLUE, "-", "one class"),
            (other, ORANGE, "--", "two classes"),
        ):
            heights, _ = np.histogram(values, edges, density=True)
            axis.stairs(heights, edges, color=color, ls=line, lw=1.5)
            axis.stairs(heights, edges, color=color, fill=True, alpha=0.15)
            axis.plot([], [], color=color, ls=line, label=text)
        axis.set(yticks=[], title=name, xlim=(-1, 1))
        axis.spines["left"].set_visible(False)
        told.append(
            f"{name}: {same.mean():.2f} for one class, {other.mean():.2f} "
            "for two"
        )
    axes[0].legend(loc="upper left")
    axes[-1].set_xlabel("cosine of two query vectors")
    return figure, (
        "Heaps of cosines between the query vectors of two drawings. Means, "
        + "; ".join(told)
        + "."
    )
