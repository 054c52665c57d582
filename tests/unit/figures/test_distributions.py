"""Distributions: areas of one, and words that follow the numbers."""

import numpy as np
import torch
from figure_examples import ALT

from colorattn import figures


def test_the_steps_of_a_histogram_are_densities():
    values = np.array([0.1, 0.2, 0.3, 1.5])
    drawn = figures.histograms({"all": {"one": values}}, "x", ALT, [0, 1, 2])
    line, area = drawn.figure.axes[0].patches
    for steps in (line, area):
        heights, edges, _ = steps.get_data()
        assert edges.tolist() == [0, 1, 2]
        assert heights.tolist() == [0.75, 0.25]
    assert area.get_fill() and not line.get_fill()


def test_panels_in_one_column_have_one_axis():
    panels = {"a": {"x": np.arange(9.0)}, "b": {"x": np.arange(90.0)}}
    stacked = figures.histograms(panels, "x", ALT).figure.axes
    assert stacked[0].get_xlim() == stacked[1].get_xlim()
    assert [axis.get_title("left") for axis in stacked] == ["a", "b"]
    beside = figures.histograms(panels, "x", ALT, columns=2).figure.axes
    assert beside[0].get_xlim() != beside[1].get_xlim()


def test_words_about_a_histogram_follow_its_spread():
    narrow = {"guessers": torch.tensor([33.0] * 40 + [33.1])}
    wide = {"guessers": torch.linspace(20, 40, 41)}
    alt = figures.histograms({"one": narrow, "two": wide}, "right", ALT).alt
    assert "one: guessers has a mean of 33, and 95% of it from 33 to 33" in alt
    assert "two: guessers has a mean of 30, and 95% of it from 20.5 to" in alt


def test_scenes_are_sorted_and_errors_are_what_is_missing_to_one():
    shares = torch.tensor([1.0, 0.25, 0.5])
    left, right = figures.offset_luck(shares, {"one": 0.9}).figure.axes
    assert left.lines[0].get_ydata().tolist() == [25, 50, 100]
    assert [round(bar.get_height(), 6) for bar in right.patches] == [10]
