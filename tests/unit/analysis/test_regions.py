"""Places in a scene are found where the weights and the symbols are."""

import torch
import torch.nn.functional as F

from colorattn.analysis.intervention import (
    brightest,
    erase,
    fill,
    heaviest,
)
from colorattn.analysis.localization import (
    ink_shares,
    localize,
    peaks,
    square,
    symbol_at_peak,
)


def on_one_cell(cell, shape=(8, 8)):
    weights = torch.zeros(1, *shape)
    weights[0][cell] = 1
    return weights


def random_weights(n, *shape):
    random = torch.Generator().manual_seed(1)
    flat = torch.randn(n, *shape, generator=random).mul(3).flatten(1)
    return flat.softmax(dim=1).view(n, *shape)


def test_the_peak_is_the_middle_of_its_cell_rows_first():
    found = peaks(on_one_cell((2, 13), (4, 16)), canvas=64)
    assert found.tolist() == [[40, 54]]


def test_a_peak_lies_on_the_symbol_whose_center_is_next(scenes):
    scene = scenes[:1]
    scene.positions[0] = torch.tensor([[0, 0], [0, 36], [30, 20]])
    for cell, symbol in [((1, 1), 0), ((1, 6), 1), ((5, 4), 2), ((7, 7), -1)]:
        assert symbol_at_peak(on_one_cell(cell), scene).tolist() == [symbol]


def test_a_hit_is_a_look_at_the_queried_symbol(scenes):
    weights = random_weights(11, 8, 8)
    hits = localize(weights, scenes).hit
    assert torch.equal(
        hits, symbol_at_peak(weights, scenes) == scenes.query_index
    )
    assert 0 < hits.sum() < 11


def test_the_purity_is_the_share_of_the_queried_symbol(scenes):
    weights = random_weights(11, 16, 16)
    shares = ink_shares(weights, scenes)
    torch.testing.assert_close(shares.sum(dim=1), torch.ones(11))
    own = shares.gather(1, scenes.query_index[:, None]).squeeze(1)
    torch.testing.assert_close(own, localize(weights, scenes).purity)


def test_a_square_covers_the_box_of_the_symbol_at_its_center(scenes):
    centers = scenes.positions[:, 0] + 14.0
    marked = square(centers, canvas=64)
    assert marked.sum(dim=(1, 2)).tolist() == [28 * 28] * 11
    for mask, (row, column) in zip(
        marked, scenes.positions[:, 0], strict=True
    ):
        assert mask[row : row + 28, column : column + 28].all()
    cut_off = square(torch.tensor([[0.0, 64.0]]), 64)
    assert cut_off.sum() == 14 * 14


def test_filled_cells_have_all_their_pixels_and_no_others():
    cells = torch.zeros(1, 4, 16, dtype=torch.bool)
    cells[0, 3, 5] = True
    marked = fill(cells, canvas=64)
    assert marked.sum() == 16 * 4
    assert marked[0, 48:64, 20:24].all()


def test_the_heaviest_cells_are_the_fewest_that_hold_the_share():
    weights = torch.tensor([[[0.1, 0.5], [0.15, 0.25]]])
    assert heaviest(weights, 0.5).tolist() == [[[False, True], [False, False]]]
    assert heaviest(weights, 0.7).tolist() == [[[False, True], [False, True]]]
    assert heaviest(weights).tolist() == [[[False, True], [True, True]]]


def test_brightest_cells_are_as_many_elsewhere_with_most_ink(scenes):
    marks = heaviest(random_weights(11, 8, 8))
    others = brightest(scenes.image, marks)
    assert torch.equal(others.sum(dim=(1, 2)), marks.sum(dim=(1, 2)))
    assert not (others & marks).any()
    ink = F.adaptive_avg_pool2d(scenes.image.float().amax(dim=1), 8)
    neither = ink.masked_fill(others | marks, -1).amax(dim=(1, 2))
    faintest = ink.masked_fill(~others, 256).amin(dim=(1, 2))
    assert (faintest >= neither).all()


def test_erasing_blackens_what_is_marked_and_spares_the_rest(scenes):
    where = square(scenes.positions[:, 1] + 14.0, canvas=64)
    erased = erase(scenes, where)
    marked = where[:, None].expand(-1, 3, -1, -1)
    assert not erased.image[marked].any()
    assert torch.equal(erased.image[~marked], scenes.image[~marked])
    assert erased.image.dtype == torch.uint8
    assert torch.equal(erased.query, scenes.query)
    assert scenes.image[marked].any()  # the scenes given stay as they were
