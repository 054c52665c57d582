"""Wrong answers to exercise 3.1, each with words of the message it meets."""

from functools import partial
from math import sqrt

import torch


def over_map(scores):
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def attend(query, keys, divisor=sqrt, softmax=over_map):
    scores = torch.einsum("bc,bcij->bij", query, keys)
    scores = scores / divisor(query.shape[1])
    return scores, softmax(scores)


def of(softmax):
    return partial(attend, softmax=softmax)


def whole_batch(scores):
    return scores.flatten().softmax(dim=0).view_as(scores)


def overflowing(scores):
    return scores.exp() / scores.exp().sum(dim=(1, 2), keepdim=True)


WRONG = {
    "divide the scores by the square root": partial(
        attend, divisor=lambda dim: 1
    ),
    "not by c itself": partial(attend, divisor=lambda dim: dim),
    "the scores first, then the weights": lambda *x: attend(*x)[::-1],
    "yours is a Tensor": lambda *x: attend(*x)[1],
    "each row of the map has a softmax": of(lambda s: s.softmax(dim=2)),
    "each column of the map has a softmax": of(lambda s: s.softmax(dim=1)),
    "one softmax for the whole batch": of(whole_batch),
    "not the scores by their sum": of(
        lambda s: s / s.sum(dim=(1, 2), keepdim=True)
    ),
    "now divide it by its sum": of(torch.exp),
    "weren't divided by the square root": of(lambda s: over_map(2 * s)),
    "of shape (2, 2, 3); yours has (2, 6)": of(lambda s: s.flatten(1)),
    "the weights are 1/21": of(lambda s: (s == s.amax((1, 2), True)).float()),
    "the scores of the first map are ln 1": lambda q, k: attend(q.flip(0), k),
    "wrong for c = 9": partial(attend, divisor=lambda dim: 2),
}
ADVERSARIAL = {"overflows": of(overflowing)}


def random_input(random):
    """Return what a check that draws at random would try."""
    query = torch.randn(5, 7, generator=random)
    return query, torch.randn(5, 7, 2, 3, generator=random)
