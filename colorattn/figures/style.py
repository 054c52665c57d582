"""One style for all figures, and the alt text that goes with each.

The background is light in both themes of the book, so one file serves both.
Series differ in color, line style, marker and direct label; the colors are
those of Okabe and Ito (2008), which are safe for color-blind readers.
"""

import base64
import io
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

PAPER, INK, FAINT = "#fbfaf7", "#1d2433", "#8a90a0"
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
WIDTH = 7.0  # inches: a book column
STYLE: dict[Any, Any] = {
    "figure.facecolor": PAPER,
    "figure.dpi": 200,  # crisp on screens of high density
    "figure.constrained_layout.use": True,
    "axes.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "font.size": 9,
    "legend.frameon": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
}
P = ParamSpec("P")
T = TypeVar("T")
Number = float | int


class Series(NamedTuple):
    """How one of several series is drawn."""

    color: str
    line: Any  # a name of Matplotlib's, or its pattern of dashes
    marker: str


SERIES = (
    Series(BLUE, "-", "o"),
    Series(ORANGE, "--", "s"),
    Series(GREEN, ":", "^"),
    Series(INK, "-.", "D"),
    Series(PINK, (0, (3, 1, 1, 1, 1, 1)), "v"),
)


def in_series(named: Mapping[str, T]) -> Iterator[tuple[str, T, Series]]:
    """Yield each name and value with the style of its place.

    Raises ValueError for more values than there are styles.
    """
    if len(named) > len(SERIES):
        raise ValueError(
            f"{len(named)} series are too many to tell apart: draw at most "
            f"{len(SERIES)} in one figure."
        )
    for (name, value), style in zip(named.items(), SERIES, strict=False):
        yield name, value, style


class Picture:
    """A figure together with its alt text: what it shows, in words.

    As the last line of a notebook's cell it shows itself.
    """

    def __init__(self, figure: Figure, alt: str):
        """Keep both. Raises ValueError if the alt text is missing."""
        if len(alt) < 20:
            raise ValueError("say in the alt text what is to be seen.")
        self.figure = figure
        self.alt = alt

    def __repr__(self) -> str:
        """Name the size and the number of axes, which never vary."""
        width, height = self.figure.get_size_inches()
        axes = len(self.figure.axes)
        return f"<Picture {width:.1f} x {height:.1f} in, {axes} axes>"

    def png(self) -> bytes:
        """Render the figure; the bytes do not name the software.

        A palette of 256 colors looks the same, at about a third of the size.
        """
        drawn, file = io.BytesIO(), io.BytesIO()
        with matplotlib.rc_context(STYLE):
            self.figure.savefig(drawn, metadata={"Software": None})
        most, plain = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
        image = Image.open(drawn).convert("RGB")
        reduced = image.quantize(method=most, kmeans=1, dither=plain)
        reduced.save(file, "png", optimize=True)
        return file.getvalue()

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        """Show the picture in notebooks, at half its pixels."""
        width = int(self.figure.get_size_inches()[0] * 100)
        png = base64.b64encode(self.png()).decode()
        about = {"image/png": {"alt": self.alt, "width": width}}
        return {"image/png": png, "text/plain": repr(self)}, about


def picture(draw: Callable[P, tuple[Figure, str]]) -> Callable[P, Picture]:
    """Make a function that returns (figure, alt text) draw in this style."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Picture:
        with matplotlib.rc_context(STYLE):
            return Picture(*draw(*map(to_numpy, args), **to_numpy(kwargs)))

    return styled


def to_numpy(value: Any) -> Any:
    """Turn the pandas tables in an argument into arrays, also inside it."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.to_numpy()
    if isinstance(value, dict):
        return {key: to_numpy(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = map(to_numpy, value)
        named = hasattr(value, "_fields")
        return type(value)(*parts) if named else type(value)(parts)
    return value


def axes_row(
    height: Number, columns: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """Return a figure as wide as the column, with a row of axes."""
    figure, axes = axes_grid(height, 1, columns, **options)
    return figure, axes[0]


def axes_grid(
    height: Number, rows: int, columns: int, **options: Any
) -> tuple[Figure, Any]:
    """Return a figure as wide as the column, with an array of axes."""
    figure = Figure((WIDTH, height))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)
