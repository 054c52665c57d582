"""A recorded step makes the steps of `train`; most of it needs a GPU."""

from dataclasses import replace

import pytest
import torch

from colorattn.data import symbols
from colorattn.training.config import BEST, POST, vary
from colorattn.training.cuda_graphs import GraphedStep, train_together
from colorattn.training.loop import learning_rate, set_rate, start, stream_of
from colorattn.training.loop import train_step as step_eagerly


def test_a_graph_says_what_it_needs():
    drawings = symbols.load("mnist")
    with pytest.raises(ValueError, match="not cpu"):
        GraphedStep(start(replace(POST, seed=0)), drawings)


def test_the_rate_is_set_in_place_where_it_is_a_tensor():
    run = start(replace(BEST, seed=0))
    run.step = 100
    rate = torch.zeros(())
    run.optimizer.param_groups[0]["lr"] = rate
    set_rate(run)
    expected = learning_rate(run.experiment.recipe, 100)
    assert run.optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == pytest.approx(expected)


@pytest.mark.cuda
@pytest.mark.parametrize("experiment", [POST, BEST], ids=["post", "best"])
def test_a_graph_makes_the_steps_of_the_loop(experiment):
    drawings = symbols.load("mnist").to("cuda")
    eager, graphed = (
        start(replace(experiment, seed=3), device="cuda") for _ in range(2)
    )
    step, stream = GraphedStep(graphed, drawings), stream_of(eager, drawings)
    assert graphed.step == 0
    for n in range(5):
        expected = step_eagerly(eager, stream.batch(n))
        eager.step += 1
        found = step()
        torch.cuda.synchronize()
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)
    assert graphed.step == 5


@pytest.mark.cuda
def test_networks_side_by_side_learn_as_each_alone():
    drawings = symbols.load("mnist").to("cuda")
    short = vary(BEST, {"recipe.epochs": 1})
    runs = [start(replace(short, seed=s), device="cuda") for s in range(3)]
    alone = start(replace(short, seed=1), device="cuda")
    (together,) = train_together(runs, drawings, short.recipe.steps)
    (one,) = train_together([alone], drawings, short.recipe.steps)
    assert together[1].step == one[0].step == short.recipe.steps
    assert together[1].loss == pytest.approx(one[0].loss, abs=0.02)


@pytest.mark.cuda
def test_repeated_scenes_do_not_fit_in_a_graph():
    drawings = symbols.load("mnist").to("cuda")
    few = vary(POST, {"recipe.num_scenes": 1000})
    with pytest.raises(ValueError, match="never repeat"):
        GraphedStep(start(replace(few, seed=0), device="cuda"), drawings)
