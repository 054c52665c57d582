"""Wrong answers to exercise 11.3, each with words of the message it meets."""

import torch


def lost(every, save, between, half=2, limit=0):
    return save / every + every / max(half * between, limit)


WRONG = {
    "on average it costs half of one": lambda *x: lost(*x, half=1),
    "only what saving costs": lambda every, save, _: save / every,
    "only what failures cost": lambda every, _, gap: every / 2 / gap,
    "return a share": lambda *x: 100 * lost(*x),
    "divide them by its length": lambda every, *x: every * lost(every, *x),
    "costs 100 s of them": lambda *x: 1 - lost(*x),
    "an interval of 100 s": lambda every, *x: lost(200, *x),
    "a checkpoint that takes 3 s": lambda every, _, gap: lost(every, 1, gap),
}
ADVERSARIAL = {"a failure every 250 s": lambda *x: lost(*x, limit=1500)}


def random_input(random):
    """Return an interval, a checkpoint's seconds, and the time between."""
    every, save = (60 * torch.rand(2, generator=random)).tolist()
    return 600 + every, save, 86_400.0
