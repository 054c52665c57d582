"""Errors are sorted by what the criteria say they measure."""

import pytest
import torch
from torch.testing import assert_close

from colorattn.analysis import errors
from colorattn.analysis.errors import Criteria
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes


@pytest.fixture
def scenes(drawings):
    return fixed_scenes(drawings, Scene(), n=31, seed=0)


@pytest.fixture
def labels(drawings):
    return drawings.labels(torch.arange(len(drawings.images)))


def sure(labels, chance=0.97):
    """A classifier that gives every label this chance, the rest to all."""
    rest = (1 - chance) / 9
    chances = torch.full((len(labels), 10), rest)
    return chances.scatter(1, labels[:, None], chance)


def trait(sure=1.0, rival=0.0, covered=0.0, twin=False):
    numbers = [torch.tensor([value]) for value in (sure, rival, covered)]
    return Criteria(*numbers, torch.tensor([twin]))


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (trait(sure=0.05), 0),
        (trait(sure=0.2), 1),
        (trait(rival=0.2), 2),
        (trait(covered=0.06), 3),
        (trait(twin=True), 4),
        (trait(), 5),
        (trait(0.05, 0.2, 0.06, True), 0),
        (trait(0.95, 0.05, 0.06, True), 3),
        (trait(0.95, 0.05, 0.04, True), 4),
    ],
)
def test_the_first_criterion_that_fits_names_the_kind(found, kind):
    assert errors.categorize(found).tolist() == [kind]


def test_shares_of_kinds_count_scenes():
    found = errors.shares(torch.tensor([0, 0, 2, 5]))
    assert_close(found, torch.tensor([0.5, 0, 0.25, 0, 0, 0.25]))
    assert errors.shares(torch.tensor([]).long()).sum() == 0


def test_a_sure_classifier_leaves_no_drawing_in_doubt(scenes, labels):
    found = errors.criteria(scenes, sure(labels), labels)
    assert_close(found.label_probability, torch.full((31,), 0.97))
    assert_close(found.rival_probability, torch.full((31,), 0.03 / 9))


@pytest.mark.parametrize("which", ["query", "symbol", "other"])
def test_one_doubtful_drawing_is_found_where_it_counts(scenes, labels, which):
    scene, of = scenes[:1], int(scenes[:1].query_class)
    query_index = int(scene.query_index)
    drawing = {
        "query": scene.query_id[0],
        "symbol": scene.drawing_ids[0, query_index],
        "other": scene.drawing_ids[0, (query_index + 1) % 3],
    }[which]
    chances = sure(labels)
    chances[drawing, of] = 0.4  # of any drawing, that it is of this class
    found = errors.criteria(scene, chances, labels)
    label, rival = (0.97, 0.4) if which == "other" else (0.4, 0.03 / 9)
    assert_close(found.label_probability.item(), label)
    assert_close(found.rival_probability.item(), rival)


def test_ink_counts_where_other_ink_lies_on_it(scenes, labels):
    scene = scenes[:1]
    image, target = scene.image[0], int(scene.target)
    image[:] = 0
    image[target, 10, 10:14] = 200
    image[(target + 1) % 3, 10, 12:30] = 255  # on two of the four
    image[(target + 2) % 3, 10, 10] = 100  # faint
    found = errors.criteria(scene, sure(labels), labels)
    assert_close(found.covered.item(), 0.5)


def test_classes_are_alike_when_drawings_of_either_look_like_the_other():
    labels = torch.arange(10).repeat_interleave(2)
    chances = sure(labels, 0.91)
    chances[labels == 4, 9] = 0.05  # 4s look like 9s, and not 9s like 4s
    chances[labels == 7, 1] = 0.03
    near = errors.most_confused(chances, labels)
    assert near[4] == 9 and near[9] == 4
    assert near[7] == 1


def test_a_twin_is_seen_where_its_class_lies(scenes, labels):
    chances = sure(labels)
    chances[labels == 4, 9] = 0.5
    found = errors.criteria(scenes, chances, labels)
    of, held = scenes.query_class, (scenes.classes == 9).any(dim=1)
    assert torch.equal(found.confusable[of == 4], held[of == 4])
