"""Which classes a model finds, and which it takes for which."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from colorattn.stream import Batch

CLASSES = 10  # of both data sets


def asked(scenes: Batch) -> Int64[Tensor, "scenes"]:
    """Return the class of each query."""
    each = torch.arange(len(scenes))
    return scenes.classes[each, scenes.queried]


def by_class(
    right: Bool[Tensor, "scenes"], scenes: Batch
) -> Float[Tensor, "10"]:
    """Return the share of right answers, 0 to 1, for each class of query.

    A class that nobody asked for has no share: it is nan.
    """
    of = asked(scenes)
    hits = torch.bincount(of, right.float(), minlength=CLASSES)
    return hits / torch.bincount(of, minlength=CLASSES)


def mistaken(
    answers: Int64[Tensor, "scenes"], scenes: Batch
) -> Float[Tensor, "10 10"]:
    """Return how often another symbol's color is named, 0 to 1.

    Row a, column b: of the scenes that were asked for class a and hold a
    symbol of class b as well, the share whose answer is that symbol's color.
    Pairs that never meet are nan, and so is the diagonal.
    """
    of = asked(scenes)
    other = scenes.classes != of[:, None]
    named = other & (scenes.colors == answers[:, None])
    pair = CLASSES * of[:, None] + scenes.classes
    size = CLASSES * CLASSES
    count = torch.bincount(pair[named], minlength=size)
    met = torch.bincount(pair[other], minlength=size)
    return (count / met).view(CLASSES, CLASSES)


def has_relative(
    scenes: Batch, family: Int64[Tensor, "10"]
) -> Bool[Tensor, "scenes"]:
    """Say which scenes hold another symbol of the queried one's family.

    `family` numbers the family of each class; classes with one number are
    related.
    """
    own = family[asked(scenes)]
    return (family[scenes.classes] == own[:, None]).sum(dim=1) > 1
