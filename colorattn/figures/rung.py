"""One rung of the climb of chapter 10: errors before it, and after."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from colorattn.analysis.statistics import difference
from colorattn.figures.climbing import backdrop, fall
from colorattn.figures.differences import points, spoken, ticks
from colorattn.figures.style import BLUE, ORANGE, WIDTH, picture


@picture
def step(
    wrong: dict[str, Float[np.ndarray, "seeds epochs"]], floor: float
) -> tuple[Figure, str]:
    """Show a net and the next one by epoch, and what each pair gains.

    `wrong` holds shares of wrong answers of both by name, the earlier net
    first, with the same seeds. `floor` is drawn in the place of no error at
    all.
    """
    figure = Figure((WIDTH, 2.7))
    left, right = figure.subplots(1, 2, width_ratios=[1.9, 1])
    means = fall(left, wrong, floor, ((BLUE, "-"), (ORANGE, "--")), 1.3)
    backdrop(left)
    before, after = wrong
    last = len(means[after])
    left.set_xlim(right=1.45 * last)
    left.set_xticks(ticks(last))
    pairs = 100 * (wrong[before][:, -1] - wrong[after][:, -1])
    found = difference(pairs, np.zeros(len(pairs)))
    points(right, pairs, found)
    right.set(xticks=[], xlim=(-1, 1), title="accuracy at the end")
    right.set_ylabel("gained (points)")
    told = " and ".join(
        f"{name} ends at {mean[-1]:.1f}%" for name, mean in means.items()
    )
    return figure, (
        "Left, wrong answers on validation scenes by epoch, on a scale of "
        f"powers of ten, thin lines for {found.seeds} seeds and bold ones for "
        f"their means: {told}. Right, what the rung adds to the "
        f"accuracy of each seed, in points: {spoken(found)}."
    )
