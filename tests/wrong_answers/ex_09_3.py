"""Wrong answers to exercise 9.3, and the words that each must meet."""

import torch


def bonferroni(chances):
    return [min(1.0, len(chances) * p) for p in chances]


def unbounded_bonferroni(chances):
    return [len(chances) * p for p in chances]


def in_order(chances):
    return sorted(right(chances))


def smallest_first(chances):
    order = sorted(range(len(chances)), key=lambda n: chances[n])
    found = [0.0] * len(chances)
    for rank, n in enumerate(order):
        found[n] = (rank + 1) * chances[n]
    return found


def without_floor(chances):
    order = sorted(range(len(chances)), key=lambda n: chances[n])
    found = [0.0] * len(chances)
    for rank, n in enumerate(order):
        found[n] = min(1.0, (len(chances) - rank) * chances[n])
    return found


def right(chances):
    order = sorted(range(len(chances)), key=lambda n: chances[n])
    found, floor = [0.0] * len(chances), 0.0
    for rank, n in enumerate(order):
        floor = max(floor, (len(chances) - rank) * chances[n])
        found[n] = min(1.0, floor)
    return found


def adversarial_above_one(chances):
    order = sorted(range(len(chances)), key=lambda n: chances[n])
    found, floor = [0.0] * len(chances), 0.0
    for rank, n in enumerate(order):
        floor = max(floor, (len(chances) - rank) * chances[n])
        found[n] = floor
    return found


def random_input(random):
    """Five chances, all of them small."""
    return (0.1 * torch.rand(5, generator=random)).tolist()


WRONG = {
    bonferroni: "Bonferroni's correction: the second",
    unbounded_bonferroni: "which is harsher",
    in_order: "right, but sorted",
    smallest_first: "the factors go the wrong way",
    without_floor: "0.03 cannot be surer than 0.02",
    adversarial_above_one: "a probability of",
}
