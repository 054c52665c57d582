"""Pictures of pixels: images, maps over them, boxes, texts in cells."""

import numpy as np
import pytest
import torch
from artists import shown, texts
from matplotlib.colors import same_color, to_rgb
from matplotlib.figure import Figure
from tiny import pixels

from colorattn.figures import panels
from colorattn.figures.style import (
    DARK,
    INK,
    KEY,
    ORANGE,
    QUERY,
    VALUE,
    axes_grid,
)


@pytest.fixture
def axis():
    return Figure().subplots()


def test_maps_and_images_are_shown_as_they_are_without_ticks(axis):
    image, map_ = pixels(3, 5, 7) / 255, pixels(5, 7)
    panels.show(axis, image)
    assert torch.equal(shown(axis), image.permute(1, 2, 0))
    assert len(axis.get_xticks()) == len(axis.get_yticks()) == 0
    other = Figure().subplots()
    panels.show(other, map_, cmap="magma", vmin=0)
    assert torch.equal(shown(other), map_)
    assert other.images[0].get_cmap().name == "magma"


def test_scenes_are_shown_in_tints_that_read_on_black(axis):
    scene = torch.zeros(3, 1, 4, dtype=torch.uint8)
    scene[[0, 1, 2], 0, [0, 1, 2]] = 255
    scene[2, 0, 3] = 51  # a fifth of the blue
    panels.show(axis, scene)
    *three, faint = shown(axis)[0].tolist()
    for color, tint in zip(three, panels.TINTS, strict=True):
        assert color == pytest.approx(to_rgb(tint))
    assert faint == pytest.approx([x / 5 for x in three[2]])
    assert torch.equal(panels.lit(scene / 255), panels.lit(scene))
    both = torch.full((3, 1, 1), 255, dtype=torch.uint8)
    assert panels.lit(both).max() == 1


def test_a_map_covers_the_canvas_less_its_margin(axis):
    panels.overlay(axis, torch.rand(3, 5), pixels(3, 20, 30), margin=4)
    assert axis.images[0].get_extent() == [3.5, 25.5, 15.5, 3.5]
    assert axis.get_xlim() == (-0.5, 29.5)
    assert axis.get_ylim() == (19.5, -0.5)  # row 0 on top


def test_lines_are_drawn_around_the_ink(axis):
    image = torch.zeros(3, 20, 30, dtype=torch.uint8)
    image[1, 5:9, 11:18] = 255
    panels.overlay(axis, torch.rand(2, 3), image)
    (contour,) = axis.collections
    corners = np.concatenate([p.vertices for p in contour.get_paths()])
    # Column and row, halfway between black and white pixels.
    assert corners.min(axis=0) == pytest.approx([10.5, 4.5], abs=0.01)
    assert corners.max(axis=0) == pytest.approx([17.5, 8.5], abs=0.01)


def test_a_box_begins_half_a_pixel_before_its_corner(axis):
    panels.box(axis, (3, 31), 28, ls=":")
    (square,) = axis.patches
    assert square.get_xy() == (30.5, 2.5)  # column, row
    assert square.get_width() == square.get_height() == 28
    assert not square.get_fill()


def test_a_wrong_answer_has_a_dashed_frame(axis):
    panels.mark_wrong(axis)
    for spine in axis.spines.values():
        assert spine.get_visible() and spine.get_linestyle() == "--"
        assert same_color(spine.get_edgecolor(), ORANGE)


def test_tiles_are_filled_row_by_row_and_hidden_until_something_is_shown():
    figure, tiles = panels.tiles(5, 3, 2.0, (1, 2))
    assert len(figure.axes) == 12
    assert [len(tile) for tile in tiles] == [2] * 5
    grid = [axis.get_subplotspec() for tile in tiles for axis in tile]
    places = [(spec.rowspan.start, spec.colspan.start) for spec in grid]
    assert places == [
        (0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2),
        (2, 0), (3, 0), (2, 1), (3, 1),
    ]  # fmt: skip
    assert figure.get_size_inches()[1] == 4.0
    assert not any(axis.axison for axis in figure.axes)
    panels.show(tiles[4][1], pixels(5, 7))
    assert [axis.axison for axis in figure.axes].count(True) == 1


def test_heads_are_beside_rows_and_above_columns():
    axes = Figure().subplots(2, 3)
    panels.head_rows(axes[:, 0], ["a", "b"])
    panels.head_columns(axes[0], ["x", "y", "z"])
    assert [axis.get_ylabel() for axis in axes[:, 0]] == ["a", "b"]
    assert [axis.get_title() for axis in axes[0]] == ["x", "y", "z"]


def test_each_number_is_written_into_its_cell_and_nan_is_left_out(axis):
    values = torch.tensor([[1.0, 2.0, torch.nan], [4.0, 5.0, 6.0]])
    shade = {True: "red", False: "blue"}
    panels.write_cells(axis, values, "{:.0f}".format, lambda x: shade[x > 4])
    places = {"1": (0, 0), "2": (1, 0), "4": (0, 1), "5": (1, 1), "6": (2, 1)}
    assert texts(axis) == places
    colors = [text.get_color() for text in axis.texts]
    assert colors == ["blue"] * 3 + ["red"] * 2


def test_maps_are_laid_out_row_by_row_each_from_black_to_white():
    maps = torch.arange(24.0).view(3, 2, 4)
    sheet = panels.mosaic(maps, columns=2)
    assert sheet.shape == (5, 9)
    one = torch.arange(8.0).view(2, 4) / 7
    for top, left in (0, 0), (0, 5), (3, 0):
        part = sheet[top : top + 2, left : left + 4]
        torch.testing.assert_close(part, one)
    assert (sheet[3:, 5:] == 1).all()  # no fourth map


def test_a_map_without_contrast_does_not_divide_by_zero():
    assert panels.mosaic(torch.ones(2, 3, 3), columns=2).isfinite().all()


def test_a_swatch_mixes_its_color_with_white_and_names_its_shares(axis):
    panels.swatch(axis, torch.tensor([1.0, 0.5, 0.0]))
    mixed = torch.tensor([[[1.0, 0.725, 0.45]]])
    torch.testing.assert_close(shown(axis), mixed)
    assert axis.texts[0].get_text() == "1.00 red\n0.50 green\n0.00 blue"


def test_a_number_can_be_read_on_its_cell(axis):
    values = torch.tensor([[0.0, 1.0]])
    panels.show(axis, values, cmap="viridis")
    panels.write_cells(axis, values, "{:.0f}".format)
    assert [text.get_color() for text in axis.texts] == ["white", DARK]


def test_a_heading_has_the_color_of_what_it_names():
    axes = axes_grid(2.0, 2, 2)[1]
    panels.head_columns(axes[0], ["query", "scene"])
    panels.head_rows(axes[:, 0], ["keys", "values v"])
    assert [axis.title.get_color() for axis in axes[0]] == [QUERY, INK]
    lefts = [axis.yaxis.label.get_color() for axis in axes[:, 0]]
    assert lefts == [KEY, VALUE]
