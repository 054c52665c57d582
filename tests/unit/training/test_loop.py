"""The training loop and the evaluation."""

from copy import deepcopy
from dataclasses import replace
from itertools import islice
from math import log

import pytest
import torch
import torch.nn.functional as F
from tiny import EXPERIMENT, NET, SHARED, assert_same
from torch import Tensor, nn
from torch.testing import assert_close

from colorattn.analysis.localization import localize
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, Stream, fixed_scenes
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage, Normalization
from colorattn.training.config import EPOCH, POST, Recipe
from colorattn.training.loop import (
    Diverged,
    Metrics,
    Run,
    evaluate,
    learning_rate,
    measure,
    start,
    stream_of,
    train,
    train_step,
)
from colorattn.training.muon import Muon

CYCLE = Recipe("adamw", 0.01, "one-cycle", batch_size=7, epochs=20)


def finished(run: Run, steps: int, drawings: Symbols) -> dict[str, Tensor]:
    """Train and return the weights and norms."""
    list(train(run, stream_of(run, drawings), steps))
    return run.model.state_dict()


class Guess(nn.Module):
    """A model that is not of this course, in ten lines."""

    def __init__(self, broken_at: int | None = None):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(3))
        self.calls, self.broken_at = 0, broken_at

    def forward(self, image, query):
        broken = float("nan") if self.calls == self.broken_at else 0.0
        self.calls += 1
        weights = image.float().mean(dim=1)
        return self.bias.expand(len(image), 3) + broken, weights, weights


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 0.01 / 25),
        (237, 0.01 * (1 / 25 + 1) / 2),  # half way up, half the height
        (474, 0.01),  # 30 % of 20 epochs of 79 steps
        (474 + 553, 0.005),  # half way down
        (1580, 0.0),
        (2000, 0.0),  # and stays there
    ],
)
def test_one_cycle_goes_through_the_points_worked_by_hand(step, rate):
    assert learning_rate(CYCLE, step) == pytest.approx(rate, abs=1e-12)


def test_one_cycle_turns_when_its_warmup_is_over():
    early = replace(CYCLE, warmup=0.2)
    assert learning_rate(early, 158) == pytest.approx(0.01 * (1 / 25 + 1) / 2)
    assert learning_rate(early, 316) == 0.01  # 20 % of 1580 steps
    assert learning_rate(early, 316 + 632) == pytest.approx(0.005)


def test_one_cycle_rises_to_its_turn_and_then_falls():
    rates = [learning_rate(CYCLE, step) for step in range(1581)]
    assert rates[:475] == sorted(rates[:475])
    assert rates[474:] == sorted(rates[474:], reverse=True)


def test_a_constant_learning_rate_is_the_same_at_every_step():
    recipe = Recipe(learning_rate=0.003, epochs=2)
    rates = {learning_rate(recipe, step) for step in (0, 1, 47, 158, 10_000)}
    assert rates == {0.003}


@pytest.mark.parametrize(
    ("recipe", "optimizer"),
    [
        (Recipe(batch_size=7), torch.optim.Adam),
        (CYCLE, torch.optim.AdamW),
        (replace(CYCLE, optimizer="muon", warmup=0.2), Muon),
        (Recipe("sgd", 0.1, batch_size=7), torch.optim.SGD),
        (Recipe(batch_size=8, queries_per_scene=2), torch.optim.Adam),
    ],
    ids=["adam", "adamw, one-cycle", "muon", "sgd", "two questions"],
)
def test_updates_are_those_of_a_loop_in_plain_pytorch(
    recipe, optimizer, drawings
):
    run = start(replace(EXPERIMENT, recipe=recipe))
    plain = deepcopy(run.model)
    plain.train()
    by_hand = optimizer(plain.parameters(), fused=True)
    losses, expected = [], []
    for step, batch in enumerate(islice(stream_of(run, drawings), 5)):
        losses.append(train_step(run, batch))
        run.step += 1

        by_hand.param_groups[0]["lr"] = learning_rate(recipe, step)
        for parameter in plain.parameters():
            parameter.grad = None
        scenes = batch.image[:: recipe.queries_per_scene]
        logits, _, _ = plain(scenes, batch.query)
        loss = F.cross_entropy(logits, batch.target)
        loss.backward()
        by_hand.step()
        expected.append(loss.detach())
    assert torch.equal(torch.stack(losses), torch.stack(expected))
    assert_same(run.model.state_dict(), plain.state_dict())


def test_the_first_step_of_adam_moves_by_the_learning_rate(drawings):
    # Adam divides the gradient by its own size: only its sign is left.
    run = start(EXPERIMENT, Guess())
    batch = Stream(drawings, batch_size=7, seed=0).batch(0)
    ones = torch.zeros_like(batch.target)  # all red
    train_step(run, replace(batch, target=ones))
    expected = torch.tensor([1e-3, -1e-3, -1e-3])
    torch.testing.assert_close(run.model.bias.data, expected)


