"""Scaled dot-product attention of one query over a map, and its read-outs.

A read-out turns weights into one vector for each query, the glimpse (in
general: a context vector), by reading the image or the keys. Consecutive
queries can be about one image: then there are fewer maps than queries.
"""

from collections.abc import Callable
from math import sqrt

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from colorattn.model.encoder import Vector

Image = Float[Tensor, "images 3 height width"]
Maps = Float[Tensor, "images dim i j"]
Weights = Float[Tensor, "batch i j"]
Color = Float[Tensor, "batch 3"]
Answer = tuple[Color, Weights, Weights]  # logits, scores, weights
FLOOR = 1e-3  # brightness, 0 to 1, so that black has a logarithm


def attend(query: Vector, keys: Maps) -> tuple[Weights, Weights]:
    """Weigh every position of a map by how well its key matches the query.

    Returns the scores and, after the softmax, the weights, which sum to 1
    over the map. Source: Vaswani et al. (2017), for one query; the post.
    """
    queries = query.unflatten(0, (keys.shape[0], -1))  # of each map
    products = torch.einsum("bqc,bcij->bqij", queries, keys)
    scores = products.flatten(0, 1) / sqrt(query.shape[1])
    weights = scores.flatten(1).softmax(dim=1).view_as(scores)
    return scores, weights


def image_mean(image: Image, weights: Weights) -> Color:
    """Average the masked image over all its pixels, as the post does.

    Upsampling the weights into a mask, masking and averaging gives the
    weighted sum of the cells divided by their number; chapter 4 shows it.
    (Not quite without padding, where cells are no whole number of pixels.)
    """
    return image_sum(image, weights) / weights.shape[1:].numel()


def image_sum(image: Image, weights: Weights) -> Color:
    """Sum the mean colors of the cells, weighted: attention's usual form."""
    _, rows, columns = weights.shape
    values = F.adaptive_avg_pool2d(image, (rows, columns))
    return features(values, weights)


def image_sum_centered(image: Image, weights: Weights) -> Color:
    """Sum the cells that are centered on the pixels where keys are.

    Key (i, j) is centered on pixel (s i, s j), where s is the stride of the
    map; its cell is the s by s pixels around it, as far as they exist.
    """
    _, rows, columns = weights.shape
    cell = image.shape[2] // rows
    values = F.avg_pool2d(
        image, cell, padding=cell // 2, count_include_pad=False
    )[:, :, :rows, :columns]
    return features(values, weights)


def image_log(image: Image, weights: Weights) -> Color:
    """Take the logarithm of `image_sum`, for pixels from 0 to 1.

    The softmax of these logits is each color's share of the ink under the
    weights: the cross-entropy is -log purity, but for the floor.
    """
    return (image_sum(image, weights) + FLOOR).log()


def features(keys: Maps, weights: Weights) -> Vector:
    """Sum the keys themselves, weighted, instead of the image."""
    grouped = weights.unflatten(0, (keys.shape[0], -1))  # by map, like queries
    return torch.einsum("bqij,bcij->bqc", grouped, keys).flatten(0, 1)


# `features` reads the keys, all others the image.
READOUTS: dict[str, Callable[..., Color | Vector]] = {
    "image_mean": image_mean,
    "image_sum": image_sum,
    "image_sum_centered": image_sum_centered,
    "image_log": image_log,
    "features": features,
}
