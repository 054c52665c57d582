"""Wrong answers to exercise 2.3, each with words of the message it meets."""

from itertools import product

import torch
import torch.nn.functional as F

from colorattn.model.baselines import match


def moved(query, down, right):
    h, w = query.shape[-2:]
    far = max(abs(down), abs(right))
    wide = F.pad(query, (far,) * 4)
    row, column = far - down, far - right
    return wide[..., row : row + h, column : column + w]


def matches(patches, query, places):
    return torch.stack([match(patches, moved(query, *p)) for p in places])


def not_moved(patches, query, reach):
    return match(patches, query)


def down_and_right(patches, query, reach):
    places = product(range(reach + 1), repeat=2)
    return matches(patches, query, places).amax(dim=0)


def up_and_left(patches, query, reach):
    places = product(range(-reach, reach), repeat=2)
    return matches(patches, query, places).amax(dim=0)


def one_axis(patches, query, reach):
    steps = range(-reach, reach + 1)
    places = [(s, 0) for s in steps] + [(0, s) for s in steps]
    return matches(patches, query, places).amax(dim=0)


def mean(patches, query, reach):
    places = product(range(-reach, reach + 1), repeat=2)
    return matches(patches, query, places).mean(dim=0)


def best_symbol(patches, query, reach):
    places = product(range(-reach, reach + 1), repeat=2)
    return matches(patches, query, places).amax(dim=0).argmax(dim=1)


def too_far(patches, query, reach):
    places = product(range(-reach - 1, reach + 2), repeat=2)
    return matches(patches, query, places).amax(dim=0)


def adversarial_roll(patches, query, reach):
    places = product(range(-reach, reach + 1), repeat=2)
    found = [match(patches, query.roll(p, dims=(-2, -1))) for p in places]
    return torch.stack(found).amax(dim=0)


def adversarial_reach_of_one(patches, query, reach):
    places = product((-1, 0, 1), repeat=2)
    return matches(patches, query, places).amax(dim=0)


WRONG = {
    not_moved: "without moving anything",
    down_and_right: "down and right only",
    up_and_left: "up and left only",
    one_axis: "there are nine places",
    mean: "not their mean",
    best_symbol: "yours has (2,)",
    too_far: "symbols up to 1 px away",
    adversarial_roll: "on the other, as roll does it",
    adversarial_reach_of_one: "wrong for reach 2",
}


def random_input(random):
    """Return what a check that draws at random would try: a wide margin."""
    patches = torch.rand(3, 5, 7, 7, generator=random)
    query = torch.rand(3, 1, 7, 7, generator=random)
    return F.pad(patches, (4,) * 4), F.pad(query, (4,) * 4), 1
