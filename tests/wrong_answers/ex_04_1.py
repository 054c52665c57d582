"""Wrong answers to exercise 4.1, each with words of the message it meets."""

from functools import partial
from math import prod
from types import SimpleNamespace

import torch
import torch.nn.functional as F

from colorattn.model import attend


def mean(maps):
    return maps.mean(dim=(2, 3))


def masked(image, mask, mode="nearest"):
    size = image.shape[2:]
    return image * F.interpolate(mask[:, None], size=size, mode=mode)


def forward(model, image, query, pool=mean, read=None, times=1):
    """Answer, with another pooling, another reading, a larger glimpse."""
    vector = pool(model.encode_query(query))
    scores, weights = attend(vector, model.encode_image(image))
    read = read or (lambda image, weights, scores: masked(image, weights))
    glimpse = times * mean(read(image, weights, scores))
    return model.head(glimpse), scores, weights


def without_head(model, image, query):
    bare = SimpleNamespace(**vars(model) | {"head": lambda glimpse: glimpse})
    return forward(bare, image, query)


def probabilities(*given):
    logits, *maps = forward(*given)
    return logits.softmax(dim=1), *maps


def by_cells(model, image, query, cells=None):
    """Read the sum over cells of their mean colors, divided or not."""
    _, _, weights = forward(model, image, query)
    inside = prod(weights.shape[1:])
    return forward(model, image, query, times=inside / (cells or 1))


WRONG = {
    "The head turns them into logits": without_head,
    "without a softmax": probabilities,
    "not their sum": partial(forward, pool=lambda maps: maps.sum(dim=(2, 3))),
    "not the largest": partial(forward, pool=lambda maps: maps.amax((2, 3))),
    "not with the scores": partial(forward, read=lambda x, w, s: masked(x, s)),
    "you take the sum": partial(forward, times=24),
    "chapter 3's glimpse": by_cells,
    "without interpolating": partial(
        forward, read=lambda x, w, s: masked(x, w, "bilinear")
    ),
    "nothing is masked": partial(forward, read=lambda x, w, s: x),
    "return three tensors": lambda *x: forward(*x)[0],
    "in this order": lambda *x: [forward(*x)[k] for k in (0, 2, 1)],
    "differ from those of the plan": partial(forward, times=2),
}
ADVERSARIAL = {"not every map has 64": partial(by_cells, cells=64)}


def random_input(random):
    """Return what the post's network sees: maps of 8 by 8 cells."""
    model = SimpleNamespace(
        encode_image=lambda image: F.avg_pool2d(image, 8),
        encode_query=lambda query: query.expand(-1, 3, -1, -1),
        head=lambda glimpse: 50 * glimpse,
    )
    image = torch.randn(2, 3, 64, 64, generator=random)
    return model, image, torch.randn(2, 1, 4, 4, generator=random)
