"""A probe changes one thing, and tells truly what came of it."""

import pytest
import torch
from tiny import NET, SHARED
from torch.testing import assert_close

from colorattn.analysis.intervention import (
    Prediction,
    predict,
    read_with_weights,
    with_absent_query,
    with_query,
    with_temperature,
)
from colorattn.data.scene import Scene
from colorattn.data.seeds import generator
from colorattn.data.stream import fixed_scenes
from colorattn.model.colornet import ColorNetImage


@pytest.fixture(params=[NET, SHARED], ids=["two encoders", "one"])
def net(request):
    return ColorNetImage(request.param, seed=0).eval()


def test_asking_in_chunks_gives_what_the_net_gives(net, scenes):
    found = predict(net, scenes, chunk=3)
    with torch.no_grad():
        assert_close(tuple(found), net(scenes.image, scenes.query))
    assert not found.logits.requires_grad


def test_answer_and_confidence_are_the_likeliest_color_and_how_likely():
    logits = torch.tensor([[1.0, 2, 4], [3, 0, 0]]).log()
    asked = Prediction(logits, torch.zeros(2, 1, 1), torch.ones(2, 1, 1))
    assert asked.answer.tolist() == [2, 0]
    assert_close(asked.confidence, torch.tensor([4 / 7, 1.0]))


def test_its_own_weights_and_a_temperature_of_one_change_nothing(net, scenes):
    asked = predict(net, scenes)
    assert_close(with_temperature(asked.scores, 1.0), asked.weights)
    _, logits = read_with_weights(net, scenes.image, asked.weights)
    assert_close(logits, asked.logits)


def test_reread_with_other_weights_it_reads_another_place(net, scenes):
    corner = torch.zeros_like(predict(net, scenes).weights)
    corner[:, 0, 0] = 1
    rows, columns = corner.shape[1:]
    patch = scenes.image[:, :, : 64 // rows, : 64 // columns]
    expected = net.normalize(patch.float()).mean(dim=(2, 3))
    if net.config.readout == "image_mean":
        expected = expected / (rows * columns)
    glimpse, logits = read_with_weights(net, scenes.image, corner)
    assert_close(glimpse, expected)
    assert_close(logits, net.head(expected).detach())


def test_heat_evens_the_weights_by_hand():
    scores = torch.tensor([[[1.0, 4.0], [9.0, 16.0]]]).log()
    expected = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]) / 10  # square roots
    assert_close(with_temperature(scores, 2.0), expected)


def test_another_drawing_is_of_the_same_class_and_never_the_same(drawings):
    each = torch.arange(len(drawings.images)).repeat(50)
    found = drawings.other_drawing(each, generator(0))
    assert torch.equal(drawings.labels(found), drawings.labels(each))
    assert (found != each).all()
    assert len(found.unique()) == len(drawings.images)  # each is met


def test_asking_for_another_symbol_moves_query_and_target(scenes, drawings):
    which = (scenes.query_index + 1) % 3
    asked = with_query(scenes, which, drawings, generator(0))
    each = torch.arange(11)
    assert torch.equal(asked.target, scenes.colors[each, which])
    assert torch.equal(asked.query_index, which)
    assert torch.equal(asked.image, scenes.image)
    drawn = asked.query_id
    assert torch.equal(drawings.labels(drawn), scenes.classes[each, which])
    assert (drawn != scenes.drawing_ids[each, which]).all()
    assert torch.equal(asked.query[:, 0], drawings.images[drawn])


def test_an_absent_class_is_not_in_the_scene_and_has_no_target(drawings):
    scenes = fixed_scenes(drawings, Scene(), n=307, seed=0)
    asked = with_absent_query(scenes, drawings, generator(0))
    missing = drawings.labels(asked.query_id)
    assert not (scenes.classes == missing[:, None]).any()
    assert len(missing.unique()) == 10
    assert (asked.target == -1).all()
    assert torch.equal(asked.query[:, 0], drawings.images[asked.query_id])
