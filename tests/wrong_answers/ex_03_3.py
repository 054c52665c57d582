"""Wrong answers to exercise 3.3, each with words of the message it meets."""

from functools import partial
from math import prod, sqrt

import torch


def over_the_map(scores):
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def over_everything(scores):
    return scores.flatten().softmax(dim=0).view_as(scores)


def over_the_rows(scores):
    return scores.softmax(dim=-1)


def over_the_queries(scores):
    return scores.softmax(dim=0)


def nothing(scores):
    return scores


def root_of_dim(n, dim, cells):
    return sqrt(dim)


def one(n, dim, cells):
    return 1


def two(n, dim, cells):
    return 2


def root_of_cells(n, dim, cells):
    return sqrt(cells)


def cells_themselves(n, dim, cells):
    return cells


def root_of_queries(n, dim, cells):
    return sqrt(n)


def glimpses(
    queries, keys, values, divisor=root_of_dim, softmax=over_the_map, cold=1
):
    scores = cold * torch.einsum("nc,cij->nij", queries, keys)
    scores = scores / divisor(*queries.shape, prod(keys.shape[1:]))
    return torch.einsum("nij,vij->nv", softmax(scores), values)


def averaged(queries, keys, values):
    return glimpses(queries, keys, values) / prod(keys.shape[1:])


def no_weights(queries, keys, values):
    return values.mean(dim=(1, 2)).expand(len(queries), -1)


def the_wrong_way_round(queries, keys, values):
    return glimpses(queries, keys, values).T


WRONG = {
    partial(glimpses, softmax=over_the_queries): "is over the queries",
    partial(glimpses, softmax=over_everything): "one softmax for all queries",
    partial(glimpses, softmax=over_the_rows): "each row of the map",
    partial(glimpses, divisor=one): "by the root of dim before the softmax",
    partial(glimpses, divisor=root_of_cells): "not of the number of cells",
    partial(glimpses, divisor=cells_themselves): "not by the number of cells",
    averaged: "average over the cells again",
    no_weights: "the weights have no effect",
    partial(glimpses, softmax=nothing): "apply the softmax to them first",
    the_wrong_way_round: "of shape (3, 2); yours has (2, 3)",
    partial(glimpses, divisor=two): "for other shapes",
    partial(glimpses, cold=1e4): "starts with 91/21",
}
ADVERSARIAL = {
    partial(glimpses, divisor=root_of_queries): "root of the number of queries"
}


def random_input(random):
    """Return what a check would try that has as many queries as dims."""
    return tuple(
        torch.randn(shape, generator=random)
        for shape in [(7, 7), (7, 3, 5), (2, 3, 5)]
    )
