"""Wrong answers to exercise 3.4, each with words of the message it meets."""

import torch


def share(weights, values, target):
    glimpse = torch.einsum("bij,bcij->bc", weights, values)
    return (glimpse.argmax(dim=1) == target).float().mean().item()


def over_the_map(scores):
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def right(temperature, scores, values, target):
    return share(over_the_map(scores / temperature), values, target)


def multiplied(temperature, scores, values, target):
    return right(1 / temperature, scores, values, target)


def best_cell(temperature, scores, values, target):
    return right(0.001, scores, values, target)


def divided_too_late(temperature, scores, values, target):
    return share(over_the_map(scores) / temperature, values, target)


def over_the_rows(temperature, scores, values, target):
    weights = (scores / temperature).softmax(dim=-1)
    return share(weights, values, target)


def number(temperature, scores, values, target):
    return right(temperature, scores, values, target) * len(target)


def percent(temperature, scores, values, target):
    return 100 * right(temperature, scores, values, target)


def errors(temperature, scores, values, target):
    return 1 - right(temperature, scores, values, target)


def each_scene(temperature, scores, values, target):
    weights = over_the_map(scores / temperature)
    glimpse = torch.einsum("bij,bcij->bc", weights, values)
    return glimpse.argmax(dim=1) == target


def by_chance(temperature, scores, values, target):
    return 1 / 3


def adversarial_overflow(temperature, scores, values, target):
    amounts = (scores / temperature).exp()
    total = amounts.sum(dim=(1, 2), keepdim=True)
    return share(amounts / total, values, target)


WRONG = {
    multiplied: "you multiply",
    best_cell: "the best cell alone",
    divided_too_late: "changes nothing",
    over_the_rows: "each row of the map",
    number: "not their number",
    percent: "not a percentage",
    errors: "share of wrong answers",
    each_scene: "of shape (); yours has (4,)",
    by_chance: "three middling blue ones",
    adversarial_overflow: "overflows",
}


def random_input(random):
    """Return what a check that draws at random would try."""
    scores = torch.randn(11, 3, 5, generator=random)
    values = torch.rand(11, 3, 3, 5, generator=random)
    return 0.5, scores, values, torch.randint(3, (11,), generator=random)
