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


def nan_if_empty(patches, query):
    lengths = centered(patches).norm(dim=1) * centered(query).norm()
    return products(patches, query) / lengths


WRONG = {
    "these are dot products": dot_products,
    "you subtracted the means": products,
    "the patch's length as well as the query's": (
        lambda p, q: products(p, q) / centered(q).norm()
    ),
    "the query's length as well": (
        lambda p, q: products(p, q) / centered(p).norm(dim=1)
    ),
    "a bright patch matches everything": no_mean,
    "a factor of h · w.": partial(deviations, correction=0),
    "a factor of h · w − 1.": partial(deviations, correction=1),
    "not the mean of all": mean_of_all,
    "taken together": length_of_all,
    "a patch matches itself with 1": (
        lambda patches, query: -(patches - query).square().sum(dim=(1, 2))
    ),
}
ADVERSARIAL = {
    "0 / 0 is not a number": nan_if_empty,
    "return 0 for it": lambda *x: nan_if_empty(*x).nan_to_num(nan=1),
    "from the shape": partial(deviations, correction=0, size=784),
}


def random_input(random):
    """Return what a check that draws at random would try: much ink."""
    query = torch.rand(28, 28, generator=random)
    return torch.rand(5, 28, 28, generator=random), query
