"""Wrong answers to exercise 3.4, each with words of the message it meets."""

from functools import partial

import torch


def over_the_map(scores):
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def over_the_rows(scores):
    return scores.softmax(dim=-1)


def overflowing(scores):
    return scores.exp() / scores.exp().sum(dim=(1, 2), keepdim=True)


def right(temperature, scores, values, target, softmax=over_the_map):
    """Return for each scene whether the answer is right."""
    weights = softmax(scores / temperature)
    glimpse = torch.einsum("bij,bcij->bc", weights, values)
    return glimpse.argmax(dim=1) == target


def accuracy(temperature, *scenes, **slip):
    return right(temperature, *scenes, **slip).float().mean().item()


def multiplied(temperature, *scenes):
    return accuracy(1 / temperature, *scenes)


def best_cell(temperature, *scenes):
    return accuracy(0.001, *scenes)


def divided_too_late(temperature, scores, values, target):
    return accuracy(1, scores, values / temperature, target)


def number(temperature, *scenes):
    return right(temperature, *scenes).sum()


def percent(temperature, *scenes):
    return 100 * accuracy(temperature, *scenes)


def errors(temperature, *scenes):
    return 1 - accuracy(temperature, *scenes)


def by_chance(temperature, *scenes):
    return 1 / 3


WRONG = {
    multiplied: "you multiply",
    best_cell: "the best cell alone",
    divided_too_late: "has no effect",
    partial(accuracy, softmax=over_the_rows): "each row of the map",
    number: "not their number",
    percent: "not a percentage",
    errors: "share of wrong answers",
    right: "return one number; yours is a tensor of shape (4,)",
    by_chance: "three weaker blue ones",
}
ADVERSARIAL = {partial(accuracy, softmax=overflowing): "overflows"}


def random_input(random):
    """Return what a check that draws at random would try."""
    scores = torch.randn(11, 3, 5, generator=random)
    values = torch.rand(11, 3, 3, 5, generator=random)
    return 0.5, scores, values, torch.randint(3, (11,), generator=random)
