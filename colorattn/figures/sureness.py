"""How sure a net is, and what its sureness tells."""

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.style import BLUE, FAINT, INK, ORANGE, WIDTH, picture


@picture
def reliability(
    confidence: dict[str, Float[Tensor, "n"]],
    right: dict[str, Bool[Tensor, "n"]],
    fewest: int = 20,
) -> tuple[Figure, str]:
    """Show how often answers are right, by how sure the net says it is.

    Steps of confidence with fewer answers than `fewest` are left out.
    """
    figure = Figure((WIDTH, 3.0))
    axis = figure.subplots()
    axis.plot([0.33, 1], [0.33, 1], color=FAINT, ls=":")
    axis.text(0.45, 0.43, "as sure as right", color=INK, va="top")
    looks = zip(confidence, (BLUE, ORANGE), ("o-", "s--"), strict=False)
    said = []
    for name, color, line in looks:
        step = (10 * confidence[name]).long().clamp(max=9)
        steps = [s for s in range(3, 10) if (step == s).sum() >= fewest]
        sure = [confidence[name][step == s].mean().item() for s in steps]
        true = [right[name][step == s].float().mean().item() for s in steps]
        axis.plot(sure, true, line, color=color, ms=5)
        alone = len(steps) == 1
        axis.annotate(
            name,
            (sure[0], true[0]),
            (2, -16) if alone else (10, 2),
            textcoords="offset points",
            color=color,
            ha="right" if alone else "left",
        )
        said.append(
            f"{name} is right in {true[0]:.0%} where it is {sure[0]:.0%} "
            f"sure, and in {true[-1]:.0%} where it is {sure[-1]:.0%} sure"
        )
    axis.set(xlabel="how sure the net says it is", ylabel="share right")
    axis.set(xlim=(0.33, 1.02), ylim=(0.33, 1.05))
    return figure, (
        "The share of right answers over the confidence, and a dotted line "
        f"on which both would be equal. {'; '.join(said)}."
    )


@picture
def overlap(
    signs: dict[str, dict[str, tuple[np.ndarray, np.ndarray, float]]],
) -> tuple[Figure, str]:
    """Show how far present and absent symbols differ in some signs.

    `signs[net][sign]` holds the numbers of present symbols, those of absent
    ones, and how often, in a random pair, the present one's is higher.
    """
    columns = len(next(iter(signs.values())))
    figure = Figure((WIDTH, 1.9 * len(signs)))
    axes = figure.subplots(len(signs), columns, squeeze=False)
    said = []
    for row, (net, found) in zip(axes, signs.items(), strict=True):
        for axis, (sign, (present, absent, told)) in zip(
            row, found.items(), strict=True
        ):
            both = np.concatenate([present, absent])
            steps = np.linspace(both.min(), both.max(), 30)
            axis.hist(present, steps, color=BLUE, alpha=0.8)
            axis.hist(absent, steps, histtype="step", color=ORANGE, lw=1.8)
            axis.set(yticks=[], xlabel=sign)
            axis.spines["left"].set_visible(False)
            axis.set_title(f"{net}: {told:.0%} told apart", fontsize=9)
            said.append(f"{net}, {sign}: {told:.0%}")
    axes[0, 0].text(
        0.02,
        0.95,
        "filled: present\nline: absent",
        transform=axes[0, 0].transAxes,
        va="top",
    )
    return figure, (
        "Pairs of histograms, filled for symbols that are in the scene, a "
        "line for those that are not. They overlap; in a random pair the one "
        f"that is present has the higher number in: {'; '.join(said)}."
    )
