"""Which classes a model finds, counted."""

from itertools import product

import pytest
import torch

from colorattn.analysis.errors import (
    accuracy_by_class,
    confusion_matrix,
    has_relative,
)
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, fixed_scenes


def world(classes, colors, query_index):
    """Make scenes of which only these facts matter."""
    n = len(classes)
    which, colors = torch.tensor(query_index), torch.tensor(colors)
    return Batch(
        image=torch.zeros(n, 3, 64, 64, dtype=torch.uint8),
        query=torch.zeros(n, 1, 28, 28, dtype=torch.uint8),
        target=colors[torch.arange(n), which],
        query_index=which,
        classes=torch.tensor(classes),
        colors=colors,
        positions=torch.zeros(*colors.shape, 2, dtype=torch.long),
        drawing_ids=torch.zeros_like(colors),
        query_id=torch.zeros_like(which),
    )


# Three scenes: asked for 7, for 7 and for 2.
SCENES = world(
    classes=[[7, 2, 5], [1, 7, 2], [2, 9, 7]],
    colors=[[0, 1, 2], [2, 0, 1], [1, 0, 2]],
    query_index=[0, 1, 0],
)


def test_the_class_of_the_query_is_that_of_the_queried_symbol():
    assert SCENES.query_class.tolist() == [7, 7, 2]


def test_shares_by_class_worked_by_hand():
    found = accuracy_by_class(torch.tensor([True, False, True]), SCENES)
    assert found[[7, 2]].tolist() == [0.5, 1.0]
    assert found[[0, 1, 9]].isnan().all()


def test_mistakes_worked_by_hand():
    """Asked for 7, the first names the 2 (green), the second is right."""
    found = confusion_matrix(torch.tensor([1, 0, 2]), SCENES)
    assert found[7, 2] == 0.5  # met twice, named once
    assert found[7, 5] == 0.0  # met once, not named
    assert found[2, 7] == 1.0  # the third names the 7
    assert found[[7, 2], [7, 2]].isnan().all()
    assert found[0].isnan().all()


@pytest.mark.parametrize(
    ("related", "expected"),
    [
        ([{7, 2}], [True, True, True]),
        ([{7, 5}], [True, False, False]),
        ([{1, 9}, {5, 2}], [False, False, False]),
    ],
)
def test_relatives_worked_by_hand(related, expected):
    family = torch.arange(10) + 10
    for n, group in enumerate(related):
        family[list(group)] = n
    assert has_relative(SCENES, family).tolist() == expected


def test_mistakes_are_those_that_a_loop_counts(drawings):
    scenes = fixed_scenes(drawings, Scene(), 997, seed=0)
    random = torch.Generator().manual_seed(1)
    answers = torch.randint(3, (997,), generator=random)
    named, met = torch.zeros(10, 10), torch.zeros(10, 10)
    for n, k in product(range(997), range(3)):
        a, b = scenes.query_class[n], scenes.classes[n, k]
        if k != scenes.query_index[n]:
            met[a, b] += 1
            named[a, b] += scenes.colors[n, k] == answers[n]
    torch.testing.assert_close(
        confusion_matrix(answers, scenes), named / met, equal_nan=True
    )


def test_right_answers_are_no_mistakes(drawings):
    scenes = fixed_scenes(drawings, Scene(), 499, seed=0)
    assert confusion_matrix(scenes.target, scenes).nan_to_num(0).eq(0).all()
    right = torch.ones(499, dtype=torch.bool)
    assert accuracy_by_class(right, scenes).eq(1).all()
