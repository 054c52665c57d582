"""Wrong answers to exercise 12.4, each with words of the message it meets."""

from functools import partial

import torch


def same(ink):
    return ink


def accuse(image, query_index, target, steps=2, keep=False, shade=same):
    changed = image.clone()
    for n in range(len(image)):
        left = 32 * int((query_index[n] + steps) % 3)
        part = changed[n, :, :, left : left + 32]
        ink = part.amax(dim=0).clone()
        if not keep:
            part.zero_()
        part[target[n]] = shade(ink)
    return changed


def in_place(image, query_index, target):
    image.copy_(accuse(image, query_index, target))
    return image


WRONG = {
    "Work on a copy": in_place,
    "the queried symbol has changed": partial(accuse, steps=0),
    "the answer has changed": lambda image, k, t: accuse(
        image, k, (t + 1) % 3, steps=1
    ),
    "nothing has changed": lambda image, k, t: image.clone(),
    "you have erased": partial(accuse, shade=torch.zeros_like),
    "a color that isn't the answer's": partial(accuse, keep=True),
    "keep its shape": partial(accuse, shade=lambda ink: ink // 2),
}
ADVERSARIAL = {"has changed": lambda image, k, t: accuse(image, 0 * k, t)}


def random_input(random):
    image = torch.randint(256, (3, 3, 32, 96), generator=random).byte()
    target = torch.randint(3, (3,), generator=random)
    return image, torch.zeros(3, dtype=torch.long), target