def test_each_step_uses_its_own_learning_rate(drawings):
    run = start(replace(EXPERIMENT, recipe=CYCLE), Guess())
    for n in (0, 1, 474):
        run.step = n
        train_step(run, stream_of(run, drawings).batch(n))
        assert run.optimizer.param_groups[0]["lr"] == learning_rate(CYCLE, n)


def test_the_loss_of_an_update_is_the_loss_before_it(drawings):
    run = start(EXPERIMENT, Guess())
    loss = train_step(run, stream_of(run, drawings).batch(0))
    assert loss.item() == pytest.approx(log(3))  # of equal logits
    assert not loss.requires_grad


def test_an_update_trains_a_model_that_was_left_in_evaluation_mode(drawings):
    run = start(EXPERIMENT)
    run.model.eval()
    train_step(run, stream_of(run, drawings).batch(0))
    assert run.model.training


# The loop


def test_progress_comes_at_multiples_of_report_every(drawings):
    run = start(EXPERIMENT)
    stream = stream_of(run, drawings)
    steps = [p.step for p in train(run, stream, 11, report_every=3)]
    assert steps == [3, 6, 9]
    assert run.step == 11
    stream = stream_of(run, drawings)
    steps = [p.step for p in train(run, stream, 5, report_every=3)]
    assert steps == [12, 15]


def test_progress_comes_once_an_epoch_if_not_told_otherwise(drawings):
    run = start(EXPERIMENT, Guess())
    stream = stream_of(run, drawings)
    assert [p.step for p in train(run, stream, 2 * EPOCH + 1)] == [79, 158]


def test_progress_tells_the_mean_loss_since_the_last_report(drawings):
    run, twin = start(EXPERIMENT), start(EXPERIMENT)
    stream = stream_of(run, drawings)
    found = [p.loss for p in train(run, stream, 6, report_every=3)]
    losses = []
    for batch in islice(stream, 6):
        losses.append(train_step(twin, batch).item())
        twin.step += 1
    expected = [sum(losses[:3]) / 3, sum(losses[3:]) / 3]
    assert found == pytest.approx(expected, rel=1e-6)


def test_nothing_happens_before_iteration(drawings):
    run = start(EXPERIMENT)
    before = deepcopy(run.model.state_dict())
    train(run, stream_of(run, drawings), 5)
    assert run.step == 0
    assert_same(run.model.state_dict(), before)


def test_training_stops_when_iteration_stops(drawings):
    run = start(EXPERIMENT)
    for progress in train(run, stream_of(run, drawings), 50, report_every=3):
        if progress.step == 6:
            break
    assert run.step == 6
    whole = finished(start(EXPERIMENT), 6, drawings)
    assert_same(run.model.state_dict(), whole)


def test_no_batch_is_taken_beyond_the_last_step(drawings):
    run = start(EXPERIMENT)
    stream = iter(stream_of(run, drawings))
    list(train(run, stream, 5))
    expected = stream_of(start(EXPERIMENT), drawings).batch(5)
    assert torch.equal(next(stream).image, expected.image)


def test_batches_go_on_from_the_step_where_the_run_is(drawings):
    run = start(EXPERIMENT)
    run.step = 4
    stream = stream_of(run, drawings)
    expected = Stream(drawings, Scene(num_symbols=2), 7, seed=3).batch(4)
    assert torch.equal(next(iter(stream)).image, expected.image)


@pytest.mark.parametrize("broken_at", [0, 5, 8, 10])
def test_a_loss_that_is_not_finite_is_named_with_its_step(broken_at, drawings):
    run = start(EXPERIMENT, Guess(broken_at))
    stream = stream_of(run, drawings)
    says = rf"nan at step {broken_at}\..*rate.*0\.001.*try a tenth of it\. If "
    with pytest.raises(Diverged, match=says):
        list(train(run, stream, 11, report_every=4))


def test_steps_are_named_from_the_beginning_of_the_run_after_a_pause(drawings):
    run = start(EXPERIMENT, Guess(broken_at=1))
    run.step = 6
    with pytest.raises(Diverged, match=r"step 7\."):
        list(train(run, stream_of(run, drawings), 11, report_every=4))


def test_a_learning_rate_far_too_high_is_met_with_diverged(drawings):
    recipe = replace(EXPERIMENT.recipe, learning_rate=1e30)
    run = start(replace(EXPERIMENT, recipe=recipe))
    with pytest.raises(Diverged, match=r"1e\+30; try a tenth"):
        list(train(run, stream_of(run, drawings), 40))


def test_any_module_with_the_call_can_be_trained(drawings):
    run = start(EXPERIMENT, Guess())
    stream = stream_of(run, drawings)
    red = (replace(b, target=torch.zeros_like(b.target)) for b in stream)
    *_, last = train(run, red, 100, report_every=10)
    assert last.loss < log(3) - 0.1
    assert run.model.calls == 100


