"""Laws of intervals, tests and regions, whatever numbers they are given."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from colorattn.analysis.intervention import heaviest
from colorattn.analysis.statistics import (
    auc,
    bootstrap_interval,
    difference,
    error_ratio,
    holm,
    time_to_level,
)
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes

SHARES = st.floats(0, 1)
NUMBERS = st.integers(-1000, 1000).map(lambda n: n / 8)  # exact in floats
SIXTEENTHS = st.integers(1, 16).map(lambda n: n / 16)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=11)


@given(st.lists(SHARES, max_size=11))
def test_corrected_p_values_keep_their_order_and_are_not_smaller(p_values):
    found = holm(p_values)
    assert len(found) == len(p_values)
    for p, corrected in zip(p_values, found, strict=True):
        assert p <= corrected <= min(1, len(p_values) * p)
    for a, b in combinations(range(len(found)), 2):
        if p_values[a] <= p_values[b]:
            assert found[a] <= found[b]
        else:
            assert found[a] >= found[b]


@given(st.lists(SHARES, min_size=1, max_size=11, unique=True))
def test_each_is_the_largest_of_those_stepped_through_before_it(p_values):
    rising = sorted(p_values)
    stepped = [(len(rising) - k) * p for k, p in enumerate(rising)]
    for p, corrected in zip(p_values, holm(p_values), strict=True):
        worst = max(stepped[: rising.index(p) + 1])
        assert corrected == pytest.approx(min(1, worst))


def paired(pairs) -> tuple[pd.Series, pd.Series]:
    """A variant and its base, indexed by seed."""
    table = pd.DataFrame(pairs, dtype=float)
    return table[0], table[1]


@given(PAIRS, NUMBERS)
def test_what_every_seed_gains_moves_the_interval_and_not_its_width(
    pairs, gain
):
    variant, base = paired(pairs)
    found, moved = difference(variant, base), difference(variant + gain, base)
    assert moved.mean == pytest.approx(found.mean + gain, abs=1e-9)
    assert moved.low == pytest.approx(found.low + gain, abs=1e-9)
    assert moved.high == pytest.approx(found.high + gain, abs=1e-9)


@given(PAIRS, NUMBERS)
def test_luck_that_a_pair_shares_does_not_matter(pairs, luck):
    variant, base = paired(pairs)
    shared = luck * np.arange(len(pairs))
    assert difference(variant + shared, base + shared) == difference(
        variant, base
    )


@given(PAIRS, st.data())
def test_pairs_are_found_by_seed_in_whatever_order(pairs, data):
    variant, base = paired(pairs)
    found = difference(variant, base)
    assert found.low <= found.mean <= found.high
    assert 0 <= found.p <= 1
    assert found.seeds == len(pairs)
    order = data.draw(st.permutations(range(len(pairs))))
    shuffled = pd.concat([variant[order], pd.Series({-1: 9.0})])
    assert difference(shuffled, base) == pytest.approx(found, abs=1e-9)


@given(PAIRS)
def test_an_interval_leaves_out_zero_where_the_test_is_significant(pairs):
    found = difference(*paired(pairs))
    assume(abs(found.p - 0.05) > 1e-9)
    assert (found.low <= 0 <= found.high) == (found.p > 0.05)


@given(
    st.lists(st.tuples(st.floats(1e-4, 1), st.floats(1e-4, 1)), min_size=2),
    st.floats(0.1, 10),
)
def test_a_ratio_of_errors_scales_with_the_errors(pairs, factor):
    without, with_it = paired(pairs)
    found = error_ratio(without, with_it)
    scaled = error_ratio(factor * without, with_it)
    assert scaled.mean == pytest.approx(factor * found.mean, rel=1e-6)
    assert found.low <= found.mean * (1 + 1e-9)
    assert found.mean <= found.high * (1 + 1e-9)


@given(st.lists(NUMBERS, min_size=5, max_size=17), NUMBERS, st.integers(0, 3))
def test_a_run_reaches_its_level_in_its_first_smoothed_epoch_there(
    run, level, wait
):
    calm = [sum(run[n - 1 : n + 2]) / 3 for n in range(1, len(run) - 1)]
    first = next((n for n, mean in enumerate(calm) if mean >= level), None)
    table = pd.DataFrame([run], index=[7])
    if first is None or first + wait >= len(calm):
        with pytest.raises(ValueError, match=f"has {wait} epochs after"):
            time_to_level(table, level, wait)
        return
    found = time_to_level(table, level, wait)
    assert found.epochs[7] == first + 2  # counted from 1, with a neighbor
    assert found.gains[7] == pytest.approx(calm[first + wait] - calm[first])


@given(
    st.lists(st.booleans(), min_size=1, max_size=31),
    st.integers(0, 2**32),
    st.randoms(use_true_random=False),
)
def test_a_bootstrap_interval_is_ordered_and_heeds_no_order(
    drawings, answers, seed, random
):
    def interval(right, scenes):
        draws = torch.Generator().manual_seed(seed)
        return bootstrap_interval(right, scenes, draws, rounds=60)

    right = torch.tensor(answers).float()
    scenes = fixed_scenes(drawings, Scene(40, 2, 0), len(right), seed)
    found = interval(right, scenes)
    assert found.share == pytest.approx(right.mean().item())
    assert right.min() <= found.low <= found.high <= right.max()
    wrong = interval(1 - right, scenes)
    assert (wrong.low, wrong.high) == pytest.approx(
        (1 - found.high, 1 - found.low), abs=1e-6
    )
    order = list(range(len(right)))
    random.shuffle(order)
    shuffled = interval(right[order], scenes[torch.tensor(order)])
    assert shuffled == pytest.approx(found, abs=1e-6)


@given(
    st.lists(NUMBERS, min_size=1, max_size=11),
    st.lists(NUMBERS, min_size=1, max_size=11),
)
def test_the_area_is_the_share_of_pairs_in_the_right_order(good, bad):
    wins = sum((g > b) + (g == b) / 2 for g in good for b in bad)
    found = auc(torch.tensor(good), torch.tensor(bad))
    assert found == pytest.approx(wins / (len(good) * len(bad)))


@given(st.lists(st.integers(0, 11), min_size=16, max_size=16), SIXTEENTHS)
def test_the_heaviest_cells_are_the_fewest_that_hold_the_share(cells, share):
    """Sixteen grains on twelve cells: sixteenths, whose sums are exact."""
    weights = torch.bincount(torch.tensor(cells), minlength=12) / 16
    marked = heaviest(weights.view(1, 3, 4), share).flatten()
    held = weights[marked]
    assert held.sum() >= share
    assert held.sum() - held.min() < share
    assert (weights[~marked] <= held.min()).all()
