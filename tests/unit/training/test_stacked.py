"""Stacked networks learn what each would learn alone."""

from dataclasses import replace

import torch

from colorattn.data import symbols
from colorattn.training.config import BEST, POST, vary
from colorattn.training.loop import start, stream_of, train_step
from colorattn.training.stacked import Stack

SMALL = {"recipe.batch_size": 6}


def losses(experiment, steps=2, seeds=3):
    """Return the losses of networks, stacked and each alone."""
    drawings = symbols.load("mnist")
    runs = [start(replace(experiment, seed=seed)) for seed in range(seeds)]
    streams = [stream_of(run, drawings) for run in runs]
    stack, stacked, alone = Stack(runs), [], []
    for n in range(steps):
        batches = [stream.batch(n) for stream in streams]
        stacked.append(stack.update(batches))
        made = zip(runs, batches, strict=True)
        alone.append(torch.stack([train_step(*each) for each in made]))
        for run in runs:
            run.step += 1
    return stack, runs, torch.stack(stacked), torch.stack(alone)


def test_stacked_networks_have_the_losses_of_each_alone():
    for experiment in POST, BEST:
        _, _, stacked, alone = losses(vary(experiment, SMALL))
        torch.testing.assert_close(stacked, alone, rtol=0, atol=3e-3)
        torch.testing.assert_close(stacked[0], alone[0], rtol=0, atol=1e-5)
        assert stacked[0].unique().numel() == 3


def test_a_stack_of_one_counts_its_updates():
    stack, _, stacked, alone = losses(vary(POST, SMALL), seeds=1)
    torch.testing.assert_close(stacked, alone, rtol=0, atol=3e-3)
    assert stack.step == 2


def test_each_network_keeps_batch_statistics_of_its_own():
    stack, runs, _, _ = losses(vary(POST, SMALL))
    for name, stacked in stack.buffers.items():
        alone = [dict(run.model.named_buffers())[name] for run in runs]
        expected = torch.stack(alone)
        torch.testing.assert_close(stacked, expected, rtol=0.01, atol=0.01)


def test_the_runs_themselves_stay_as_they_are():
    runs = [start(replace(vary(POST, SMALL), seed=s)) for s in range(2)]
    before = [w.clone() for run in runs for w in run.model.parameters()]
    batch = stream_of(runs[0], symbols.load("mnist")).batch(0)
    Stack(runs).update([batch, batch])
    after = [w for run in runs for w in run.model.parameters()]
    assert all(map(torch.equal, before, after))
