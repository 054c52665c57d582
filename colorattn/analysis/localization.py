"""Where the model looks: hit, purity and mass of attention weights."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from colorattn.data.scene import SIDE
from colorattn.data.stream import Batch
from colorattn.model.attention import Weights

Mask = Float[Tensor, "batch canvas canvas"]
Pixels = Bool[Tensor, "batch height width"]


class Localization(NamedTuple):
    """Three measures of each scene's weights."""

    hit: Bool[Tensor, "batch"]
    purity: Float[Tensor, "batch"]  # 0 to 1
    mass: Float[Tensor, "batch"]  # 0 to 1


def localize(weights: Weights, scenes: Batch) -> Localization:
    """Measure how well weights localize the queried symbol.

    Hit (the pointing game of Zhang et al., 2018): the peak is on it. Purity:
    its share of the ink under the weights. Mass (the energy-based pointing
    game of Wang et al., 2020): the share of the weights inside its box, 19%
    for uniform weights on 64 px.
    """
    mask = upsample(weights, scenes.image.shape[2])
    shares = ink_shares(weights, scenes)
    return Localization(
        hit=hit(weights, scenes),
        purity=shares.gather(1, scenes.query_index[:, None]).squeeze(1),
        mass=(mask * box_masks(scenes)).sum(dim=(1, 2)),
    )


def upsample(weights: Weights, canvas: int) -> Mask:
    """Spread each cell's weight evenly over its pixels; the sum stays 1."""
    mask = F.interpolate(weights.unsqueeze(1), (canvas, canvas)).squeeze(1)
    return mask / mask.sum(dim=(1, 2), keepdim=True)


def box_masks(scenes: Batch) -> Mask:
    """Return 1 inside the queried symbol's box and 0 outside."""
    canvas = scenes.image.shape[2]
    return square(scenes.query_corner + SIDE / 2, canvas).float()


def square(centers: Float[Tensor, "batch 2"], canvas: int) -> Pixels:
    """Mark the pixels of a symbol's box around each center, in px."""
    middles = torch.arange(canvas, device=centers.device) + 0.5  # of pixels
    near = (middles - centers[:, :, None]).abs() <= SIDE / 2
    rows, columns = near.unbind(dim=1)
    return rows[:, :, None] & columns[:, None, :]


def ink_shares(
    weights: Weights, scenes: Batch
) -> Float[Tensor, "batch symbols"]:
    """Return each symbol's share of the ink under the weights."""
    mask = upsample(weights, scenes.image.shape[2])
    ink = torch.einsum("bhw,bchw->bc", mask, scenes.image.float())
    shares = ink / ink.sum(dim=1, keepdim=True).clamp(min=1e-9)  # of colors
    return shares.gather(1, scenes.colors)


def hit(weights: Weights, scenes: Batch) -> Bool[Tensor, "batch"]:
    """Say whether the peak is on the queried symbol and on no other."""
    return symbol_at_peak(weights, scenes) == scenes.query_index


def symbol_at_peak(weights: Weights, scenes: Batch) -> Int64[Tensor, "batch"]:
    """Say in whose box the peak is: 0, 1, 2 (the nearest), or -1 for none."""
    point = peaks(weights, scenes.image.shape[2])
    offset = point[:, None] - (scenes.positions + SIDE / 2)
    nearest = offset.square().sum(dim=2).argmin(dim=1)
    inside = (offset.abs() <= SIDE / 2).all(dim=2)
    on = inside.gather(1, nearest[:, None]).squeeze(1)
    return torch.where(on, nearest, -1)


def peaks(weights: Weights, canvas: int) -> Float[Tensor, "batch 2"]:
    """Return row and column, in px, of the center of the heaviest cell."""
    rows, columns = weights.shape[1:]
    cell = weights.flatten(1).argmax(dim=1)
    place = torch.stack([cell // columns, cell % columns], dim=1)
    cells = torch.tensor([rows, columns], device=weights.device)
    return (place + 0.5) * canvas / cells
