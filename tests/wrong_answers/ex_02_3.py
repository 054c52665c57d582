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


def best(patches, query, reach, steps=None, move=moved, of=torch.amax):
    """Match after all moves by some steps, and take the best of them."""
    steps = range(-reach, reach + 1) if steps is None else steps(reach)
    places = product(steps, repeat=2)
    found = [match(patches, move(query, *p)) for p in places]
    return of(torch.stack(found), dim=0)


def one_axis(patches, query, reach):
    steps = range(-reach, reach + 1)
    places = [(s, 0) for s in steps] + [(0, s) for s in steps]
    found = [match(patches, moved(query, *p)) for p in places]
    return torch.stack(found).amax(dim=0)


WRONG = {
    "without shifting anything": lambda p, q, r: match(p, q),
    "down and right only": partial(best, steps=lambda reach: range(reach + 1)),
    "up and left only": partial(best, steps=lambda x: range(-x, x)),
    "has nine shifts": one_axis,
    "not their mean": partial(best, of=torch.mean),
    "yours has (2,)": lambda *x: best(*x).argmax(dim=1),
    "symbols up to 1 px away": partial(
        best, steps=lambda reach: range(-reach - 1, reach + 2)
    ),
}
ADVERSARIAL = {
    "on the other, as roll does it": partial(
        best, move=lambda q, d, r: q.roll((d, r), dims=(-2, -1))
    ),
    "wrong for a reach of 2": partial(best, steps=lambda reach: (-1, 0, 1)),
}


def random_input(random):
    """Return what a check that draws at random would try: a wide margin."""
    patches = torch.rand(3, 5, 7, 7, generator=random)
    query = torch.rand(3, 1, 7, 7, generator=random)
    return F.pad(patches, (4,) * 4), F.pad(query, (4,) * 4), 1
