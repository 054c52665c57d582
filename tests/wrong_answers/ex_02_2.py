"""Wrong answers to exercise 2.2, each with words of the message it meets."""

from functools import partial

import torch


def flat(images):
    return images.flatten(-2)


def centered(images):
    return flat(images) - flat(images).mean(dim=-1, keepdim=True)


def products(patches, query):
    return centered(patches) @ centered(query)


def dot_products(patches, query):
    return flat(patches) @ flat(query)


def length_of_the_query(patches, query):
    return products(patches, query) / centered(query).norm()


def length_of_the_patch(patches, query):
    return products(patches, query) / centered(patches).norm(dim=1)


def no_mean(patches, query):
    lengths = flat(patches).norm(dim=1) * flat(query).norm()
    return dot_products(patches, query) / lengths


def deviations(patches, query, correction, size=1):
    found = products(patches, query) / query.std(correction=correction)
    return found / flat(patches).std(dim=1, correction=correction) / size


def mean_of_all(patches, query):
    first = flat(patches) - patches.mean()
    lengths = first.norm(dim=1) * centered(query).norm()
    return first @ centered(query) / lengths


def length_of_all(patches, query):
    lengths = centered(patches).norm() * centered(query).norm()
    return products(patches, query) / lengths


def distance(patches, query):
    return -(patches - query).square().sum(dim=(1, 2))


def nan_if_empty(patches, query):
    lengths = centered(patches).norm(dim=1) * centered(query).norm()
    return products(patches, query) / lengths


def perfect_if_empty(patches, query):
    return nan_if_empty(patches, query).nan_to_num(nan=1)


WRONG = {
    dot_products: "these are dot products",
    products: "you subtracted the means",
    length_of_the_query: "the patch's length as well as the query's",
    length_of_the_patch: "the query's length as well",
    no_mean: "a bright patch matches everything",
    partial(deviations, correction=0): "a factor of h · w.",
    partial(deviations, correction=1): "a factor of h · w − 1.",
    mean_of_all: "not the mean of all",
    length_of_all: "taken together",
    distance: "a patch matches itself with 1",
}
ADVERSARIAL = {
    nan_if_empty: "0 / 0 is not a number",
    perfect_if_empty: "return 0 for it",
    partial(deviations, correction=0, size=784): "from the shape",
}


def random_input(random):
    """Return what a check that draws at random would try: much ink."""
    query = torch.rand(28, 28, generator=random)
    return torch.rand(5, 28, 28, generator=random), query
