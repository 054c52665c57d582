"""The net of chapter 4: its plan, its layers, its two ways to read."""

from collections.abc import Sequence
from math import log

from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.layers import mosaic
from colorattn.figures.scenes import show
from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture

SHAPES = {  # of the plan: column and row of each step, and its name
    "image": (0, 0, "image x"),
    "keys": (1, 0, "keys K"),
    "scores": (2, 0, "scores s"),
    "weights": (3, 0, "weights α"),
    "masked": (4, 0, "masked image"),
    "query": (0, 1, "query γ"),
    "vector": (1, 1, "query vector q"),
    "logits": (3, 1, "logits"),
    "glimpse": (4, 1, "glimpse"),
}
ARROWS = (
    ("image", "keys"),
    ("query", "vector"),
    ("keys", "scores"),
    ("vector", "scores"),
    ("scores", "weights"),
    ("weights", "masked"),
    ("masked", "glimpse"),
    ("glimpse", "logits"),
)


@picture
def plan(steps: dict[str, Tensor]) -> tuple[Figure, str]:
    """Show what flows through the net for one scene, with all shapes.

    `steps` holds image (3 h w) and query (1 h w) as bytes, keys (c i j),
    vector (c), scores and weights (i j), masked (3 h w), glimpse and
    logits (3).
    """
    figure = Figure((WIDTH, 3.5))
    figure.set_layout_engine("none")
    axes = {}
    for name, (column, row, title) in SHAPES.items():
        box = 0.015 + 0.203 * column, 0.54 - 0.5 * row, 0.158, 0.316
        axes[name] = figure.add_axes(box)
        shape = " × ".join(map(str, steps[name].shape))
        axes[name].set_title(f"{title}\n{shape}", fontsize=8)
    show(axes["image"], steps["image"].permute(1, 2, 0))
    show(axes["query"], steps["query"][0])
    show(axes["keys"], mosaic(steps["keys"], columns=8), cmap="gray")
    show(axes["vector"], steps["vector"].view(-1, 8), cmap="gray")
    show(axes["scores"], steps["scores"], cmap="magma")
    show(axes["weights"], steps["weights"], cmap="magma")
    lit = steps["masked"] / steps["masked"].max()
    show(axes["masked"], lit.clamp(0, 1).permute(1, 2, 0))
    for name, digits in ("glimpse", 3), ("logits", 1):
        bars(axes[name], steps[name], digits)
    for start, end in ARROWS:
        arrow(figure, axes[start], axes[end])
    answer = COLORS[int(steps["logits"].argmax())]
    size = " by ".join(map(str, steps["weights"].shape))
    return figure, (
        "The plan of the net for one scene. Top row: the image becomes "
        f"{len(steps['keys'])} maps of keys; compared with the query vector, "
        f"which comes from the query below, they give {size} scores, then "
        f"weights, the largest {float(steps['weights'].max()):.0%}, and the "
        "image masked by them. Bottom right: its mean color is the glimpse, "
        f"and the head makes logits, of which {answer} is the largest."
    )


@picture
def two_ways(
    weights: Float[Tensor, "i j"],
    masked: Float[Tensor, "3 h w"],
    values: Float[Tensor, "3 i j"],
    glimpses: tuple[Tensor, Tensor],
) -> tuple[Figure, str]:
    """Show a mask on the image beside weights on the cells' mean colors."""
    figure = Figure((WIDTH, 2.2))
    axes = figure.subplots(1, 4)
    show(axes[0], weights, cmap="magma")
    show(axes[1], (masked / masked.max()).permute(1, 2, 0))
    show(axes[2], (values / values.max()).permute(1, 2, 0))
    weighted = values * weights
    show(axes[3], (weighted / weighted.max()).permute(1, 2, 0))
    for axis, title in zip(
        axes,
        ("weights α", "image × mask", "values v", "α · v"),
        strict=True,
    ):
        axis.set_title(title)
    same = [" ".join(f"{x:.4f}" for x in g.tolist()) for g in glimpses]
    axes[1].set_xlabel(f"mean: {same[0]}", fontsize=7)
    axes[3].set_xlabel(f"Σ / {weights.numel()}: {same[1]}", fontsize=7)
    verdict = "the same" if same[0] == same[1] else "not the same"
    return figure, (
        "Four maps. The weights; the image under the upsampled mask, where "
        "little is left; the mean color of each cell; and those colors times "
        "the weights, a coarse copy of the second map. The mean of the second "
        f"and the sum of the fourth over {weights.numel()} are {verdict}: "
        f"{same[0]}."
    )


@picture
def scaling(
    scales: Sequence[float],
    losses: dict[str, list[float]],
    chosen: float | int,
) -> tuple[Figure, str]:
    """Show the loss that each head scale leaves, for several weights."""
    figure = Figure((WIDTH, 3.0))
    axis = figure.subplots()
    looks = zip((BLUE, BLUE, ORANGE), ("-", "--", "-."), strict=True)
    for (name, values), (color, line) in zip(
        losses.items(), looks, strict=False
    ):
        axis.semilogx(scales, values, line, color=color, label=name)
    axis.axhline(log(3), color=FAINT, lw=0.8, ls=":")
    axis.text(scales[0], log(3), "ln 3: guessing", va="bottom")
    axis.axvline(chosen, color=INK, lw=0.8)
    axis.annotate(
        f"the post: {chosen:g}",
        (chosen, 2.2),
        (4, 0),
        textcoords="offset points",
    )
    axis.set(xlabel="scale of the head", ylabel="loss (nats)", ylim=(0, 2.5))
    axis.legend(loc="lower left", fontsize=8)
    near = min(range(len(scales)), key=lambda n: abs(scales[n] - chosen))
    told = "; ".join(
        f"{name}: {each[0]:.2f} at the smallest scale, {each[near]:.2f} at "
        f"the post's {chosen:g}, {each[-1]:.2f} at the largest"
        for name, each in losses.items()
    )
    return figure, (
        "Curves of the loss over the scale of the head, with a dotted line "
        f"at ln 3, which is guessing. {told}."
    )


def bars(axis: Axes, values: Float[Tensor, "3"], digits: int) -> None:
    """Draw a number for each color, named in words."""
    drawn = axis.bar(COLORS, values.tolist(), color=BLUE, width=0.7)
    axis.bar_label(drawn, fmt=f"%.{digits}f", padding=2, fontsize=7)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.3 * (high - low)
    axis.set_ylim(low - room, high + room)
    axis.set_yticks([])
    axis.axhline(0, color=INK, lw=0.8)
    axis.tick_params(length=0, pad=1)
    axis.spines[["left", "bottom"]].set_visible(False)


def arrow(figure: Figure, start: Axes, end: Axes) -> None:
    """Draw an arrow between two panels: to the right, down or to the left."""
    a, b = start.get_position(), end.get_position()
    height = a.y0 + a.height / 2
    if a.x0 == b.x0:
        middle = a.x0 + a.width / 2
        ends = (middle, a.y0), (middle, b.y1 + 0.12)  # above the title
    elif a.x0 < b.x0:
        ends = (a.x1, height), (b.x0, b.y0 + b.height / 2)
    else:
        ends = (a.x0, height), (b.x1, height)
    figure.add_artist(
        FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=9, color=INK)
    )
