"""Scaled dot-product attention of one query over a map, and its read-outs.

A read-out turns weights into one vector for each scene, the glimpse (in
general: a context vector), by reading the image or the keys.
"""

from collections.abc import Callable
from math import sqrt

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from colorattn.model.encoder import Map, Vector

Image = Float[Tensor, "batch 3 height width"]
Weights = Float[Tensor, "batch i j"]
Color = Float[Tensor, "batch 3"]
Answer = tuple[Color, Weights, Weights]  # logits, scores, weights


def attend(
    query: Float[Tensor, "batch dim"], keys: Float[Tensor, "batch dim i j"]
) -> tuple[Float[Tensor, "batch i j"], Float[Tensor, "batch i j"]]:
    """Weigh every position of a map by how well its key matches the query.

    Returns the scores and, after the softmax, the weights, which sum to 1
    over the map. Source: Vaswani et al. (2017), for one query; the post.
    """
    scores = torch.einsum("bc,bcij->bij", query, keys) / sqrt(query.shape[1])
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
    return torch.einsum("bij,bcij->bc", weights, values)


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
    return torch.einsum("bij,bcij->bc", weights, values)


def features(keys: Map, weights: Weights) -> Vector:
    """Sum the keys themselves, weighted, instead of the image."""
    return torch.einsum("bij,bcij->bc", weights, keys)


# `features` reads the keys, all others the image.
READOUTS: dict[str, Callable[..., Color | Vector]] = {
    "image_mean": image_mean,
    "image_sum": image_sum,
    "image_sum_centered": image_sum_centered,
    "features": features,
}
