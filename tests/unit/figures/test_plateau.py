"""What the figures of chapter 5 say follows from their numbers."""

import numpy as np
import pytest

from colorattn.figures import curves, plateau


def climbing(top, seeds=3, epochs=11, start=0.34):
    """Shares that rise evenly to a height, by (seed, epoch)."""
    runs = np.linspace(start, top, epochs)
    return runs + 0.002 * np.arange(seeds)[:, None]


def watched(draw, last=0.9):
    accuracy = np.linspace(1 / 3, last, 7).tolist()
    growing = np.linspace(0.1, 0.5, 7).tolist()
    lengths = {"encoder": growing, "head": [0.2] * 7}
    return draw(np.linspace(64, 5, 7).tolist(), lengths, accuracy)


def changes(draw, given=(0.8, 0.82)):
    shares = {"plain": [0.3, 0.34, 0.32], "key given": list(given)}
    return draw(shares, 1 / 3, "right answers (%)")


EXAMPLES = {
    "together": (
        lambda draw: draw({"accuracy": climbing(0.7), "hit": climbing(0.6)}),
        ["3 thin lines", "accuracy goes from 34% to 70%", "hit"],
    ),
    "watched": (
        watched,
        ["from 64 to 5 in 6 epochs", "encoder to 5.0 times", "at epoch 2"],
    ),
    "changes": (
        changes,
        ["dot for each seed", "plain 32%", "key given 81%", "key given."],
    ),
}


def test_words_about_measures_say_when_each_has_risen():
    early, late = climbing(0.94, seeds=1), climbing(0.46, seeds=1)
    said = plateau.together({"accuracy": early, "hit": late}).alt
    assert "accuracy goes from 34% to 94%" in said
    assert "risen by 10 points at epoch 3" in said
    assert "hit goes from 34% to 46%" in said
    assert "risen by 10 points at epoch 10" in said


def test_a_measure_that_never_rises_is_said_not_to():
    flat = {"accuracy": climbing(0.35), "hit": climbing(0.35)}
    assert "at no epoch" in plateau.together(flat).alt


@pytest.mark.parametrize(
    ("last", "words"), [(0.9, "at epoch 2."), (0.4, "never.")]
)
def test_words_about_a_watched_run_say_when_half_are_right(last, words):
    assert watched(plateau.watched, last).alt.endswith(words)


def test_words_about_changes_name_the_one_that_is_farthest():
    assert changes(plateau.changes).alt.endswith("is: key given.")
    less = changes(plateau.changes, given=(0.1, 0.2)).alt
    assert less.endswith("is: plain.")


def stored(top):
    return climbing(top, seeds=5, epochs=40)


@pytest.mark.parametrize(
    ("live", "words"),
    [
        (0.9, "above all of the stored ones"),
        (0.1, "below all of the stored ones"),
        (0.375, "within the range of the stored ones"),
    ],
)
def test_words_about_a_live_run_say_where_it_lies(live, words):
    said = curves.accuracies(stored(0.94), [0.3, 0.3, live], {}).alt
    assert f"is at {live:.0%} after 3 epochs, {words}" in said
    assert "This notebook" not in curves.accuracies(stored(0.94), [], {}).alt


def test_a_live_run_longer_than_the_stored_ones_is_said_to_be():
    said = curves.accuracies(stored(0.94), [0.3] * 41, {}).alt
    assert "later than any stored one" in said


def test_words_about_accuracies_follow_the_stored_curves():
    said = curves.accuracies(stored(0.94), [], {30: 0.9}).alt
    assert "begins at 34%, passes 50% at epoch 12" in said
    assert "ends at 94% after 40 epochs, +15.4 points" in said
    assert "Stars mark what the post reports: 90% at epoch 30." in said
    assert "Stars" not in curves.accuracies(stored(0.94), [], {}).alt
    low = curves.accuracies(stored(0.4), [], {}).alt
    assert "begins at 34%, stays low, and ends at 40%" in low


def test_words_about_a_contest_follow_its_curves():
    seconds = {"one": 2.0, "two": 3.0}
    runs = {"one": climbing(0.94), "two": climbing(0.4)}
    said = curves.contest(runs, seconds).alt
    assert "one is half right after 8 s and ends at 94% after 22 s" in said
    assert "two is half right never and ends at 40% after 33 s" in said


def test_words_about_losses_say_where_they_begin():
    assert "begins at 4.3 nats" in curves.losses([4.31, 1.0, 0.2], "A run").alt
