"""Laws of attention: what it must do whatever queries and keys it meets."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from colorattn.model.attention import FLOOR, READOUTS, attend

SIDES = st.integers(1, 5)


@st.composite
def queries_and_keys(draw):
    """A query and a map of keys, of any size and of moderate length."""
    batch, dim, rows, columns = (draw(SIDES) for _ in range(4))
    random = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    size = draw(st.sampled_from([0.0, 0.1, 1.0, 10.0]))
    keys = size * torch.randn(batch, dim, rows, columns, generator=random)
    return torch.randn(batch, dim, generator=random), keys


@given(queries_and_keys())
def test_weights_are_shares_of_one(maps):
    _, weights = attend(*maps)
    assert (weights >= 0).all()
    assert_close(weights.sum(dim=(1, 2)), torch.ones(len(weights)))


@given(queries_and_keys(), st.randoms(use_true_random=False))
def test_cells_in_another_order_get_the_same_weights_in_that_order(
    maps, random
):
    query, keys = maps
    order = list(range(keys[0, 0].numel()))
    random.shuffle(order)
    moved = keys.flatten(2)[:, :, order].view_as(keys)
    for before, after in zip(
        attend(query, keys), attend(query, moved), strict=True
    ):
        assert_close(after.flatten(1), before.flatten(1)[:, order])


@given(queries_and_keys(), st.floats(-50, 50))
def test_what_all_scores_share_changes_no_weight(maps, shift):
    """A vector added to every key shifts all scores by the same amount."""
    query, keys = maps
    shifted = keys + shift * query[:, :, None, None].sign()
    scores, weights = attend(query, keys)
    its_scores, its_weights = attend(query, shifted)
    difference = (its_scores - scores).flatten(1)
    expected = shift * query.abs().sum(dim=1) / query.shape[1] ** 0.5
    assert_close(
        difference, expected[:, None].expand_as(difference), atol=1e-3, rtol=0
    )
    assert_close(its_weights, weights, atol=1e-3, rtol=0)


@given(queries_and_keys(), st.integers(1, 4))
def test_every_readout_stays_between_the_values_it_reads(maps, cell):
    _, weights = attend(*maps)
    _, rows, columns = weights.shape
    random = torch.Generator().manual_seed(cell)
    shape = len(weights), 3, rows * cell, columns * cell
    image = torch.rand(shape, generator=random)
    undo = {  # what a readout does to a weighted mean
        "image_mean": lambda glimpse: glimpse * rows * columns,
        "image_log": lambda glimpse: glimpse.exp() - FLOOR,
    }
    for name in READOUTS.keys() - {"features"}:
        glimpse = READOUTS[name](image, weights)
        glimpse = undo.get(name, lambda same: same)(glimpse)
        assert (glimpse <= image.amax(dim=(2, 3)) + 1e-4).all(), name
        assert (glimpse >= image.amin(dim=(2, 3)) - 1e-4).all(), name
    keys = maps[1]
    glimpse = READOUTS["features"](keys, weights)
    assert (glimpse <= keys.amax(dim=(2, 3)) + 1e-4).all()
    assert (glimpse >= keys.amin(dim=(2, 3)) - 1e-4).all()
