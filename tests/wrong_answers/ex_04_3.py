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


def every_place(ink, field, stride):
    return share(ink, field, 1)


def of_all_scenes(ink, field, stride):
    return best(ink, field, stride) / ink.sum()


def of_the_window(ink, field, stride):
    return best(ink, field, stride) / field**2


def average_key(ink, field, stride):
    return seen(ink, field, stride).mean(dim=(1, 2)) / whole(ink)


def best_of_all_scenes(ink, field, stride):
    return share(ink, field, stride).amax()


def maps(ink, field, stride):
    return seen(ink, field, stride) / whole(ink)[:, None, None]


def wider(ink, field, stride):
    return best(ink, field + 2, stride) / whole(ink)


def stride_two(ink, field, stride):
    return share(ink, field, 2)


WRONG = {
    best: "Divide by all the ink",
    partial(share, padding=0): "start at multiples of the stride",
    every_place: "You put them at every pixel",
    of_all_scenes: "not of all",
    of_the_window: "not by the window's area",
    average_key: "take the one that sees the most",
    best_of_all_scenes: "yours has ()",
    maps: "yours has (3, 3, 4)",
    wider: "the best keys see 70%",
}
ADVERSARIAL = {
    partial(share, edge=False): "a share is at most 1",
    stride_two: "wrong for a stride of 4",
}


def random_input(random):
    """Return ink that lies far from the border, and a stride of two."""
    ink = torch.zeros(7, 13, 13)
    ink[:, 4:9, 4:9] = torch.rand(7, 5, 5, generator=random)
    return ink, 3, 2
