"""Muon against its definition, PyTorch's own, and AdamW."""

from math import sqrt

import pytest
import torch
from tiny import assert_same, noise
from torch import Tensor, nn
from torch.testing import assert_close

from colorattn.training.muon import (
    ITERATIONS,
    MOMENTUM,
    RATE,
    Muon,
    orthogonal,
)

SHAPES = (3, 1, 7, 7), (5, 3, 3, 3), (11, 2, 1, 1)  # the last is higher


def filters() -> list[Tensor]:
    return [noise(*shape, seed=n) for n, shape in enumerate(SHAPES)]


def test_singular_values_come_near_1_and_singular_vectors_stay():
    for given, found in zip(filters(), orthogonal(filters()), strict=True):
        left, sizes, right = torch.linalg.svd(
            given.flatten(1), full_matrices=False
        )
        turned = left.mT @ found.flatten(1) @ right.mT
        assert_close(turned, turned.diag().diag(), atol=1e-4, rtol=0)
        assert turned.diag().min() > 0.65 and turned.diag().max() < 1.25
        assert sizes.min() > 1.5  # before


def test_a_direction_ten_times_weaker_is_stepped_in_as_far():
    given = torch.tensor([[1.0, 0], [0, 0.1]])[:, :, None, None]
    (found,) = orthogonal([given])
    strong, weak = found.flatten(1).diag()
    assert_close(strong, weak, rtol=0.05, atol=0)


def test_matrices_of_other_sizes_do_not_matter():
    together = orthogonal(filters())
    for given, found in zip(filters(), together, strict=True):
        assert_close(found, orthogonal([given])[0])
    assert orthogonal([]) == []


def test_the_size_of_a_gradient_does_not_matter():
    (small,) = orthogonal([1e-3 * filters()[1]])
    assert_close(small, orthogonal([filters()[1]])[0])
    (none,) = orthogonal([torch.zeros(5, 3, 3, 3)])
    assert_close(none, torch.zeros(5, 3, 3, 3))


@pytest.mark.parametrize("given", filters()[:2], ids=str)
def test_it_agrees_with_pytorchs_own_for_matrices(given):
    matrix = nn.Parameter(torch.zeros_like(given.flatten(1)))
    matrix.grad = given.flatten(1)
    own = torch.optim.Muon(
        [matrix], 1.0, 0, momentum=0, nesterov=False, ns_steps=ITERATIONS
    )
    own.step()
    (found,) = orthogonal([given])
    # Its own are computed in bfloat16, whose numbers have three digits.
    assert_close(found.flatten(1), -matrix.data, atol=0.02, rtol=0)


def stepped(optimizer, layers: nn.Module, steps: int = 2, **more) -> None:
    """Make updates with gradients that are invented, and not the same."""
    updates = optimizer(layers.parameters(), **more)
    for step in range(steps):
        for n, parameter in enumerate(layers.parameters()):
            parameter.grad = noise(*parameter.shape, seed=10 * step + n)
        updates.step()


def layers() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = nn.Sequential(nn.Conv2d(2, 5, 3), nn.BatchNorm2d(5))
    return made.to(memory_format=torch.channels_last)


def test_a_filter_takes_steps_worked_by_hand():
    net = layers()
    expected = net[0].weight.data
    first, second = (noise(5, 2, 3, 3, seed=10 * step) for step in (0, 1))
    pushed = first + MOMENTUM * first
    later = second + MOMENTUM * (MOMENTUM * first + second)
    for push in (pushed, later):
        expected = expected * sqrt(5) / expected.norm()
        expected = expected - RATE * 0.01 * orthogonal([push])[0]
    stepped(Muon, net, lr=0.01)
    assert_close(net[0].weight.data, expected)


def test_a_filter_as_long_as_its_step_can_be():
    """An orthogonal matrix of rank 5 has the length root 5."""
    net = layers()
    stepped(Muon, net, lr=0.0)
    assert_close(net[0].weight.norm(), torch.tensor(5.0).sqrt())


def test_all_other_parameters_take_the_steps_of_adamw():
    net, other = layers(), layers()
    stepped(Muon, net, lr=0.01)
    stepped(torch.optim.AdamW, other, lr=0.01)
    found, expected = net.state_dict(), other.state_dict()
    for name in ("0.weight",):
        assert not torch.equal(found.pop(name), expected.pop(name))
    assert_same(found, expected)


def test_a_rate_that_is_a_tensor_gives_the_same_steps():
    """Graphs of a whole step, as CUDA captures them, need it to be one."""
    net, other = layers(), layers()
    stepped(Muon, net, lr=0.01)
    stepped(Muon, other, lr=torch.tensor(0.01))
    for one, two in zip(net.parameters(), other.parameters(), strict=True):
        assert_close(one, two)
