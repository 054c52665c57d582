"""Readers: what the weights read, from the image or from the keys.

A reader turns the image, or the keys, and the weights into the glimpse, one
vector for each scene.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from colorattn.encoder import Map, Vector

Image = Float[Tensor, "batch 3 height width"]
Weights = Float[Tensor, "batch i j"]
Color = Float[Tensor, "batch 3"]


def image_mean(image: Image, weights: Weights) -> Color:
    """Average the masked image over all its pixels, as the post does.

    Upsampling the weights into a mask, masking and averaging comes to the
    weighted sum of the cells divided by their number; chapter 4 shows it.
    (Without padding cells are no whole number of pixels. Neighbors share a
    row of them here, and glimpses differ from the post's by about a tenth.)
    """
    return image_sum(image, weights) / weights.shape[1:].numel()


def image_sum(image: Image, weights: Weights) -> Color:
    """Sum the mean colors of the cells, weighted: attention's usual form."""
    _, rows, columns = weights.shape
    values = F.adaptive_avg_pool2d(image, (rows, columns))
    return torch.einsum("bij,bcij->bc", weights, values)


def image_sum_centered(image: Image, weights: Weights) -> Color:
    """Sum the cells that are centered on the pixels where keys are.

    Key (i, j) is centered on pixel (s i, s j), s the stride of the map; its
    cell is the s by s pixels from s i - s / 2, as far as they exist.
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


READERS: dict[str, Callable[[Any, Weights], Color | Vector]] = {
    "image_mean": image_mean,
    "image_sum": image_sum,
    "image_sum_centered": image_sum_centered,
    "features": features,
}
