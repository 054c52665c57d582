"""Wrong answers to exercise 4.3, each with words of the message it meets."""

from functools import partial

import torch
import torch.nn.functional as F


def seen(ink, field, stride, padding=None, edge=True):
    """Return the ink in the field of each key."""
    padding = field // 2 if padding is None else padding
    pooled = F.avg_pool2d(ink, field, stride, padding, count_include_pad=edge)
    return pooled * field**2


def whole(ink):
    return ink.sum(dim=(1, 2))


def best(ink, field, stride, **slip):
    return seen(ink, field, stride, **slip).amax(dim=(1, 2))


def share(ink, field, stride, **slip):
    return best(ink, field, stride, **slip) / whole(ink)


WRONG = {
    "Divide by all the ink": best,
    "start at multiples of the stride": partial(share, padding=0),
    "You put them at every pixel": lambda i, f, s: share(i, f, 1),
    "not of all": lambda i, f, s: best(i, f, s) / i.sum(),
    "not by the window's area": lambda i, f, s: best(i, f, s) / f**2,
    "take the one that sees the most": (
        lambda i, f, s: seen(i, f, s).mean(dim=(1, 2)) / whole(i)
    ),
    "yours has ()": lambda *x: share(*x).amax(),
    "yours has (3, 3, 4)": (
        lambda i, f, s: seen(i, f, s) / whole(i)[:, None, None]
    ),
    "the best keys see 70%": lambda i, f, s: best(i, f + 2, s) / whole(i),
}
ADVERSARIAL = {
    "a share is at most 1": partial(share, edge=False),
    "wrong for a stride of 4": lambda ink, field, stride: share(ink, field, 2),
}


def random_input(random):
    """Return ink that lies far from the border, and a stride of two."""
    ink = torch.zeros(7, 13, 13)
    ink[:, 4:9, 4:9] = torch.rand(7, 5, 5, generator=random)
    return ink, 3, 2
