"""What the figures of chapter 10 say follows from their numbers."""

import numpy as np
import torch
from tiny import pixels

from colorattn.analysis.statistics import error_ratio as times
from colorattn.analysis.statistics import holm
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.data.symbols import Symbols
from colorattn.figures import climbing, leftovers, rung, worth

RUNGS = {
    "post": np.array([0.2, 0.24]),
    "one-cycle": np.array([0.31, 0.33]),
    "deeper": np.array([0.0, 0.002]),
}


def courses(draw, end=0.01):
    falling = np.geomspace(0.7, end, 30)
    return draw({"post": np.stack([falling, falling * 1.1])}, 0.0005)


def step(draw, to=0.0):
    """The first seed goes from 3% wrong to 1%, the second from 3% to `to`."""
    before = np.array([[0.5, 0.03], [0.6, 0.03]])
    after = np.array([[0.4, 0.01], [0.5, to]])
    return draw({"finer-map": before, "deeper": after}, 0.0005)


def pairs(factor=3.0):
    base = np.array([0.01, 0.012, 0.009])
    spread = np.array([1.0, 1.1, 0.95])
    return {
        "deeper": (factor * base * spread, base),
        "three questions": (base * spread**4, base),
    }


def worths(draw, factor=3.0):
    found = {name: times(*each) for name, each in pairs(factor).items()}
    factors = {name: a / b for name, (a, b) in pairs(factor).items()}
    chances = holm([f.p for f in found.values()])
    return draw(factors, found, chances, {name: 1.4 for name in found})


def twice(draw):
    found = {name: times(*each) for name, each in pairs().items()}
    other = {name: times(*each) for name, each in pairs(0.5).items()}
    return draw(found, other)


def sizes(draw):
    nets = {500: np.array([0.2, 0.22]), 3_000: np.array([0.02, 0.03])}
    return draw(nets, {"the post's net": (12_668, np.array([0.054]))}, 0.05)


def some_scenes(n):
    counts = torch.full((10,), 3)
    noise = Symbols(pixels(30, 28, 28), counts, "mnist", "test", "noise")
    return fixed_scenes(noise, Scene(), n, seed=0)


def gallery(draw, n=11):
    scenes = some_scenes(n)
    weights = torch.zeros(n, 8, 8)
    weights[:, 2, 3] = 1
    return draw(
        scenes, weights, (scenes.target + 1) % 3, "ABA" + "C" * (n - 3)
    )


def kinds(draw):
    return draw([0.6, 0.4], [0.015, 0.985], ["in doubt", "none of these"])


EXAMPLES = {
    "rates": (
        lambda draw: draw({"one-cycle": [4e-4, 1e-2, 0.0]}, 1),
        ["one-cycle begins at 0.0004", "highest with 0.01 at epoch 1"],
    ),
    "rungs": (
        lambda draw: draw(RUNGS, 0.0005, "validation"),
        ["post 22.0%", "one-cycle 32.0%", "deeper 0.1%", "each seed"],
    ),
    "courses": (courses, ["post", "the first epoch", "at the end", "10"]),
    "step": (
        step,
        ["finer-map ends at 3.0%", "deeper ends at 0.5%", "+2.5 on average"],
    ),
    "worths": (
        worths,
        ["deeper 3.0 times", "three questions", "(validation 1.4)"],
    ),
    "twice": (twice, ["deeper 3.0 and 0.5", "diagonal"]),
    "sizes": (
        sizes,
        ["500 parameters 21.0%", "the post's net with 12,668 5.4%"],
    ),
    "gallery": (gallery, ["11 scenes", "2 of A, 1 of B, 8 of C", "ring"]),
    "kinds": (kinds, ["in doubt 60% and 1.5%", "none of these 40%"]),
}


def test_a_forest_tells_worths_from_the_largest_down_and_luck_as_luck():
    said = worths(worth.worths).alt
    assert said.index("deeper 3.0 times") < said.index("three questions")
    assert "may be luck" not in said.split("three questions")[0]
    assert "may be luck" in said.split("three questions")[1]
    less = worths(worth.worths, factor=0.2).alt
    assert less.index("three questions") < less.index("deeper 0.2 times")


def test_no_error_at_all_is_drawn_at_the_floor():
    axis = climbing.rungs(RUNGS, 0.0005, "validation").figure.axes[0]
    seen = min(min(line.get_xdata(), default=9) for line in axis.lines)
    assert seen == 0.05


def test_a_step_shows_what_each_pair_gains_and_its_loss_below_zero():
    _, gained = step(rung.step, to=0.07).figure.axes
    (dots,) = (line for line in gained.lines if line.get_marker() == "o")
    assert np.allclose(dots.get_ydata(), [2.0, -4.0])
    assert "-1.0 on average" in step(rung.step, to=0.07).alt


def test_a_ladder_shows_every_seed_and_no_interval_beyond_its_axis():
    axis = climbing.rungs(RUNGS, 0.0005, "validation").figure.axes[0]
    dots = [line for line in axis.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in dots] == [2, 2, 2]


def test_names_at_the_ends_of_curves_do_not_meet():
    assert climbing.spaced([1.0, 10.0], 1.5) == [1.0, 10.0]
    assert climbing.spaced([1.0, 1.0, 1.2], 2.0) == [1.0, 2.0, 4.0]
    assert climbing.spaced([1.2, 1.0], 2.0) == [2.0, 1.0]


def test_a_ring_lies_where_the_peak_is():
    figure = gallery(leftovers.gallery).figure
    rings = [
        line for axis in figure.axes for line in axis.lines if line.get_xdata()
    ]
    assert len(rings) == 11
    assert {(*ring.get_xdata(), *ring.get_ydata()) for ring in rings} == {
        (28.0, 20.0)
    }
