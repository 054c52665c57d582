"""One style for all figures, and the alt text that goes with each.

A notebook shows pixels on light paper. They carry the same figure as a drawing
with two inks and no ground, which the book shows in the light and in the dark.
Series differ in color, line style, marker and direct label; the colors are
those of Okabe and Ito (2008), which are safe for color-blind readers.
"""

import base64
import functools
import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zlib import crc32

import matplotlib
import numpy as np
import pandas as pd
from jaxtyping import UInt8
from matplotlib import font_manager
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

PAPER, INK, FAINT = "#fbfaf7", "#1d2433", "#8a90a0"
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
QUERY, KEY, VALUE = "#7b3fb5", "#0b7285", "#b0246f"
TINTS = ("#ff5a4f", "#3fcf6b", "#6aa8ff")  # red, green, blue on black
SHADES = ("#d62728", "#1e8b3a", "#2b5fd9")  # and on paper
DARK = "#1d2434"  # the ink on a light ground of its own, also in the dark
IN_THE_DARK = {
    PAPER: "#14171d",
    INK: "#dde1e8",
    FAINT: "#737b8a",
    BLUE: "#56b4e9",
    ORANGE: "#ff9d52",
    GREEN: "#2fc79b",
    PINK: "#e6a3cb",
    QUERY: "#c3a2ff",
    KEY: "#66d0e4",
    VALUE: "#ff8cc4",
    **dict(zip(SHADES, TINTS, strict=True)),
}
SCORES, WEIGHTS = "viridis", "magma"  # the colormap of each
TYPEFACE, FAMILY = Path(__file__).parent / "typeface", "Attention Sans"
LONG = 400  # letters of a path that needs one decimal only
DRAWING = "svg"  # where a PNG carries the figure as a drawing
TITLE = "title"  # and its title
LONGEST = 80  # letters of a title, which has one line
ABOVE = 0.3  # inches: its height
WIDTH = 7.0  # inches: a book column
STYLE: dict[Any, Any] = {
    "figure.facecolor": PAPER,
    "font.family": [FAMILY, "DejaVu Sans"],  # the second has more signs
    "figure.dpi": 200,  # crisp on screens of high density
    "figure.constrained_layout.use": True,
    "axes.facecolor": "none",
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "font.size": 10,
    "legend.frameon": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "image.cmap": "gray",
    "image.composite_image": False,  # each at its own size in a drawing
    "image.interpolation": "nearest",
    "svg.fonttype": "path",
    "svg.hashsalt": FAMILY,  # the same names each time
}
T = TypeVar("T")
Number = float | int


class Series(NamedTuple):
    """How one of several series is drawn."""

    color: str
    line: Any  # a name of matplotlib's, or its pattern of dashes
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
    """A figure with its title, which says what follows, and its alt text.

    As the last line of a notebook's cell it shows itself. The title is above
    the pixels, and beside the drawing, which a page shows with a caption.
    """

    def __init__(self, figure: Figure, alt: str, title: str = ""):
        """Keep them. Raises ValueError if a text is missing or too long."""
        if len(alt) < 20:
            raise ValueError("say in the alt text what is to be seen.")
        if len(title) > LONGEST:
            raise ValueError(f"a title has {LONGEST} letters at most: {title}")
        self.figure = figure
        self.alt = f"{title}. {alt}" if title else alt
        self.title = title

    def __repr__(self) -> str:
        """Name the size and the number of axes, which never vary."""
        width, height = self.figure.get_size_inches()
        axes = len(self.figure.axes)
        return f"<Picture {width:.1f} x {height:.1f} in, {axes} axes>"

    def png(self) -> bytes:
        """Render the figure; the bytes do not name the software.

        A palette of 256 colors looks the same, at about a third of the size.
        The drawing is inside, as a text.
        """
        parts = [self.heading(), self.figure] if self.title else [self.figure]
        pixels, file = np.vstack([*map(render, parts)]), io.BytesIO()
        most, plain = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
        image = Image.fromarray(pixels)
        reduced = image.quantize(method=most, kmeans=1, dither=plain)
        inside = PngImagePlugin.PngInfo()
        inside.add_text(DRAWING, self.svg(), zip=True)
        if self.title:
            inside.add_text(TITLE, self.title)
        reduced.save(file, "png", optimize=True, pnginfo=inside)
        return file.getvalue()

    def heading(self) -> Figure:
        """Return a strip with the title, to be put above the figure."""
        with styled():
            strip = Figure((self.figure.get_figwidth(), ABOVE))
            text = strip.text(0.01, 0.4, self.title, va="center")
            text.set(fontsize=11, fontweight="bold")
        return strip

    def svg(self) -> str:
        """Draw the figure without ground, in an ink for light and for dark."""
        file = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        with styled():
            self.figure.savefig(
                file, format="svg", facecolor="none", metadata=nothing
            )
        return with_two_inks(shorten(file.getvalue()))

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        """Show the picture in notebooks, at half its pixels."""
        width = int(self.figure.get_size_inches()[0] * 100)
        png = base64.b64encode(self.png()).decode()
        about = {"image/png": {"alt": self.alt, "width": width}}
        return {"image/png": png, "text/plain": repr(self)}, about


