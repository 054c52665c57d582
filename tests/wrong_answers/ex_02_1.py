"""Wrong answers to exercise 2.1, each with words of the message it meets."""

from functools import partial

import torch
import torch.nn.functional as F


def slide(image, query, fewer=0, turned=()):
    """Slide with so many rows and columns fewer, and a query turned over."""
    query = query.flip(turned) if turned else query
    (h, w), (a, b) = image.shape[1:], query.shape
    maps = torch.zeros(3, h - a + 1 - fewer, w - b + 1 - fewer)
    for i in range(maps.shape[1]):
        for j in range(maps.shape[2]):
            window = image[:, i : i + a, j : j + b]
            maps[:, i, j] = (window * query).sum(dim=(1, 2))
    return maps


def with_floats(image, query, **slip):
    return slide(image.float(), query, **slip)


WRONG = {
    "rotated by 180 degrees": partial(with_floats, turned=(0, 1)),
    "these are means": lambda i, q: with_floats(i, q) / q.numel(),
    "extend past the edge": (
        lambda image, query: slide(F.pad(image.float(), (1, 1, 1, 0)), query)
    ),
    "the last row and the last column": partial(with_floats, fewer=1),
    "keep the three channels separate": lambda *x: with_floats(*x).sum(dim=0),
    "yours has (3,)": lambda *x: with_floats(*x).amax(dim=(1, 2)),
    "the dot product is 6, yours 3": partial(with_floats, turned=(0,)),
}
ADVERSARIAL = {"wraps around": slide}


def random_input(random):
    """Return what a check that draws at random would try: floats."""
    image = torch.rand(3, 11, 13, generator=random)
    return image, torch.rand(5, 7, generator=random)
