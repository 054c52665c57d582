"""Wrong answers to exercise 4.3, each with words of the message it meets."""

import torch
import torch.nn.functional as F


def seen(ink, field, stride):
    """Return the ink in the field of each key."""
    pooled = F.avg_pool2d(ink[:, None], field, stride, field // 2)
    return pooled[:, 0] * field**2


def whole(ink):
    return ink.sum(dim=(1, 2))


def ink_and_no_share(ink, field, stride):
    return seen(ink, field, stride).amax(dim=(1, 2))


def not_centered(ink, field, stride):
    pooled = F.avg_pool2d(ink, field, stride) * field**2
    return pooled.amax(dim=(1, 2)) / whole(ink)


def every_place(ink, field, stride):
    return ink_and_no_share(ink, field, 1) / whole(ink)


def of_all_scenes(ink, field, stride):
    return ink_and_no_share(ink, field, stride) / ink.sum()


def of_the_window(ink, field, stride):
    return ink_and_no_share(ink, field, stride) / field**2


def average_key(ink, field, stride):
    return seen(ink, field, stride).mean(dim=(1, 2)) / whole(ink)


def best_of_all_scenes(ink, field, stride):
    share = seen(ink, field, stride) / whole(ink)[:, None, None]
    return share.amax()


def maps(ink, field, stride):
    return seen(ink, field, stride) / whole(ink)[:, None, None]


def wider(ink, field, stride):
    return ink_and_no_share(ink, field + 2, stride) / whole(ink)


def adversarial_smaller_windows(ink, field, stride):
    pooled = F.avg_pool2d(
        ink, field, stride, field // 2, count_include_pad=False
    )
    return pooled.amax(dim=(1, 2)) * field**2 / whole(ink)


def adversarial_stride_two(ink, field, stride):
    return ink_and_no_share(ink, field, 2) / whole(ink)


WRONG = {
    ink_and_no_share: "Divide by all the ink",
    not_centered: "begin at the multiples",
    every_place: "You let them lie on any pixel",
    of_all_scenes: "not by that of all scenes",
    of_the_window: "not by the area",
    average_key: "take the one that sees most",
    best_of_all_scenes: "yours has ()",
    maps: "yours has (3, 3, 4)",
    wider: "the best keys see 0.70",
    adversarial_smaller_windows: "a share is at most 1",
    adversarial_stride_two: "wrong for a stride of 4",
}


def random_input(random):
    """Return ink that lies far from the border, and a stride of two."""
    ink = torch.zeros(7, 13, 13)
    ink[:, 4:9, 4:9] = torch.rand(7, 5, 5, generator=random)
    return ink, 3, 2
