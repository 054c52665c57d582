"""Every figure says in words what it shows, and looks as all the others do."""

import ast
import importlib
import inspect
import io
import pkgutil
import re
from pathlib import Path
from typing import get_type_hints

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib import _pylab_helpers
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from tiny import pixels
from torch import nn

from colorattn import figures
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.data.symbols import CLASSES, Symbols
from colorattn.figures.style import STYLE, WIDTH, Picture, picture

MODULES = {
    name: importlib.import_module(f"colorattn.figures.{name}")
    for _, name, _ in pkgutil.iter_modules(figures.__path__)
}
SMALLEST = 7  # points, of any letter
SPLITS = {"train": 7, "validation": 3, "test": 2}
USES = {"train": "to learn", "validation": "to choose", "test": "to report"}


def some_scenes(n):
    counts = torch.full((10,), 3)
    noise = Symbols(pixels(30, 28, 28), counts, "mnist", "test", "noise")
    return fixed_scenes(noise, Scene(), n, seed=0)


def shares(*shape):
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def some_weights(*shape):
    random = torch.Generator().manual_seed(0)
    scores = torch.randn(shape, generator=random)
    return scores.flatten(1).softmax(dim=1).view(shape)


def rising(seeds, epochs):
    """Accuracies from chance towards one, by (seed, epoch)."""
    height = 1 - np.exp(-np.arange(epochs) / 4)
    return 1 / 3 + 0.6 * height + 0.01 * np.arange(seeds)[:, None]


# Of each figure: an example, and words that its alt text must have.
EXAMPLES = {
    "scenes": (
        lambda draw: draw(some_scenes(7), CLASSES["mnist"], columns=5),
        ["7 scenes", "query", "answer", "red", "green", "blue"],
    ),
    "sheet": (
        lambda draw: draw(pixels(3, 7, 28, 28), ["zero", "one", "two"]),
        ["7", "3 classes", "zero", "two"],
    ),
    "questions": (
        lambda draw: draw(
            pixels(3, 64, 64), pixels(2, 28, 28), ["red", "blue"]
        ),
        ["scene", "2 white queries", "red, blue"],
    ),
    "room": (
        lambda draw: draw([0.9**n for n in range(30)] + [0.0], 20),
        ["layouts", "12%", "20 px"],
    ),
    "by_heart": (
        lambda draw: draw(1.0, 0.34, 1 / 3),
        ["bars", "100%", "34%", "fresh"],
    ),
    "splits": (
        lambda draw: draw(SPLITS, USES),
        ["split", "train 7", "validation 3", "test 2", "to choose"],
    ),
    "lookup": (
        lambda draw: draw(
            torch.tensor([1.0, 1.2]),
            torch.tensor([[2.0, 0.1], [0.1, 2.0], [1.5, 1.6]]),
            torch.eye(3),
            torch.tensor([0.2, 0.1, 0.7]),
            ["zero", "one", "nine"],
        ),
        ["3 arrows", "query", "blue nine", "glimpse", "mostly blue"],
    ),
    "by_hand": (
        lambda draw: draw(
            torch.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 3.0]]),
            torch.tensor([[0.1, 0.2, 0.1], [0.1, 0.1, 0.4]]),
            shares(3, 2, 3),
        ),
        ["2 by 3", "scores", "weights", "red", "green", "blue"],
    ),
    "root": (
        lambda draw: draw(
            [4, 8, 16, 32, 64],
            {"with": [1.0] * 5, "without": [2.0, 2.8, 4.0, 5.7, 8.0]},
            {"with": shares(5, 11), "without": shares(5, 11) / 9},
        ),
        ["dim 64", "1 with", "8 without", "gradient"],
    ),
    "temperatures": (
        lambda draw: draw([5.0, 1.0, 0.2], some_weights(3, 4)),
        ["4 cells", "5, 1, 0.2"],
    ),
    "maps": (
        lambda draw: draw(
            pixels(5, 3, 64, 64),
            pixels(5, 28, 28),
            some_weights(5, 19, 19),
            ["right"] * 4 + ["wrong"],
            margin=13,
        ),
        ["5 scenes", "query", "weights", "wrong"],
    ),
    "losses": (
        lambda draw: draw([1.1, 1.0, 0.9, 0.2, 0.1], "One batch by heart"),
        ["One batch by heart", "loss", "guess", "falls"],
    ),
    "accuracies": (
        lambda draw: draw(
            [*rising(2, 17), rising(1, 13)[0]],
            rising(1, 5)[0].tolist(),
            {12: 0.9},
        ),
        ["3 stored runs", "accuracy", "chance", "post", "this notebook"],
    ),
    "contest": (
        lambda draw: draw(
            {"the post's": rising(3, 17), "improved": rising(2, 7)},
            {"the post's": 6.0, "improved": 5.0},
        ),
        ["accuracy", "seconds", "the post's", "improved"],
    ),
}

