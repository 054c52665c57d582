"""Experiments: what they hold, and their way through json."""

from dataclasses import FrozenInstanceError, asdict, replace

import pytest

from colorattn.data.scene import Scene
from colorattn.model.colornet import MNIST_NORMALIZATION
from colorattn.model.encoder import EncoderConfig
from colorattn.training.config import (
    BEST,
    EPOCH,
    NAMED,
    POST,
    Experiment,
    Recipe,
    from_json,
)


def test_the_posts_experiment_is_the_posts():
    assert POST.recipe == Recipe("adam", 1e-3, "constant", 128)
    assert POST.scene == Scene(canvas=64, num_symbols=3, spacing=20)
    encoder = EncoderConfig((8, 16, 32), (5, 3, 3), (2, 2, 2), (1, 1, 1))
    assert POST.model.image_encoder == POST.model.query_encoder == encoder
    assert POST.model.normalization == MNIST_NORMALIZATION
    assert (POST.model.readout, POST.model.head_scale) == ("image_mean", 60.0)


def test_an_epoch_is_the_posts_10_000_samples_in_whole_batches():
    assert (EPOCH - 1) * 128 < 10_000 <= EPOCH * 128


def test_a_recipe_counts_its_steps():
    assert Recipe(epochs=3).steps == 237


def test_four_experiments_have_names_and_fashion_has_the_same_nets():
    assert NAMED["post-mnist"] == POST
    assert NAMED["best-mnist"] == BEST
    for net in ("post", "best"):
        mnist, fashion = NAMED[f"{net}-mnist"], NAMED[f"{net}-fashion"]
        assert (mnist.dataset, fashion.dataset) == ("mnist", "fashion")
        assert (mnist.model, mnist.scene) == (fashion.model, fashion.scene)
    assert len(NAMED) == 4


def test_a_field_that_is_newer_than_the_file_takes_its_default():
    saved = asdict(POST)
    del saved["recipe"]["schedule"]
    del saved["model"]["image_encoder"]["last_relu"]
    assert from_json(saved) == POST


@pytest.mark.parametrize(
    ("part", "content", "error"),
    [
        ("recipe", {"speed": 3}, TypeError),
        ("recipe", {"optimizer": "x"}, ValueError),
        ("scene", {"num_symbols": 5}, ValueError),
        ("model", {}, KeyError),
    ],
)
def test_json_that_describes_no_experiment_is_refused(part, content, error):
    with pytest.raises(error):
        from_json({**asdict(POST), part: content})


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        ({"optimizer": "x"}, "no optimizer 'x'.*adam.*adamw.*muon.*sgd"),
        ({"schedule": "x"}, "no schedule 'x'.*constant.*one-cycle"),
        ({"queries_per_scene": 3}, "of 128 queries cannot have 3 about each"),
        ({"queries_per_scene": 0}, "cannot have 0 about each scene"),
        ({"queries_per_scene": 2, "num_scenes": 100}, "_per_scene to 1"),
        ({"num_scenes": 0}, "num_scenes cannot be 0"),
        ({"pretrain": -1}, "pretrain cannot be -1 epochs"),
    ],
)
def test_what_does_not_exist_or_fit_is_refused_in_words(recipe, told):
    with pytest.raises(ValueError, match=told):
        Recipe(**recipe)


def test_more_questions_than_symbols_are_refused():
    recipe = Recipe(batch_size=12, queries_per_scene=3)
    Experiment(recipe=recipe)
    with pytest.raises(ValueError, match="2 symbols cannot have 3"):
        Experiment(recipe=recipe, scene=Scene(num_symbols=2))


def test_an_experiment_cannot_be_changed_in_place_and_can_be_a_key():
    with pytest.raises(FrozenInstanceError):
        POST.seed = 3
    assert len({POST, replace(POST), BEST}) == 2
