"""Places in a scene: to find them by the weights, and to erase them."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64, Shaped, UInt8
from torch import Tensor

from colorattn.scene import SIDE
from colorattn.stream import Batch

Weights = Float[Tensor, "batch i j"]
Cells = Bool[Tensor, "batch i j"]
Pixels = Bool[Tensor, "batch height width"]


def values(
    images: Float[Tensor, "batch channels h w"], cells: Shaped[Tensor, "_ i j"]
) -> Float[Tensor, "batch channels i j"]:
    """Return the mean color of each cell of a map as coarse as `cells`."""
    rows, columns = cells.shape[1:]
    return F.adaptive_avg_pool2d(images, (rows, columns))


def square(
    centers: Float[Tensor, "batch 2"], canvas: int, side: int = SIDE
) -> Pixels:
    """Mark a square of pixels around each center, in px."""
    middles = torch.arange(canvas) + 0.5  # of the pixels
    near = (middles - centers[:, :, None]).abs() <= side / 2
    rows, columns = near.unbind(dim=1)
    return rows[:, :, None] & columns[:, None, :]


def fill(cells: Cells, canvas: int) -> Pixels:
    """Mark the pixels of the marked cells."""
    marked = cells.unsqueeze(1).float()
    return F.interpolate(marked, (canvas, canvas)).squeeze(1) > 0


def heaviest(weights: Weights, share: float = 0.9) -> Cells:
    """Mark the fewest cells that hold at least this share of the weights."""
    falling, order = weights.flatten(1).sort(dim=1, descending=True)
    before = falling.cumsum(dim=1) - falling  # what heavier cells hold
    marks = torch.zeros_like(before, dtype=torch.bool)
    return marks.scatter(1, order, before < share).view_as(weights)


def brightest(
    images: UInt8[Tensor, "batch 3 h w"], apart_from: Cells
) -> Cells:
    """Mark as many other cells, those with the most ink of what is left."""
    ink = images.amax(dim=1, keepdim=True).float()
    cells = values(ink, apart_from).squeeze(1)
    left = cells.masked_fill(apart_from, -1).flatten(1)
    rank = left.argsort(dim=1, descending=True).argsort(dim=1)
    wanted = apart_from.flatten(1).sum(dim=1, keepdim=True)
    return (rank < wanted).view_as(apart_from)


def stand_in(
    images: UInt8[Tensor, "batch 3 h w"],
    colors: Int64[Tensor, "batch"],
    apart_from: Cells,
) -> Weights:
    """Put all weight on one other cell: the one that is most of a color.

    Among the cells that are not marked, the one in which the ink of this
    color outweighs that of the other two the most.
    """
    ink = values(images.float(), apart_from)
    each = torch.arange(len(colors))
    excess = 2 * ink[each, colors] - ink.sum(dim=1)
    left = excess.masked_fill(apart_from, -torch.inf).flatten(1)
    chosen = F.one_hot(left.argmax(dim=1), left.shape[1]).float()
    return chosen.view(apart_from.shape)


def erase(scenes: Batch, where: Pixels) -> Batch:
    """Paint pixels of the scenes black; all else stays as it was."""
    return replace(scenes, image=scenes.image * ~where.unsqueeze(1))
