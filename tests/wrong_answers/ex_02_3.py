"""Wrong answers to exercise 2.3, each with words of the message it meets."""

from functools import partial
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


def rolled(query, down, right):
    return query.roll((down, right), dims=(-2, -1))


def best(patches, query, reach, steps=None, move=moved, of=torch.amax):
    """Match after all moves by some steps, and take the best of them."""
    steps = range(-reach, reach + 1) if steps is None else steps(reach)
    places = product(steps, repeat=2)
    return of(
        torch.stack([match(patches, move(query, *p)) for p in places]), 0
    )


def not_moved(patches, query, reach):
    return match(patches, query)


def down_and_right(reach):
    return range(reach + 1)


def up_and_left(reach):
    return range(-reach, reach)


def too_far(reach):
    return range(-reach - 1, reach + 2)


def of_one(reach):
    return -1, 0, 1


def one_axis(patches, query, reach):
    steps = range(-reach, reach + 1)
    places = [(s, 0) for s in steps] + [(0, s) for s in steps]
    found = [match(patches, moved(query, *p)) for p in places]
    return torch.stack(found).amax(dim=0)


def best_symbol(patches, query, reach):
    return best(patches, query, reach).argmax(dim=1)


WRONG = {
    not_moved: "without shifting anything",
    partial(best, steps=down_and_right): "down and right only",
    partial(best, steps=up_and_left): "up and left only",
    one_axis: "has nine shifts",
    partial(best, of=torch.mean): "not their mean",
    best_symbol: "yours has (2,)",
    partial(best, steps=too_far): "symbols up to 1 px away",
}
ADVERSARIAL = {
    partial(best, move=rolled): "on the other, as roll does it",
    partial(best, steps=of_one): "wrong for a reach of 2",
}


def random_input(random):
    """Return what a check that draws at random would try: a wide margin."""
    patches = torch.rand(3, 5, 7, 7, generator=random)
    query = torch.rand(3, 1, 7, 7, generator=random)
    return F.pad(patches, (4,) * 4), F.pad(query, (4,) * 4), 1
