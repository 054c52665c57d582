"""Rows of three symbols, and what is right of the queried one."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from colorattn.data.rows import SLOT, draw_rows, neighbor, repaint
from colorattn.data.scene import SIDE
from colorattn.data.seeds import generator


def rows(drawings, n=23, seed=0, **changes):
    return draw_rows(drawings, n, generator(seed), **changes)


def test_each_symbol_is_in_a_slot_of_its_own_in_order(drawings):
    batch = rows(drawings)
    assert batch.image.shape == (23, 3, SLOT, 3 * SLOT)
    for k in range(3):
        row, column = batch.positions[:, k].unbind(dim=1)
        column = column - k * SLOT
        for jitter in row, column:
            assert sorted(set(jitter.tolist())) == [*range(SLOT - SIDE + 1)]


def test_the_image_is_the_drawings_in_their_colors_and_places(drawings):
    batch = rows(drawings)
    for n in range(len(batch)):
        expected = torch.zeros(3, SLOT, 3 * SLOT, dtype=torch.uint8)
        for k in range(3):
            i, j = batch.positions[n, k].tolist()
            drawing = drawings.images[batch.drawing_ids[n, k]]
            expected[batch.colors[n, k], i : i + SIDE, j : j + SIDE] = drawing
        assert torch.equal(batch.image[n], expected)


def test_the_target_is_the_next_color_and_after_the_last_comes_the_first(
    drawings,
):
    batch = rows(drawings)
    following = {0: 1, 1: 2, 2: 0}
    assert set(batch.query_index.tolist()) == {0, 1, 2}
    for n, k in enumerate(batch.query_index.tolist()):
        assert batch.target[n] == batch.colors[n, following[k]]
    assert neighbor(batch, 2).tolist() == [
        following[following[k]] for k in batch.query_index.tolist()
    ]


def test_the_query_is_another_drawing_of_the_queried_class(drawings):
    batch = rows(drawings)
    labels = drawings.labels(batch.query_id)
    assert torch.equal(labels, batch.query_class)
    assert (batch.query_id != batch.query_symbol).all()


def test_queries_about_one_row_share_it_and_ask_about_each_symbol(drawings):
    for independent in False, True:
        batch = rows(
            drawings, queries_per_row=3, independent_colors=independent
        )
        assert len(batch) == 69
        for part in batch.image, batch.colors, batch.positions:
            assert torch.equal(part[::3], part[1::3])
            assert torch.equal(part[::3], part[2::3])
        asked = batch.query_index.view(-1, 3).sort(dim=1).values
        assert (asked == torch.arange(3)).all()


def test_independent_colors_may_repeat_and_say_nothing_of_each_other(drawings):
    batch = rows(drawings, 2000, independent_colors=True)
    ids = (batch.colors * torch.tensor([9, 3, 1])).sum(dim=1)
    counts = torch.bincount(ids, minlength=27)
    assert counts.min() > 40 and counts.max() < 115  # 74 on average
    apart = rows(drawings).colors.sort(dim=1).values
    assert (apart == torch.arange(3)).all()


def test_repainting_changes_what_is_seen_and_nothing_else(drawings):
    batch = rows(drawings)
    assert torch.equal(repaint(batch, drawings).image, batch.image)
    one = batch[:1]
    one.colors[:] = torch.tensor([[2, 2, 2]])
    image = repaint(one, drawings).image
    assert image[:, :2].max() == 0
    assert torch.equal(image[:, 2], batch.image[:1].amax(dim=1))


@given(st.integers(0, 2**64), st.integers(1, 5), st.booleans())
def test_rows_depend_on_the_seed_alone(drawings, seed, n, independent):
    first, second = (
        rows(drawings, n, seed, independent_colors=independent)
        for _ in range(2)
    )
    assert torch.equal(first.image, second.image)
    assert torch.equal(first.target, second.target)
    assert torch.equal(first.query, second.query)
