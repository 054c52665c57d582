"""A table of numbers over colors."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from colorattn.figures.panels import shades, write_cells
from colorattn.figures.style import INK, axes_row, picture


@picture
def table(
    percent: Float[Tensor, "rows columns"],
    rows: Sequence[str],
    columns: Sequence[str],
    axes: tuple[str, str],
    heading: str = "",
    low: float = 0.0,
) -> tuple[Figure, str]:
    """Show percentages as a table whose cells are bluer where they are high.

    A cell that is NaN stays empty. `axes` says what rows and columns are,
    and `heading` what is measured; cells of `low` percent are clear.
    """
    values = percent.numpy()
    many = len(columns) > 4
    dark = low + 0.6 * (np.nanmax(values) - low)
    figure, (axis,) = axes_row(1.3 + (0.45 if many else 0.5) * len(rows))
    axis.imshow(shades(percent, low), aspect="auto")
    write_cells(
        axis, percent, "{:.0f}".format, lambda x: "white" if x > dark else INK
    )
    axis.set_xticks(range(len(columns)), columns)
    axis.set_yticks(range(len(rows)), rows)
    if many:
        axis.tick_params(axis="x", rotation=40)
    axis.set(ylabel=axes[0], xlabel=axes[1], title=heading)
    order = np.nan_to_num(values, nan=-1.0).ravel().argsort()[::-1]
    highest = [divmod(int(n), len(columns)) for n in order[:3]]
    cells = ", ".join(
        f"{values[r, c]:.0f}% for {rows[r]} and {columns[c]}"
        for r, c in highest
    )
    return figure, (
        f"{heading or 'A table of percentages'}. Rows: {axes[0]}; columns: "
        f"{axes[1]}. The highest are {cells}."
    )