def render(figure: Figure) -> UInt8[np.ndarray, "height width 3"]:
    """Return the pixels of a figure."""
    drawn = io.BytesIO()
    with styled():
        figure.savefig(drawn)
    return np.asarray(Image.open(drawn).convert("RGB"))


@functools.cache
def add_typeface() -> None:
    """Register the typeface of figures."""
    for file in sorted(TYPEFACE.glob("*.ttf")):
        font_manager.fontManager.addfont(file)


def styled() -> Any:
    """Draw in the style of figures, in a `with` statement."""
    add_typeface()
    return matplotlib.rc_context(STYLE)


def shorten(svg: str) -> str:
    """Return a drawing without what shows nothing.

    Names that nothing refers to go, and most decimals of places. Images are
    packed better. A clip path is named by what it is: its own name
    depends on its place in memory.
    """
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))

    def name(found: re.Match[str]) -> str:
        return found[0] if found[1] in used else ""

    def places(found: re.Match[str]) -> str:
        digits = 2 if len(found[0]) < LONG else 1

        def place(number: re.Match[str]) -> str:
            rounded = f"{float(number[0]):.{digits}f}"
            return rounded.rstrip("0").rstrip(".")

        return re.sub(r"-?\d+\.\d+", place, found[0])

    def image(found: re.Match[str]) -> str:
        pixels = Image.open(io.BytesIO(base64.b64decode(found[1])))
        clear = np.asarray(pixels.convert("RGBA"))[..., 3].min() < 255
        smaller = io.BytesIO()
        pixels.convert("RGBA" if clear else "RGB").save(
            smaller, "webp", lossless=True, quality=100
        )
        packed = base64.b64encode(smaller.getvalue()).decode()
        return f"data:image/webp;base64,{packed}"

    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r' id="([^"]+)"', name, svg)
    clips = re.findall(r'<clipPath id="([^"]+)">(.*?)</clipPath>', svg, re.S)
    for n, (given, path) in enumerate(clips):
        svg = svg.replace(given, f"clip{n}-{crc32(path.encode()):08x}")
    svg = re.sub(r' (?:d|x|y)="[^"]+"', places, svg)
    svg = re.sub(r"data:image/png;base64,([^\"]+)", image, svg)
    return re.sub(r"\s*\n\s*", "\n", svg)


def with_two_inks(svg: str) -> str:
    """Let the colors of a drawing follow the page: each is a variable.

    Colors that aren't in the table, such as those on black, stay.
    """
    used = [color for color in IN_THE_DARK if color in svg]
    names = {color: f"--c{n}" for n, color in enumerate(used)}
    for color, name in names.items():
        svg = svg.replace(color, f"var({name})")
    light = ";".join(f"{name}:{color}" for color, name in names.items())
    dark = ";".join(f"{n}:{IN_THE_DARK[color]}" for color, n in names.items())
    style = (
        f"<style>svg{{{light}}}"
        f"@media (prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    )
    return re.sub(r"(<svg[^>]*>)", rf"\1{style}", svg, count=1)


def color_of(title: str) -> str:
    """Return the color of a title: queries, keys and values have their own."""
    first = title.split()[0].removesuffix("s") if title.split() else ""
    named = {"query": QUERY, "key": KEY, "value": VALUE}
    return named.get(first.lower(), INK)


def picture(draw: Callable[..., tuple[Figure, str]]) -> Callable[..., Picture]:
    """Make a function that returns (figure, alt text) draw in this style.

    It gets one more argument, `title`: in a few words, what the figure shows.
    """

    @functools.wraps(draw)
    def drawn(*args: Any, title: str = "", **kwargs: Any) -> Picture:
        with styled():
            figure, alt = draw(*map(to_numpy, args), **to_numpy(kwargs))
        return Picture(figure, alt, title)

    return drawn


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
