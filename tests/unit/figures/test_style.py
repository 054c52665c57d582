"""One style for all figures; a picture carries its alt text."""

import io

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from colorattn.figures.style import (
    SERIES,
    STYLE,
    WIDTH,
    Picture,
    axes_grid,
    axes_row,
    in_series,
    picture,
    to_numpy,
)


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
