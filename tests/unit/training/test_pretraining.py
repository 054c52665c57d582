"""Before the first step the encoders may learn the classes."""

from copy import deepcopy
from dataclasses import replace

import pytest
import tiny
import torch
import torch.nn.functional as F
from tiny import EXPERIMENT
from torch import nn

from colorattn.data import symbols
from colorattn.data.seeds import Use, child_seed, generator
from colorattn.runs import record
from colorattn.training import checkpoint
from colorattn.training.config import BEST, POST, vary
from colorattn.training.loop import start
from colorattn.training.pretraining import (
    key_vectors,
    labeled_drawings,
    pretrain,
    query_vectors,
)

TAUGHT = vary(tiny.EXPERIMENT, {"recipe.pretrain": 1, "recipe.epochs": 1})
NETS = [vary(net, {"recipe.pretrain": 2}) for net in (POST, BEST)]


@pytest.fixture(scope="module")
def digits():
    return symbols.load("mnist", "validation")


def random(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_drawing_is_shown_in_one_color_in_white_and_with_its_class(digits):
    image, white, label = labeled_drawings(digits, 101, random())
    assert image.amax(dim=1, keepdim=True).equal(white)
    assert (image.flatten(2).amax(dim=2) > 0).sum(dim=1).eq(1).all()
    for picture, number in zip(white[:, 0], label.tolist(), strict=True):
        first, count = digits.first[number], digits.counts[number]
        own = digits.images[first : first + count]
        assert (own == picture).flatten(1).all(dim=1).any()


def test_all_classes_and_colors_come(digits):
    image, _, label = labeled_drawings(digits, 499, random())
    assert set(label.tolist()) == set(range(10))
    color = image.flatten(2).amax(dim=2).argmax(dim=1)
    assert set(color.tolist()) == {0, 1, 2}


@pytest.mark.parametrize("experiment", NETS, ids=["two", "one"])
def test_keys_and_query_vectors_of_one_class_come_to_fit(digits, experiment):
    """Of ten keys, that of the query's class scores best more often."""

    def fit(run):
        image, _, classes = labeled_drawings(digits, 499, random(1))
        _, query, asked = labeled_drawings(digits, 499, random(2))
        run.model.eval()
        with torch.inference_mode():
            keys = key_vectors(run.model, image)
            vectors = query_vectors(run.model, query)
        best = (vectors @ keys.T).argmax(dim=1)
        return (classes[best] == asked).float().mean().item()

    run = start(replace(experiment, seed=0))
    before = fit(run)
    pretrain(run, digits)
    assert fit(run) > before + 0.2


def test_the_optimizer_the_step_and_the_global_generator_stay(digits):
    run = start(TAUGHT)
    state = torch.random.get_rng_state()
    pretrain(run, digits)
    assert (run.step, run.optimizer.state_dict()["state"]) == (0, {})
    assert torch.equal(torch.random.get_rng_state(), state)


def test_no_epochs_leave_the_weights_as_they_are(digits):
    run = start(tiny.EXPERIMENT)
    before = [p.clone() for p in run.model.parameters()]
    pretrain(run, digits)
    assert all(map(torch.equal, before, run.model.parameters()))


def test_a_model_without_encoders_is_refused(digits):
    run = start(TAUGHT, nn.Linear(2, 3))
    with pytest.raises(ValueError, match="a Linear .* recipe.pretrain to 0.$"):
        pretrain(run, digits)


def test_a_recorded_run_is_pretrained_once_and_the_same_each_time(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(record, "VALIDATION_SCENES", 53)
    paths = [tmp_path / "a", tmp_path / "b", tmp_path / "plain"]
    untaught = replace(TAUGHT, recipe=replace(TAUGHT.recipe, pretrain=0))
    for path, experiment in zip(
        paths, [TAUGHT, TAUGHT, untaught], strict=True
    ):
        list(record.record(experiment, path))
    longer = vary(TAUGHT, {"recipe.epochs": 2})
    calls = []
    monkeypatch.setattr(record, "pretrain", lambda *_: calls.append(1))
    list(record.record(longer, paths[0]))
    assert not calls  # a continued run has been taught already
    first, second, plain = (checkpoint.read(path)[1] for path in paths)
    assert first["rows"][0]["loss"] == second["rows"][0]["loss"]
    assert first["rows"][0]["loss"] != plain["rows"][0]["loss"]


def test_pretraining_is_a_plain_loop_that_trains_the_classifier_too(drawings):
    run = start(vary(EXPERIMENT, {"recipe.pretrain": 1}))
    net = deepcopy(run.model).train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(child_seed(3, Use.PRETRAINING))
        classifier = nn.Linear(5, 10)
    parameters = [*net.parameters(), *classifier.parameters()]
    adam = torch.optim.Adam(parameters, lr=1e-3, fused=True)
    for step in range(79):
        random = generator(3, Use.PRETRAINING, step)
        image, query, label = labeled_drawings(drawings, 7, random)
        adam.zero_grad()
        loss = F.cross_entropy(classifier(query_vectors(net, query)), label)
        keys = classifier(key_vectors(net, image))
        loss = loss + F.cross_entropy(keys, label)
        loss.backward()
        adam.step()

    run.model.eval()
    pretrain(run, drawings)
    tiny.assert_same(run.model.state_dict(), net.state_dict())


def test_drawings_to_classify_stay_on_their_device(drawings):
    random = generator(0)
    with torch.device("meta"):  # a default that nothing may fall back to
        found = labeled_drawings(drawings, 5, random)
    assert {tensor.device.type for tensor in found} == {"cpu"}
