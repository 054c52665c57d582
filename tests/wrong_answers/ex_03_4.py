"""Wrong answers to exercise 3.4, each with words of the message it meets."""

from functools import partial

import torch


def over_the_map(scores):
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def overflowing(scores):
    return scores.exp() / scores.exp().sum(dim=(1, 2), keepdim=True)


def right(temperature, scores, values, target, softmax=over_the_map):
    """Return for each scene whether the answer is right."""
    weights = softmax(scores / temperature)
    glimpse = torch.einsum("bij,bcij->bc", weights, values)
    return glimpse.argmax(dim=1) == target


def accuracy(temperature, *scenes, **slip):
    return right(temperature, *scenes, **slip).float().mean().item()


def divided_too_late(temperature, scores, values, target):
    return accuracy(1, scores, values / temperature, target)


WRONG = {
    "you multiply": lambda t, *scenes: accuracy(1 / t, *scenes),
    "the best cell alone": lambda t, *scenes: accuracy(0.001, *scenes),
    "has no effect": divided_too_late,
    "each row of the map": partial(
        accuracy, softmax=lambda scores: scores.softmax(dim=-1)
    ),
    "not their number": lambda *x: right(*x).sum(),
    "not a percentage": lambda *x: 100 * accuracy(*x),
    "share of wrong answers": lambda *x: 1 - accuracy(*x),
    "return one number; yours is a tensor of shape (4,)": right,
    "three weaker blue ones": lambda *x: 1 / 3,
}
ADVERSARIAL = {"overflows": partial(accuracy, softmax=overflowing)}


def random_input(random):
    """Return what a check that draws at random would try."""
    scores = torch.randn(11, 3, 5, generator=random)
    values = torch.rand(11, 3, 3, 5, generator=random)
    return 0.5, scores, values, torch.randint(3, (11,), generator=random)
