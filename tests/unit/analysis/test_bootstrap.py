"""An interval of one net comes from its drawings, not from its scenes."""

import numpy as np
import pytest
import torch
from tiny import pixels

from colorattn.analysis.statistics import (
    bootstrap_interval,
    bootstrap_shares,
)
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.data.symbols import Symbols


def random(seed=0):
    return torch.Generator().manual_seed(seed)


def some_scenes(n, drawings=7, seed=0):
    counts = torch.full((10,), drawings)
    noise = Symbols(
        pixels(10 * drawings, 28, 28), counts, "mnist", "test", "noise"
    )
    return fixed_scenes(noise, Scene(), n, seed)


def test_the_share_is_the_mean_and_lies_inside():
    right = (torch.arange(101) % 4 > 0).float()
    found = bootstrap_interval(right, some_scenes(101), random())
    assert found.share == pytest.approx(right.mean().item())
    assert found.low < found.share < found.high


def test_no_doubt_where_all_are_right():
    found = bootstrap_interval(torch.ones(53), some_scenes(53), random())
    assert found == (1.0, 1.0, 1.0)


def width(n: int, drawings: int) -> float:
    """Of an interval whose errors belong to one drawing in ten."""
    scenes = some_scenes(n, drawings)
    right = (scenes.query_id % 10 != 3).float()
    found = bootstrap_interval(right, scenes, random())
    return found.high - found.low


def test_more_drawings_make_it_surer_and_not_more_scenes_of_the_same():
    assert width(4001, 7) > 0.7 * width(401, 7)
    assert width(2003, 7) > 2 * width(2003, 101)


def test_it_is_as_wide_as_other_drawings_make_the_share_vary():
    """Two in ten queries fail; 200 fresh sets of drawings say how much."""
    scenes = some_scenes(499, 11)
    fails = torch.rand(200, 110, generator=random(1)) < 0.2
    shares = (~fails[:, scenes.query_id]).float().mean(dim=1)
    right = (~fails[0, scenes.query_id]).float()
    found = bootstrap_interval(right, scenes, random())
    expected = 2 * 1.96 * shares.std().item()
    assert expected < found.high - found.low < 2 * expected


@pytest.mark.parametrize(("n", "rounds"), [(2, 11), (31, 97)])
def test_the_interval_is_that_of_a_loop_over_resampled_drawings(n, rounds):
    """Of two scenes, some samples have neither."""
    scenes = some_scenes(n, drawings=3)
    right = (torch.arange(n) % 3 > 0).float()
    draws, shares = random(), []
    last = int(max(scenes.query_symbol.max(), scenes.query_id.max())) + 1
    for _ in range(rounds):
        counts = torch.poisson(torch.ones(last), generator=draws).tolist()
        weights = [
            counts[scenes.query_symbol[k]] * counts[scenes.query_id[k]]
            for k in range(n)
        ]
        if sum(weights) > 0:
            won = [weight for k, weight in enumerate(weights) if right[k]]
            shares.append(sum(won) / sum(weights))
    assert (len(shares) < rounds) == (n == 2)
    low, high = np.quantile(shares, [0.025, 0.975])
    found = bootstrap_interval(right, scenes, random(), rounds)
    expected = right.mean().item(), low, high
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_bootstrap_has_400_rounds_if_not_told_otherwise():
    scenes, right = some_scenes(53), (torch.arange(53) % 3 > 0).float()
    found = bootstrap_interval(right, scenes, random())
    assert found == bootstrap_interval(right, scenes, random(), 400)
    assert found != bootstrap_interval(right, scenes, random(), 401)


def test_no_scenes_are_refused_in_a_whole_sentence():
    says = "^there are no scenes: give at least one.$"
    with pytest.raises(ValueError, match=says):
        bootstrap_interval(torch.zeros(0), some_scenes(3)[:0], random())


# Over seeds, too


def test_seeds_that_agree_add_nothing_but_their_own_draws():
    scenes = some_scenes(211)
    right = (scenes.query_id % 10 != 3).float()
    one = bootstrap_interval(right, scenes, random())
    three = bootstrap_interval(right.expand(3, -1), scenes, random())
    assert three.share == pytest.approx(one.share)
    ratio = (three.high - three.low) / (one.high - one.low)
    assert ratio == pytest.approx(1, abs=0.2)


def test_seeds_that_differ_make_it_as_wide_as_another_seed_would():
    """All scenes of a seed are right or all are wrong: 50 of 100 seeds."""
    right = (torch.arange(100) % 2).float()[:, None].expand(100, 31)
    found = bootstrap_interval(right, some_scenes(31), random())
    assert found.share == pytest.approx(0.5)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.05, rel=0.2)


def test_variants_meet_the_same_seeds_and_drawings():
    scenes = some_scenes(53)
    right = (torch.arange(5 * 53) % 3 > 0).float().view(5, 53)
    both = torch.stack([right, 1 - right])
    found = bootstrap_shares(both, scenes, random(), rounds=17)
    assert found.shape == (17, 2)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(17))


def test_there_are_four_hundred_rounds():
    found = bootstrap_shares(torch.ones(1, 1, 313), some_scenes(313), random())
    assert found.tolist() == 400 * [[1.0]]


def test_the_shares_are_those_of_a_loop_over_seeds_and_scenes():
    scenes = some_scenes(13, drawings=3)
    right = (torch.arange(2 * 13) % 3 > 0).float().view(2, 13)
    draws = random()
    last = int(max(scenes.query_symbol.max(), scenes.query_id.max())) + 1
    expected = []
    for _ in range(19):
        counts = torch.poisson(torch.ones(last), generator=draws).tolist()
        runs = torch.poisson(torch.ones(2, 1), generator=draws).tolist()
        weights = torch.tensor(
            [
                [
                    runs[seed][0]
                    * counts[scenes.query_symbol[k]]
                    * counts[scenes.query_id[k]]
                    for k in range(13)
                ]
                for seed in range(2)
            ]
        )
        if weights.sum() > 0:
            expected.append((weights * right).sum() / weights.sum())
    found = bootstrap_shares(right[None], scenes, random(), rounds=19)
    torch.testing.assert_close(found[:, 0], torch.stack(expected))
