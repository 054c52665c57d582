"""Every figure says in words what it shows, and looks as all the others do."""

import inspect

import matplotlib
import pytest
import torch
from figure_examples import EXAMPLES, WORDS, draw
from matplotlib import _pylab_helpers
from matplotlib.text import Text
from torch import nn

from colorattn import figures
from colorattn.figures.style import STYLE, WIDTH, Picture

SMALLEST = 7  # points, of any letter


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


def test_every_figure_has_an_example():
    functions = {k for k, f in vars(figures).items() if inspect.isfunction(f)}
    assert set(EXAMPLES) == set(WORDS) == functions


def test_a_figure_says_what_is_to_be_seen(drawn):
    assert isinstance(drawn.picture, Picture)
    alt = drawn.picture.alt
    assert len(alt) >= 20
    assert alt.endswith(".")
    words = WORDS[drawn.name].lower().split("|")
    assert [part for part in words if part not in alt.lower()] == []


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


def test_all_figures_have_the_same_background(drawn):
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
