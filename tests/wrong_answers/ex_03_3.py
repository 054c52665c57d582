"""Wrong answers to exercise 3.3, each with words of the message it meets."""

from functools import partial
from math import prod, sqrt

import torch


def over_the_map(scores):
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def root_of_dim(n, dim, cells):
    return sqrt(dim)


def glimpses(
    queries, keys, values, divisor=root_of_dim, softmax=over_the_map, cold=1
):
    scores = cold * torch.einsum("nc,cij->nij", queries, keys)
    scores = scores / divisor(*queries.shape, prod(keys.shape[1:]))
    return torch.einsum("nij,vij->nv", softmax(scores), values)


WRONG = {
    "is over the queries": partial(
        glimpses, softmax=lambda scores: scores.softmax(dim=0)
    ),
    "one softmax for all queries": partial(
        glimpses, softmax=lambda s: s.flatten().softmax(dim=0).view_as(s)
    ),
    "each row of the map": partial(
        glimpses, softmax=lambda scores: scores.softmax(dim=-1)
    ),
    "by the root of dim before the softmax": partial(
        glimpses, divisor=lambda n, dim, cells: 1
    ),
    "not of the number of cells": partial(
        glimpses, divisor=lambda n, dim, cells: sqrt(cells)
    ),
    "not by the number of cells": partial(glimpses, divisor=lambda n, d, c: c),
    "average over the cells again": (
        lambda q, k, v: glimpses(q, k, v) / prod(k.shape[1:])
    ),
    "the weights have no effect": (
        lambda q, k, v: v.mean(dim=(1, 2)).expand(len(q), -1)
    ),
    "apply the softmax to them first": partial(glimpses, softmax=lambda x: x),
    "of shape (3, 2); yours has (2, 3)": lambda *x: glimpses(*x).T,
    "for other shapes": partial(glimpses, divisor=lambda *x: 2),
    "starts with 91/21": partial(glimpses, cold=1e4),
}
ADVERSARIAL = {
    "root of the number of queries": partial(
        glimpses, divisor=lambda n, dim, cells: sqrt(n)
    ),
}


def random_input(random):
    """Return what a check would try that has as many queries as dims."""
    return tuple(
        torch.randn(shape, generator=random)
        for shape in [(7, 7), (7, 3, 5), (2, 3, 5)]
    )
