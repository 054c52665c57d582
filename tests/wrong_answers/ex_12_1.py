"""Wrong answers to exercise 12.1, each with words of the message it meets."""

from math import pi

import torch


def turn(steps, places, dim, speeds=None):
    if speeds is None:
        speeds = torch.arange(1, dim // 2 + 1)
    angles = 2 * pi / places * steps * speeds
    cosines, sines = angles.cos().diag(), angles.sin().diag()
    top = torch.cat([cosines, sines], dim=1)
    bottom = torch.cat([-sines, cosines], dim=1)
    return torch.cat([top, bottom])


WRONG = {
    "turns to the left": lambda *x: turn(*x).T,
    "by half of the ring": lambda steps, places, dim: turn(2, 4, dim),
    "sines come first": lambda *x: torch.eye(x[2]).flip(0),
    "is a quarter turn": lambda steps, places, dim: turn(steps, 360, dim),
    "of shape (2, 2); yours has (2,)": lambda *x: turn(*x)[0],
    "round n times": lambda *x: turn(*x, speeds=torch.ones(x[2] // 2)),
}
ADVERSARIAL = {
    "-2 steps on a ring of 7": lambda steps, *x: turn(abs(steps), *x),
}


def random_input(random):
    steps, places = torch.randint(1, 9, (2,), generator=random).tolist()
    return steps, places, 8