def test_a_model_without_length_is_trained_and_not_replaced():
    class Empty(Guess):
        def __len__(self) -> int:
            return 0

    model = Empty()
    assert start(EXPERIMENT, model).model is model


# What training should do first, before one trusts it


def test_the_loss_at_the_start_is_that_of_a_guess_among_three(real):
    # On 0 to 1 images the glimpse is close to 0: equal logits, ln 3 nats.
    plain = replace(POST.model, normalization=Normalization())
    scenes = fixed_scenes(symbols.load(real), Scene(), 101, 0)
    found = evaluate(ColorNetImage(plain), scenes)
    assert found.loss == pytest.approx(log(3), abs=0.05)


def test_a_small_net_overfits_one_batch(drawings):
    recipe = Recipe(learning_rate=0.01, batch_size=13)
    run = start(replace(EXPERIMENT, model=SHARED, recipe=recipe))
    batch = stream_of(run, drawings).batch(0)
    *_, last = train(run, [batch] * 150, 150, report_every=10)
    assert last.loss < 0.1


# Evaluation


@pytest.fixture
def scenes(drawings) -> Batch:
    return fixed_scenes(drawings, Scene(), 13, seed=1)


def test_evaluation_is_the_mean_of_scenes_taken_one_by_one(drawings, scenes):
    run = start(EXPERIMENT)
    finished(run, 3, drawings)
    rows = []
    run.model.eval()
    for n in range(13):
        one = scenes[n : n + 1]
        logits, _, weights = run.model(one.image, one.query)
        loss = -logits.log_softmax(dim=1)[0, one.target[0]].item()
        right = int(logits[0].argmax()) == int(one.target[0])
        rows.append([right, loss, *(x.item() for x in localize(weights, one))])
    expected = torch.tensor(rows).double().mean(dim=0).tolist()
    assert 0 < expected[0] < 1  # some right, some wrong
    for chunk in (250, 5):
        assert evaluate(run.model, scenes, chunk) == pytest.approx(
            expected, rel=1e-4
        )


def test_each_scene_is_measured_by_itself(scenes):
    model = start(EXPERIMENT).model.eval()
    found = measure(model, scenes, chunk=3)
    logits, _, weights = model(scenes.image, scenes.query)
    right = logits.argmax(dim=1) == scenes.target
    assert torch.equal(found[0].bool(), right)
    loss = F.cross_entropy(logits, scenes.target, reduction="none")
    assert_close(found[1], loss)
    for row, expected in zip(
        found[2:], localize(weights, scenes), strict=True
    ):
        assert_close(row, expected.float())


def test_evaluation_names_its_measures_in_order(scenes):
    assert Metrics._fields == ("accuracy", "loss", "hit", "purity", "mass")
    model = Guess()
    model.bias.data[1] = 20.0  # always green
    found = evaluate(model, scenes)
    share = (scenes.target == 1).float().mean().item()
    assert 0 < share < 1
    assert found.accuracy == pytest.approx(share)
    assert found.loss == pytest.approx(20 * (1 - share), rel=1e-4)


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_leaves_the_model_as_it_was(training, scenes):
    model = ColorNetImage(NET).train(training)
    before = deepcopy(model.state_dict())  # the statistics of norms included
    evaluate(model, scenes)
    assert model.training == model.encode_image.training == training
    assert_same(model.state_dict(), before)
    assert all(p.grad is None for p in model.parameters())


def test_evaluation_in_the_middle_of_training_changes_nothing(
    drawings, scenes
):
    run = start(EXPERIMENT)
    for _ in train(run, stream_of(run, drawings), 6, report_every=2):
        evaluate(run.model, scenes)
    expected = finished(start(EXPERIMENT), 6, drawings)
    assert_same(run.model.state_dict(), expected)


def test_another_seed_gives_another_net_and_other_scenes(drawings):
    one, two = start(EXPERIMENT), start(replace(EXPERIMENT, seed=5))
    weights = (run.model.encode_image.layers[0].weight for run in (one, two))
    assert not torch.equal(*weights)
    first, second = (stream_of(r, drawings).batch(0) for r in (one, two))
    assert not torch.equal(first.image, second.image)


def test_a_run_without_a_seed_draws_one_with_which_it_can_be_repeated(
    drawings,
):
    unseeded = replace(EXPERIMENT, seed=None)
    run, other = start(unseeded), start(unseeded)
    assert run.experiment.seed != other.experiment.seed
    again = start(replace(unseeded, seed=run.experiment.seed))
    assert_same(finished(run, 5, drawings), finished(again, 5, drawings))


def test_the_global_random_state_has_no_say_and_is_left_alone(drawings):
    nets = []
    for elsewhere in (1, 2):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(elsewhere)
            before = torch.get_rng_state()
            nets.append(finished(start(EXPERIMENT), 3, drawings))
            assert torch.equal(torch.get_rng_state(), before)
    assert_same(*nets)
