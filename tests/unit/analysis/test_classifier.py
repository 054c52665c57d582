"""A namer learns classes, from whole drawings or through a keyhole."""

import pytest
import torch
import torch.nn.functional as F
from tiny import assert_same

from colorattn.analysis import classifier
from colorattn.analysis.classifier import (
    Classifier,
    crop_best_key,
    match,
    predict_proba,
    train,
)
from colorattn.data.seeds import generator


def places(drawing, side):
    """All windows of a grid with a key every 8 px, for each of 64 places."""
    wide = F.pad(drawing, [40] * 4)
    for place in range(64):
        first = [8 - k for k in divmod(place, 8)]
        yield [
            wide[row : row + side, column : column + side]
            for row in range(40 - 32 + first[0], 80, 8)
            for column in range(40 - 32 + first[1], 80, 8)
        ]


@pytest.mark.parametrize("side", [17, 25])
def test_a_keyhole_shows_the_window_with_most_ink_of_some_place(side):
    strokes = torch.zeros(28, 28, dtype=torch.uint8)
    strokes[3:25, 4:7], strokes[20:25, 4:24], strokes[9, 22] = 200, 90, 7
    best = {
        max(windows, key=lambda window: int(window.sum())).numpy().tobytes()
        for windows in places(strokes, side)
    }
    found = crop_best_key(strokes.expand(997, 28, 28), side, generator(0))
    assert {window.numpy().tobytes() for window in found} == best
    assert len(best) > 50


def test_small_ink_is_always_seen_whole(drawings):
    dot = torch.zeros(101, 28, 28, dtype=torch.uint8)
    dot[:, 17:20, 2:5] = 9
    assert crop_best_key(dot, 17, generator(0)).sum(dim=(1, 2)).eq(81).all()


def test_who_sees_whole_drawings_is_shown_them_as_they_are(drawings):
    whole, crops = (
        classifier.shown(drawings.images, side, generator(0))
        for side in (28, 17)
    )
    assert whole is drawings.images
    assert crops.shape[1:] == (17, 17)


@pytest.mark.parametrize(
    ("side", "parameters"), [(28, 11_258), (17, 9_018), (25, 11_258)]
)
def test_a_namer_is_smaller_than_the_posts_net(side, parameters):
    namer = Classifier(side)
    assert sum(p.numel() for p in namer.parameters()) == parameters < 12_668
    pictures = torch.zeros(7, side, side, dtype=torch.uint8)
    assert namer(pictures).shape == (7, 10)


@pytest.mark.parametrize("side", [28, 17])
def test_it_learns_and_does_so_alike_from_one_seed(drawings, side):
    noise = torch.get_rng_state()
    runs = []
    for _ in range(2):
        namer = Classifier(side, seed=3)
        runs.append((list(train(namer, drawings, 3, 11)), namer))
    (losses, one), (_, two) = runs
    assert losses[-1] < 0.8 * losses[0]
    assert not one.training
    assert_same(one.state_dict(), two.state_dict())
    assert torch.equal(torch.get_rng_state(), noise)
    same, other = (Classifier(side, seed).output.weight for seed in (3, 4))
    assert not torch.equal(same, other)


def test_augmentation_shows_other_drawings_of_the_same_classes(
    drawings, monkeypatch
):
    seen: list[torch.Tensor] = []
    shown = classifier.shown
    monkeypatch.setattr(
        classifier, "shown", lambda d, *rest: seen.append(d) or shown(d, *rest)
    )
    losses = [
        next(train(Classifier(seed=3), drawings, 3, 1, augmented))
        for augmented in (False, True)
    ]
    plain, moved = seen[: len(seen) // 2], seen[len(seen) // 2 :]
    assert moved[0].shape == plain[0].shape
    assert not torch.equal(moved[0], plain[0])
    assert losses[0] != losses[1]
    # A shift of two pixels at most leaves the ink about where it was.
    ink = [part.float().mean(dim=0) for part in (plain[0], moved[0])]
    assert F.cosine_similarity(*(i.flatten() for i in ink), dim=0) > 0.9


@pytest.mark.parametrize("side", [28, 17])
def test_chances_are_probabilities_and_the_same_each_time(drawings, side):
    namer = Classifier(side).eval()
    found = predict_proba(namer, drawings.images)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(len(found)))
    assert torch.equal(found, predict_proba(namer, drawings.images))
    elsewhere = predict_proba(namer, drawings.images, seed=1)
    assert torch.equal(found, elsewhere) == (side == 28)


def test_the_share_right_counts_the_likeliest():
    found = torch.tensor([[0.1, 0.9], [0.6, 0.4], [0.2, 0.8]])
    labels = torch.tensor([1, 0, 0])
    assert classifier.accuracy(found, labels) == pytest.approx(2 / 3)


def test_the_picked_symbol_is_the_likeliest_of_the_querys_class():
    # Named 1, 0 and 2; still the second may well be a 2.
    query = torch.tensor([[0.1, 0.0, 0.9]])
    symbols = torch.tensor([[[0.3, 0.7, 0.0], [0.6, 0, 0.4], [0.4, 0.2, 0.3]]])
    assert match(query, symbols).tolist() == [1]  # 0.03, 0.42, 0.31
