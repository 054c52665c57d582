"""Differences are paired by seed, and several looks cost certainty."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats

from colorattn.analysis.statistics import (
    auc,
    difference,
    error_ratio,
    holm,
    time_to_level,
)


def test_an_interval_worked_by_hand():
    """Differences 1, 2, 3: mean 2, standard error 1/√3, t(2) = 4.303."""
    found = difference(pd.Series([2.0, 4, 6]), pd.Series([1.0, 2, 3]))
    assert found.mean == 2
    assert found.high - found.mean == pytest.approx(4.303 / 3**0.5, rel=1e-3)
    assert found.mean - found.low == pytest.approx(4.303 / 3**0.5, rel=1e-3)
    assert found.seeds == 3


def test_holm_worked_by_hand():
    """Sorted .01, .02, .03, .04 times 4, 3, 2, 1; the last may not fall."""
    expected = pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.03, 0.01, 0.04, 0.02]) == expected
    assert holm([0.6, 0.9, 0.0]) == [1.0, 1.0, 0.0]  # stops at certainty


@pytest.mark.parametrize(("shift", "chance"), [(0.0, 1.0), (2.0, 0.0)])
def test_pairs_that_all_agree_have_no_spread(shift, chance):
    base = pd.Series([1.0, 2, 3])
    found = difference(base + shift, base)
    assert found == (shift, shift, shift, chance, 3)


@pytest.mark.parametrize("seeds", [0, 1])
def test_too_few_seeds_are_refused(seeds):
    with pytest.raises(ValueError, match=f"{seeds} seeds in common"):
        difference(pd.Series(np.ones(seeds)), pd.Series(np.zeros(seeds)))


def test_pairs_are_found_by_seed_and_not_by_position():
    variant = pd.Series({3: 7.0, 1: 5.0, 0: 4.0, 9: 90.0})
    base = pd.Series({0: 1.0, 1: 3.0, 2: 20.0, 3: 3.0})
    assert difference(variant, base)[0::4] == (3.0, 3)  # 3, 2 and 4


def test_a_factor_worked_by_hand():
    """Twice and eight times as many errors: four times, as 2 · 8 is 4²."""
    found = error_ratio(pd.Series([0.02, 0.4]), pd.Series([0.01, 0.05]))
    assert found.mean == pytest.approx(4)
    # Logs ln 2 and ln 8: mean ln 4, standard error ln 2, t(1) = 12.706.
    assert found.high == pytest.approx(4 * 2**12.706, rel=1e-3)
    assert found.low == pytest.approx(4 / 2**12.706, rel=1e-3)
    assert found.p == pytest.approx(0.2952, abs=1e-3)


def test_halving_and_doubling_are_equally_far():
    few, many = pd.Series([0.01, 0.03]), pd.Series([0.02, 0.09])
    one, other = error_ratio(many, few), error_ratio(few, many)
    assert one.mean == pytest.approx(1 / other.mean)
    assert one.low == pytest.approx(1 / other.high)


def test_without_errors_there_is_no_factor():
    none, some = pd.Series([0.0, 0.1]), pd.Series([0.1, 0.1])
    says = "^an error rate of 0 has no ratio: measure it on more scenes.$"
    for rates in (none, some), (some, none):
        with pytest.raises(ValueError, match=says):
            error_ratio(*rates)
    with pytest.raises(ValueError, match="0 seeds in common"):
        error_ratio(some[:0], none[:0])


def test_a_pace_worked_by_hand():
    """A line that rises by 2 reaches 7 at epoch 5; one by 5, at epoch 3.

    Epochs count from 1, and the lines begin at 0.
    """
    runs = pd.DataFrame(np.arange(11.0) * np.array([[2.0], [5.0]]))
    found = time_to_level(runs, level=7.0, wait=3)
    assert found.epochs.tolist() == [5, 3]
    assert found.gains.tolist() == pytest.approx([6, 15])


def test_a_later_start_alone_changes_no_climb():
    run = np.linspace(0, 1, 17) ** 0.5
    late = np.concatenate([np.zeros(5), run])[:17]
    found = time_to_level(pd.DataFrame([run, late]), level=0.4, wait=4)
    assert found.epochs[1] == found.epochs[0] + 5
    assert found.gains[1] == pytest.approx(found.gains[0])


def test_one_lucky_epoch_reaches_nothing():
    run = pd.DataFrame([[0.0, 0, 0.9, 0, 0, 0.6, 0.6, 0.6, 0.6]])
    assert list(time_to_level(run, level=0.5, wait=1).epochs) == [7]


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("last", [0.1, 0.4, 0.6])
def test_one_run_that_is_too_low_or_too_late_is_refused(last, late):
    runs = pd.DataFrame(0.9, index=[0, 1], columns=range(7))
    runs.loc[late] = [0.1] * 4 + [last] * 3
    says = r"^not every run has 3 epochs after 0\.5\.$"
    with pytest.raises(ValueError, match=says):
        time_to_level(runs, level=0.5, wait=3)


def test_it_is_the_paired_test_of_scipy():
    random = np.random.default_rng(0)
    variant, base = map(pd.Series, random.normal(size=(2, 7)))
    expected = stats.ttest_rel(variant, base)
    found = difference(variant, base)
    assert found.p == pytest.approx(expected.pvalue)
    ends = expected.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(ends)
    other = difference(base, variant)
    assert (other.mean, other.p) == (-found.mean, pytest.approx(found.p))
    assert (-other.high, -other.low) == pytest.approx(ends)


def test_ninety_five_intervals_of_a_hundred_hold_the_truth():
    random = np.random.default_rng(0)
    pairs = random.normal(0.3, 2.0, size=(2000, 5))
    zero = pd.Series(np.zeros(5))
    found = [difference(pd.Series(row), zero) for row in pairs]
    held = np.mean([d.low < 0.3 < d.high for d in found])
    assert abs(held - 0.95) < 0.02


def test_an_auc_is_worked_by_hand_with_ties_as_halves():
    positive, negative = torch.tensor([2.0, 5]), torch.tensor([1.0, 2, 9])
    # Of six pairs, 2 beats 1 and ties with 2; 5 beats 1 and 2.
    assert auc(positive, negative) == pytest.approx(3.5 / 6)
    same = torch.arange(101.0)
    assert auc(same, same) == pytest.approx(0.5)
    assert auc(same + 200, same) == 1
