"""Wrong answers to exercise 3.3, each with words of the message it meets."""

from functools import partial
from math import inf, sqrt

import torch


def look_back(
    q, k, v, hidden=-inf, diagonal=1, divisor=None, added=False, dim=1
):
    """Hide the scores above a diagonal, in different ways."""
    scores = q @ k.T / (divisor or sqrt(k.shape[1]))
    future = torch.ones_like(scores).triu(diagonal).bool()
    if added:
        scores = scores + hidden * future
    else:
        scores = scores.masked_fill(future, hidden)
    return scores.softmax(dim=dim) @ v


def after_the_softmax(q, k, v):
    return (q @ k.T / sqrt(k.shape[1])).softmax(dim=1).tril() @ v


def ahead(q, k, v):
    return look_back(q.flip(0), k.flip(0), v.flip(0)).flip(0)


WRONG = {
    "every word sees all words": partial(look_back, diagonal=9),
    "no longer sum to 1": after_the_softmax,
    "exp(0) is 1": partial(look_back, hidden=0),
    "look ahead instead of back": ahead,
    "divide the scores by the square root": partial(look_back, divisor=1),
    "over the words that look": partial(look_back, dim=0),
    "each may look at itself": partial(look_back, diagonal=0),
    "of shape (3, 2); yours has (2, 3)": lambda *x: look_back(*x).T,
    "1/6, 2/6, 3/6": lambda q, k, v: look_back(0 * q, k, v),
    "for other shapes": partial(look_back, divisor=2),
}
ADVERSARIAL = {
    "still gets weight": partial(look_back, hidden=-1e4, added=True),
}


def random_input(random):
    """Return what a check that draws at random would try."""
    return torch.randn(3, 7, 5, generator=random).unbind()
