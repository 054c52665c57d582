"""One style for all figures; a picture carries its alt text."""

import base64
import fnmatch
import io
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from fontTools import ttLib
from matplotlib import font_manager
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

import colorattn
from colorattn.figures.style import (
    DARK,
    DRAWING,
    FAINT,
    FAMILY,
    IN_THE_DARK,
    INK,
    KEY,
    PAPER,
    QUERY,
    SERIES,
    STYLE,
    TYPEFACE,
    VALUE,
    WIDTH,
    Picture,
    axes_grid,
    axes_row,
    color_of,
    in_series,
    picture,
    shorten,
    to_numpy,
)

ROOT = Path(colorattn.__file__).parents[1]


def test_a_picture_is_stored_in_few_colors_that_look_like_all():
    figure = Figure((WIDTH, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    for n in range(5):
        left.plot(np.sin(n * np.arange(99)), alpha=0.2 * (n + 1), label=f"{n}")
    left.legend()
    # Red, green and blue, 0 to 255 each.
    ramps = np.kron(np.eye(3, dtype=int)[:, None], np.arange(256)[:, None])
    right.imshow(ramps, aspect="auto", interpolation="nearest")
    drawn = Picture(figure, "Five waves and three ramps.").png()
    whole = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(whole)
    stored = Image.open(io.BytesIO(drawn))
    assert stored.mode == "P"
    one, other = (
        np.asarray(image.convert("RGB"), dtype=float)
        for image in (stored, Image.open(whole))
    )
    assert np.abs(one - other).mean() < 2  # of 255
    assert np.abs(one - other).max() < 30
    assert len(drawn) < 0.6 * len(whole.getvalue())


@picture
def dots():
    figure, (axis,) = axes_row(2.0)
    axis.plot([0, 1], [0, 1], "o", label="a name as long as a title may be")
    figure.legend(loc="outside upper right")
    return figure, "Two dots, with a legend above them."


def test_a_title_is_above_everything_and_moves_nothing():
    plain, titled = (
        np.asarray(Image.open(io.BytesIO(each.png())).convert("RGB"), float)
        for each in (dots(), dots(title="A" * 60))
    )
    above = len(titled) - len(plain)
    assert np.ptp(titled[:above]) > 99
    assert np.abs(titled[above:] - plain).max() < 30


def test_a_picture_without_words_is_refused():
    with pytest.raises(ValueError, match="what is to be seen"):
        Picture(Figure(), "a figure")


def test_what_a_notebook_stores_of_a_picture_never_varies():
    drawn = picture(lambda: (Figure((3.0, 2.0)), "An empty sheet of paper."))()
    data, facts = drawn._repr_mimebundle_()
    assert data["text/plain"] == "<Picture 3.0 x 2.0 in, 0 axes>"
    about = {"alt": "An empty sheet of paper.", "width": 300}
    assert facts["image/png"] == about
    assert set(data) == {"text/plain", "image/png"}


def test_series_have_styles_of_their_own_in_the_order_of_their_names():
    found = list(in_series({"b": 1, "a": 2}))
    assert found == [("b", 1, SERIES[0]), ("a", 2, SERIES[1])]
    for styles in zip(*SERIES, strict=True):
        assert len(set(styles)) == len(SERIES)


def test_more_series_than_styles_are_refused_and_none_is_dropped():
    with pytest.raises(ValueError, match="6 series are too many"):
        list(in_series(dict.fromkeys("abcdef")))


def test_axes_come_in_rows_and_columns_even_if_there_is_only_one():
    assert axes_row(2.0, 1)[1].shape == (1,)
    assert axes_grid(2.0, 3, 2)[1].shape == (3, 2)
    assert axes_row(2.0, 3)[0].get_size_inches().tolist() == [WIDTH, 2.0]


def test_tables_become_arrays_wherever_they_are():
    table = pd.DataFrame({"a": [1, 2]})
    found = to_numpy({"x": [table, (table.a, "b")]})
    assert found["x"][0].tolist() == [[1], [2]]
    assert found["x"][1][0].tolist() == [1, 2]
    assert found["x"][1][1] == "b"


# The drawing that a picture carries.


@picture
def wave():
    figure, (axis, other) = axes_row(2.0, 2)
    axis.plot(np.sin(np.arange(99) / 9), color=INK)
    axis.set(title="a wave", xlabel="α")
    axis.text(0, 0, "on a light ground of its own", color=DARK)
    ramp = np.arange(12).reshape(3, 4)
    other.imshow(ramp, cmap="magma")
    return figure, "A wave, and a ramp of twelve cells."


def test_a_picture_carries_its_drawing():
    stored = Image.open(io.BytesIO(wave().png())).text[DRAWING]
    assert len(stored) == pytest.approx(len(wave().svg()), abs=99)
    root = ElementTree.fromstring(stored)
    assert root.tag.endswith("svg")
    assert len(list(root.iter("{http://www.w3.org/2000/svg}image"))) == 1


def test_a_drawing_has_an_ink_for_the_light_and_one_for_the_dark():
    drawn = wave().svg()
    light, dark = re.search(
        r"<style>svg\{(.*?)\}@media \(prefers-color-scheme:dark\)"
        r"\{svg\{(.*?)\}\}</style>",
        drawn,
    ).groups()
    pairs = [
        dict(each.split(":") for each in inks.split(";"))
        for inks in (light, dark)
    ]
    assert pairs[0].keys() == pairs[1].keys()
    inks = {pairs[0][name]: pairs[1][name] for name in pairs[0]}
    assert inks == {color: IN_THE_DARK[color] for color in (INK, FAINT)}
    rest = drawn.split("</style>", 1)[1]
    assert f"var({next(iter(pairs[0]))})" in rest
    assert not any(color in rest for color in inks)
    assert DARK in rest


def test_a_drawing_has_no_ground():
    drawn = wave().svg()
    assert PAPER not in drawn
    assert not re.search(r"fill: (?:#fff|white)", drawn)


def luminance(color):
    linear = [
        x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4
        for x in to_rgb(color)
    ]
    return np.dot((0.2126, 0.7152, 0.0722), linear)


def contrast(color, ground):
    low, high = sorted(map(luminance, (color, ground)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("color", "least"),
    [
        *((color, 3) for color in IN_THE_DARK if color not in (PAPER, FAINT)),
        *((color, 4.5) for color in (INK, QUERY, KEY, VALUE)),
    ],
)
def test_an_ink_can_be_seen_in_the_light_and_in_the_dark(color, least):
    """Words need 4.5, marks 3 (WCAG 2.2)."""
    if color != "#cc79a7":  # Okabe and Ito's, never without a dash and a name
        assert contrast(color, PAPER) >= least
    assert contrast(IN_THE_DARK[color], IN_THE_DARK[PAPER]) >= least


def test_shorter_is_the_same_drawing():
    picture = Image.new("RGB", (2, 1), (9, 0, 0))
    picture.putpixel((1, 0), (0, 9, 0))
    file = io.BytesIO()
    picture.save(file, "png")
    packed = base64.b64encode(file.getvalue()).decode()
    svg = (
        "<?xml?>\n<svg>\n<metadata>\nwho\n</metadata><!-- line -->\n"
        '<g id="line_1"><path id="m1" d="M 1.23456 -20.000001 L 0.1 9"/></g>'
        '\n<use x="1.23456" xlink:href="#m1"/>'
        f'<image xlink:href="data:image/png;base64,{packed}"/></svg>\n'
    )
    short = shorten(svg)
    start = '<svg>\n<g><path id="m1" d="M 1.23 -20 L 0.1 9"/></g>\n'
    assert short.startswith(f'{start}<use x="1.23" xlink:href="#m1"/>')
    (image,) = re.findall(r"data:image/webp;base64,([^\"]+)", short)
    again = Image.open(io.BytesIO(base64.b64decode(image)))
    assert np.array_equal(np.asarray(again), np.asarray(picture))


def test_a_clip_path_is_named_by_what_it_is():
    def drawing(name: str, shape: str) -> str:
        use = f'<g clip-path="url(#{name})"/>'
        return f'<svg><clipPath id="{name}">{shape}</clipPath>{use}</svg>'

    one, same, other = (
        shorten(drawing(*given))
        for given in (("p1", "<path/>"), ("p2", "<path/>"), ("p1", "<rect/>"))
    )
    assert one == same
    (name,) = set(re.findall(r'id="([^"]+)"', one))
    assert f"url(#{name})" in one and name not in other


def test_the_typeface_is_in_the_package_with_its_license():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["colorattn"]
    names = {path.name for path in TYPEFACE.iterdir()}
    assert names == {"Bold.ttf", "LICENSE", "Regular.ttf"}
    for path in TYPEFACE.iterdir():
        name = path.relative_to(ROOT / "colorattn").as_posix()
        assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
    text = (TYPEFACE / "LICENSE").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in text
    assert "Source" not in FAMILY  # a name that the license reserves


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_figures_are_set_in_the_typeface_of_the_book(weight):
    wave()
    wanted = font_manager.FontProperties(family=FAMILY, weight=weight)
    found = font_manager.findfont(wanted, fallback_to_default=False)
    assert Path(found).parent == TYPEFACE
    assert Path(found).stem == {"normal": "Regular", "bold": "Bold"}[weight]
    assert set(map(ord, "aZ09αγΣτ−×–·²µ")) <= set(
        ttLib.TTFont(found).getBestCmap()
    )


def test_query_key_and_value_have_one_color_each():
    titles = ("query γ", "Queries", "keys K", "key", "values v", "scores s")
    colors = (QUERY, INK, KEY, KEY, VALUE, INK)
    assert tuple(map(color_of, titles)) == colors
    assert color_of("") == INK
    assert len({QUERY, KEY, VALUE}) == 3
