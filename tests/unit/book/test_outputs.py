"""What cells show, made fit for a page."""

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import outputs
import pytest
from PIL import Image

from colorattn import figures


@pytest.mark.parametrize(
    ("alt", "said"),
    [
        ("Two curves. The first falls.", "Two curves."),
        ("one word (%)", "One word (%)."),
        ("Hit is 0.5, and 3.2 times more. Then it ends.",
         "Hit is 0.5, and 3.2 times more."),
        (f"A map: {'x' * 120}. More.", "A map."),
        (f"A map: short. {'x' * 120}.", "A map: short."),
        ("Red &amp; green &lt; blue. More.", "Red &amp; green &lt; blue."),
    ],
)  # fmt: skip
def test_a_caption_is_the_first_sentence_of_the_alt_text(alt, said):
    assert outputs.caption(alt) == said


@pytest.mark.parametrize(
    ("source", "start"),
    [
        ("x = 1\nfigures.table(x)", 1),
        ("x = 1\n\n# the table\nfigures.table(\n    x\n)", 1),
        ('x = 1\nfigures.lines(x)\nclaims.check("a", x)', 1),
        ('x = 1\nalt = "A line."\nfigures.lines(x, alt)', 1),
        ('x = 1\naxes = "a", "b"\nclaims.check("a", x)', 1),
        ('alt = "A line."\nx = 1\nfigures.lines(x, alt)', 2),
        ("figures.table(x)\nx = 1", None),
        ('figures.lines(x)\nalt = "A line."', None),
        ('alt = "A line."\nfigures.lines(x, alt)', None),  # all of it, too
        ("x = 1\ntitle = 'x is 1'\nfigures.table(x, title=title)", 1),
        ("figures.table(x)", None),  # all of it is folded
        ("title = 'x is 1'\nfigures.table(x, title=title)", None),
        ("x = figures.table(y)", None),
        ("%timeit x", None),
    ],
)
def test_what_only_shows_begins_after_other_work(source, start):
    assert outputs.tail(source) == start


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ('alt, n = "A line.", 1\nfigures.lines(x, alt)', {"other", "draw"}),
        ('alt = "A line."\nfigures.lines(x, alt)', {"draw"}),
        ('alt = "A line."', {"label"}),
        ('import x\naxes = "a", "b"\nfigures.a(x, axes)', {"import", "draw"}),
    ],
)
def test_words_about_a_drawing_belong_to_it(source, kinds):
    assert outputs.all_kinds(source) == kinds


def test_a_page_gets_the_drawing_that_a_picture_carries(tmp_path):
    shown = figures.lines({"x": (range(3), {"a": [1, 2, 3]})}, "y", "A" * 20)
    drawn, plain = tmp_path / "drawn.png", tmp_path / "plain.png"
    drawn.write_bytes(shown.png())
    Image.new("RGB", (1400, 70), "white").save(plain)
    svg = outputs.carried(drawn, outputs.DRAWING)
    assert svg.startswith("<svg")
    assert outputs.carried(plain, outputs.DRAWING) == ""
    for path in (drawn, plain):
        outputs.compress(path)
    names = {path.name for path in Path(tmp_path).iterdir()}
    assert names == {"drawn.svg", "plain.webp", "plain.narrow.webp"}
    text = (tmp_path / "drawn.svg").read_text(encoding="utf-8")
    assert len(text) < len(svg)
    assert parts(text) == parts(svg)


def parts(svg):
    """List a drawing's elements, and what a path consists of."""
    found = []
    for element in ElementTree.fromstring(svg).iter():
        path = element.attrib.pop("d", "")
        steps = re.findall(r"[A-Za-z]|-?[\d.]+", path)
        text = (element.text or "").strip()
        found.append((element.tag, element.attrib, text, steps))
    return found


def test_a_title_stands_above_the_pixels_and_beside_the_drawing(tmp_path):
    curves = {"x": (range(3), {"a": [1, 2, 3]})}
    plain = figures.lines(curves, "y", "A line that rises.")
    titled = figures.lines(
        curves, "y", "A line that rises.", title="More & more"
    )
    assert titled.alt == f"More & more. {plain.alt}"
    paths = tmp_path / "plain.png", tmp_path / "titled.png"
    for path, shown in zip(paths, (plain, titled), strict=True):
        path.write_bytes(shown.png())
    said = [outputs.carried(path, outputs.TITLE) for path in paths]
    assert said == ["", "More & more"]
    pixels = [Image.open(io.BytesIO(each.png())) for each in (plain, titled)]
    assert pixels[1].height == pixels[0].height + 60
    assert outputs.sizes(paths[0]) == outputs.sizes(paths[1])
    svgs = [outputs.carried(path, outputs.DRAWING) for path in paths]
    assert svgs[0] == svgs[1]


def test_a_downloaded_notebook_has_its_pictures_without_drawings(tmp_path):
    shown = figures.lines({"x": (range(3), {"a": [1, 2, 3]})}, "y", "A" * 20)
    png = base64.b64encode(shown.png()).decode()
    output = nbformat.v4.new_output("display_data", {"image/png": png})
    cell = nbformat.v4.new_code_cell("shown", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    outputs.lighten(path)
    found = nbformat.read(path, as_version=4)
    light = found.cells[0].outputs[0].data["image/png"]
    assert len(light) < len(png)
    pictures = [
        Image.open(io.BytesIO(base64.b64decode(each))) for each in (png, light)
    ]
    assert [outputs.DRAWING in each.text for each in pictures] == [True, False]
    assert len({each.convert("RGB").tobytes() for each in pictures}) == 1
    found.cells[0].outputs[0].data["image/png"] = png
    assert found == notebook
