"""What the runs of chapter 12 are made of: walks, jumps, and slots of rows."""

import torch
from transformer_runs import GROUPS, after_same, jumps, row_codes, walks

from colorattn.data.seeds import generator


def test_a_walk_goes_around_a_ring_of_distinct_digits():
    words, sizes = walks(50, generator(0))
    assert words.shape == (50, 25)
    assert sorted(set(sizes.flatten().tolist())) == [4, 5, 6, 7, 8]
    for walk, size in zip(
        words.tolist(), sizes.flatten().tolist(), strict=True
    ):
        ring = walk[:size]
        assert len(set(ring)) == size
        assert walk == [ring[k % size] for k in range(25)]


def test_after_a_jump_two_ways_to_go_on_differ():
    words, follows, oldest = jumps(200, generator(0))
    assert words.shape == (200, 13)
    for walk, follow, old in zip(
        words.tolist(), follows.tolist(), oldest.tolist(), strict=True
    ):
        here = walk[-1]
        before = walk.index(here)
        assert walk[before + 1] == follow
        last = {word: n for n, word in enumerate(walk)}
        assert old == min(last, key=last.__getitem__)
        assert follow != old
        assert here != walk[-2]


def test_what_follows_a_word_is_marked_where_it_was_said_before():
    marked = after_same(torch.tensor([[7, 2, 9, 7, 2, 7]]))[0].int()
    assert marked.nonzero().tolist() == [[3, 1], [4, 2], [5, 1], [5, 4]]


def test_the_query_has_no_place_and_without_codes_nobody_has():
    codes = row_codes(8)
    assert codes.shape == (13, 8)
    assert (codes[12] == 0).all() and (codes[:12].norm(dim=1) > 0.9).all()
    assert (row_codes(8, "none") == 0).all()


def test_every_group_has_variants_with_seeds():
    for variants in GROUPS.values():
        assert variants
        for variant in variants.values():
            assert variant.seeds >= 1
            assert variant.plan.steps % variant.plan.every == 0
