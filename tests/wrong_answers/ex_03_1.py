"""Wrong answers to exercise 3.1, each with words of the message it meets."""

from functools import partial
from math import sqrt

import torch


def scores_of(query, keys, divisor=sqrt):
    return torch.einsum("c,cij->ij", query, keys) / divisor(len(query))


def weights(query, keys, divisor=sqrt):
    scores = scores_of(query, keys, divisor)
    return scores.flatten().softmax(dim=0).view_as(scores)


def softmax_over(query, keys, axis):
    return scores_of(query, keys).softmax(dim=axis)


def no_exponential(query, keys):
    scores = scores_of(query, keys)
    return scores / scores.sum()


def no_sum(query, keys):
    return scores_of(query, keys).exp()


def hard(query, keys):
    scores = scores_of(query, keys)
    return (scores == scores.max()).float()


WRONG = {
    "these are the scores": scores_of,
    "divide the scores by the square root": partial(
        weights, divisor=lambda dim: 1
    ),
    "not by dim itself": partial(weights, divisor=lambda dim: dim),
    "each row of the map has a softmax": partial(softmax_over, axis=1),
    "each column of the map has a softmax": partial(softmax_over, axis=0),
    "not the scores by their sum": no_exponential,
    "now divide it by its sum": no_sum,
    "of shape (2, 3); yours has (6,)": lambda *x: weights(*x).flatten(),
    "yours is a list": lambda *x: scores_of(*x).tolist(),
    "the weights are 1/21": hard,
    "wrong for dim 9": partial(weights, divisor=lambda dim: 2),
}
ADVERSARIAL = {"overflows": lambda *x: no_sum(*x) / no_sum(*x).sum()}


def random_input(random):
    """Return what a check that draws at random would try."""
    query = torch.randn(7, generator=random)
    return query, torch.randn(7, 3, 5, generator=random)
