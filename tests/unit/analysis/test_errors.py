"""Wrong answers are found, and sorted by the first rule that fits."""

import torch
from tiny import NET

from colorattn.analysis import errors
from colorattn.analysis.errors import CAUSES, classify, requery
from colorattn.analysis.intervention import Prediction, predict
from colorattn.data.scene import Scene
from colorattn.data.seeds import generator
from colorattn.data.stream import fixed_scenes
from colorattn.model.colornet import ColorNetImage


class Knows(torch.nn.Module):
    """A net that is right for some drawings of the query, else says red."""

    def __init__(self, drawings, understood):
        super().__init__()
        self.known = {drawings.images[k].sum().item() for k in understood}

    def forward(self, image, query):
        """Say green where the query is known."""
        known = [one.sum().item() in self.known for one in query]
        logits = torch.eye(3)[torch.tensor(known).long()]
        flat = torch.ones(len(image), 1, 1)
        return logits, flat, flat


def one_case(drawings):
    """Five scenes, all green, with boxes that do not meet."""
    scenes = fixed_scenes(drawings, Scene(), n=5, seed=0)
    scenes.positions[:] = torch.tensor([[0, 0], [0, 36], [36, 36]])
    scenes.colors[:] = torch.tensor([1, 0, 2])
    scenes.query_index[:] = 0
    scenes.target[:] = 1
    scenes.image[:] = 0
    for channel, row, column in (1, 8, 8), (0, 8, 48), (2, 48, 48):
        scenes.image[:, channel, row : row + 8, column : column + 8] = 200
    return scenes


def test_each_cause_is_found_by_its_rule(drawings):
    scenes = one_case(drawings)
    weights = torch.zeros(5, 8, 8)
    weights[0, 1, 1], weights[0, 1, 6], weights[0, 6, 6] = 0.35, 0.33, 0.32
    weights[1, 1, 6], weights[1, 1, 1] = 0.6, 0.4  # torn
    weights[2:, 1, 6] = 1  # red alone
    logits = torch.tensor([[1.0, 0, 0]]).repeat(5, 1)  # all say red
    logits[4] = torch.tensor([0.0, 1, 0])  # but the last, which is right
    asked = Prediction(logits, weights, weights)
    query_index = scenes.classes[:, 0]
    first, count = drawings.first[query_index], drawings.counts[query_index]
    understood = range(int(first[2]), int(first[2] + count[2]))
    understood = [k for k in understood if k != scenes.query_id[2]]
    assert query_index[2] not in query_index[[0, 1, 3]]
    net = Knows(drawings, understood)
    found = classify(net, scenes, asked, drawings, generator(0))
    assert found.scene.tolist() == [0, 1, 2, 3]
    assert found.cause.tolist() == [0, 1, 2, 3]
    assert found.recovered.tolist() == [0, 0, 1, 0]
    assert len(CAUSES) == 4


def test_half_of_the_other_drawings_are_enough_to_blame_this_one(
    drawings, monkeypatch
):
    scenes = one_case(drawings)[:2]
    weights = torch.zeros(2, 8, 8)
    weights[:, 1, 6] = 1  # red alone
    asked = Prediction(torch.eye(3)[[0, 0]], weights, weights)
    shares = torch.tensor([0.5, 0.45])
    monkeypatch.setattr(errors, "requery", lambda *_: shares)
    net = torch.nn.Identity()
    found = classify(net, scenes, asked, drawings, generator(0))
    assert [CAUSES[k] for k in found.cause] == [
        "this drawing of the query",
        "taken for another symbol",
    ]


def test_failures_are_the_wrong_answers_of_a_net(drawings):
    scenes = fixed_scenes(drawings, Scene(), n=23, seed=0)
    net = ColorNetImage(NET, seed=0).eval()
    asked = predict(net, scenes)
    found = classify(net, scenes, asked, drawings, generator(0))
    wrong = (asked.answer != scenes.target).nonzero().squeeze(1)
    assert torch.equal(found.scene, wrong)
    assert 0 < len(wrong) < 23


def test_redrawing_asks_each_scene_with_other_drawings_only(drawings):
    for n in range(5):
        scene = one_case(drawings)[n : n + 1]
        own = Knows(drawings, scene.query_id.tolist())
        assert requery(own, scene, drawings, generator(0)).tolist() == [0]
