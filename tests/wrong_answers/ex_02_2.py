"""Wrong answers to exercise 2.2, each with words of the message it meets."""

from functools import partial

import torch


def flat(images):
    return images.flatten(-2)


def centered(images):
    return flat(images) - flat(images).mean(dim=-1, keepdim=True)


def products(patches, query):
    return centered(patches) @ centered(query)


def cosine(patches, query, from_patch=centered, length=None):
    """Divide by both lengths; `length` is that of the patches."""
    length = length or (lambda rows: rows.norm(dim=1))
    rows = from_patch(patches)
    query = (flat if from_patch is flat else centered)(query)
    return rows @ query / (length(rows) * query.norm())


def deviations(patches, query, correction, size=1):
    found = products(patches, query) / query.std(correction=correction)
    return found / flat(patches).std(dim=1, correction=correction) / size


WRONG = {
    "these are dot products": lambda p, q: flat(p) @ flat(q),
    "you subtracted the means": products,
    "the patch's length as well as the query's": (
        lambda p, q: products(p, q) / centered(q).norm()
    ),
    "the query's length as well": (
        lambda p, q: products(p, q) / centered(p).norm(dim=1)
    ),
    "a bright patch matches everything": partial(cosine, from_patch=flat),
    "a factor of h · w.": partial(deviations, correction=0),
    "a factor of h · w − 1.": partial(deviations, correction=1),
    "not the mean of all": partial(
        cosine, from_patch=lambda patches: flat(patches) - patches.mean()
    ),
    "taken together": partial(cosine, length=torch.norm),
    "a patch matches itself with 1": (
        lambda p, q: -(p - q).square().sum(dim=(1, 2))
    ),
}
ADVERSARIAL = {
    "0 / 0 is not a number": cosine,
    "return 0 for it": lambda *x: cosine(*x).nan_to_num(nan=1),
    "from the shape": partial(deviations, correction=0, size=784),
}


def random_input(random):
    """Return what a check that draws at random would try: much ink."""
    query = torch.rand(28, 28, generator=random)
    return torch.rand(5, 28, 28, generator=random), query
