"""Wrong answers to exercise 2.2, each with words of the message it meets."""

import torch


def flat(pictures):
    return pictures.flatten(-2)


def centered(pictures):
    return flat(pictures) - flat(pictures).mean(dim=-1, keepdim=True)


def dot_products(patches, query):
    return flat(patches) @ flat(query)


def no_length(patches, query):
    return centered(patches) @ centered(query)


def length_of_the_query(patches, query):
    return no_length(patches, query) / centered(query).norm()


def length_of_the_patch(patches, query):
    return no_length(patches, query) / centered(patches).norm(dim=1)


def no_mean(patches, query):
    lengths = flat(patches).norm(dim=1) * flat(query).norm()
    return dot_products(patches, query) / lengths


def deviations(patches, query, correction=0):
    found = no_length(patches, query)
    found = found / flat(patches).std(dim=1, correction=correction)
    return found / query.std(correction=correction)


def deviations_corrected(patches, query):
    return deviations(patches, query, correction=1)


def mean_of_all(patches, query):
    first = flat(patches) - patches.mean()
    lengths = first.norm(dim=1) * centered(query).norm()
    return first @ centered(query) / lengths


def length_of_all(patches, query):
    lengths = centered(patches).norm() * centered(query).norm()
    return no_length(patches, query) / lengths


def distance(patches, query):
    return -(patches - query).square().sum(dim=(1, 2))


def adversarial_empty(patches, query):
    lengths = centered(patches).norm(dim=1) * centered(query).norm()
    return no_length(patches, query) / lengths


def adversarial_empty_is_perfect(patches, query):
    return adversarial_empty(patches, query).nan_to_num(nan=1)


def adversarial_size(patches, query):
    return deviations(patches, query) / 784


WRONG = {
    dot_products: "these are dot products",
    no_length: "the means are gone",
    length_of_the_query: "the length of the patch as well",
    length_of_the_patch: "the length of the query as well",
    no_mean: "a bright patch matches everything",
    deviations: "h · w times too large",
    deviations_corrected: "h · w − 1 times too large",
    mean_of_all: "not the mean of all",
    length_of_all: "taken together",
    distance: "a patch matches itself with 1",
    adversarial_empty: "0 / 0 is not a number",
    adversarial_empty_is_perfect: "return 0 for it",
    adversarial_size: "Take the number of pixels from the shape",
}


def random_input(random):
    """Return what a check that draws at random would try: much ink."""
    query = torch.rand(28, 28, generator=random)
    return torch.rand(5, 28, 28, generator=random), query