for path in sorted(Path(__file__).parent.glob("test_*.py")):
    EXAMPLES |= importlib.import_module(path.stem).EXAMPLES


def draws(function):
    """Return whether a function draws: it was written to return a figure."""
    if not inspect.isfunction(function) or function.__name__[0] == "_":
        return False
    return get_type_hints(function).get("return") == tuple[Figure, str]


FUNCTIONS = {
    name: function
    for module in MODULES.values()
    for name, function in vars(module).items()
    if getattr(function, "__module__", "") == module.__name__
    and draws(function)
}


def draw(name):
    example, _ = EXAMPLES[name]
    return example(FUNCTIONS[name])


def refuse(*_, **__):
    raise AssertionError("a figure ran a model")


class Drawn:
    """An example, drawn and rendered once, and what that left behind."""

    def __init__(self, name):
        self.name = name
        settings, noise = dict(matplotlib.rcParams), torch.get_rng_state()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(nn.Module, "__call__", refuse)
            self.picture = draw(name)
            self.png = self.picture.png()
        self.settings = settings == dict(matplotlib.rcParams)
        self.noise = torch.equal(noise, torch.get_rng_state())
        self.managers = _pylab_helpers.Gcf.get_num_fig_managers()


@pytest.fixture(params=EXAMPLES, scope="module")
def drawn(request):
    return Drawn(request.param)


def test_every_figure_has_an_example_here():
    assert set(EXAMPLES) == set(FUNCTIONS)


def test_a_figure_says_what_is_to_be_seen(drawn):
    assert isinstance(drawn.picture, Picture)
    said = drawn.picture.alt
    assert len(said) >= 20
    assert said.endswith(".")
    _, words = EXAMPLES[drawn.name]
    assert [w for w in words if w.lower() not in said.lower()] == []


def test_a_figure_is_a_png_that_fits_the_column(drawn):
    assert drawn.png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = drawn.picture.figure.get_size_inches()
    assert width <= WIDTH
    assert height <= 1.5 * WIDTH


def test_no_letter_of_a_figure_is_too_small(drawn):
    sizes = {
        text.get_text(): text.get_fontsize()
        for text in drawn.picture.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    }
    assert {t: size for t, size in sizes.items() if size < SMALLEST} == {}


def test_a_figure_lies_on_the_paper_of_all(drawn):
    paper = matplotlib.colors.to_rgba(STYLE["figure.facecolor"])
    assert drawn.picture.figure.get_facecolor() == paper


def test_the_same_numbers_give_the_same_bytes(drawn):
    again = draw(drawn.name)
    assert again.png() == drawn.png
    assert again.alt == drawn.picture.alt
    assert repr(again) == repr(drawn.picture)


def test_a_figure_leaves_nothing_behind(drawn):
    assert drawn.settings
    assert drawn.noise
    assert drawn.managers == 0


@pytest.mark.parametrize("module", MODULES)
def test_figures_import_neither_models_nor_pyplot(module):
    source = Path(inspect.getfile(MODULES[module])).read_text("utf-8")
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{a.name}" for a in node.names}
    refused = re.compile(
        r"matplotlib\.pyplot|torch\.nn|colorattn\."
        r"(model|encoder|readers|baselines|training|checkpoint|records)\b"
    )
    assert [name for name in imported if refused.match(name)] == []


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


def test_a_picture_without_words_is_refused():
    with pytest.raises(ValueError, match="what is to be seen"):
        Picture(Figure(), "a figure")


def test_what_a_notebook_stores_of_a_picture_never_varies():
    drawn = picture(lambda: (Figure((3.0, 2.0)), "An empty sheet of paper."))()
    data, facts = drawn._repr_mimebundle_()
    assert data["text/plain"] == "<Picture 3.0 x 2.0 in, 0 axes>"
    assert facts["image/png"] == {
        "alt": "An empty sheet of paper.",
        "width": 300,
    }
    assert set(data) == {"text/plain", "image/png"}


# An alt text that says the same of all numbers says nothing of any.


def test_words_about_losses_follow_the_losses():
    losses = FUNCTIONS["losses"]
    fallen, stuck = [1.1, 0.9, 0.05], [1.1, 1.09, 1.1]
    assert "falls" in losses(fallen, "A run of training").alt
    assert "falls" not in losses(stuck, "A run of training").alt


def test_words_about_glimpses_follow_the_glimpses():
    lookup = FUNCTIONS["lookup"]
    for best, color in enumerate(("red", "green", "blue")):
        weights = torch.full((3,), 0.1)
        weights[best] = 0.8
        keys = torch.ones(3, 2)
        drawn = lookup(keys[0], keys, torch.eye(3), weights, ["a", "b", "c"])
        assert f"mostly {color}" in drawn.alt
