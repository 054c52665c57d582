"""Alignment: what depends on where symbols are on the grid of keys.

Keys are centered on every eighth pixel, so a symbol can have 64 offsets.
"""

from dataclasses import replace

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from colorattn.analysis.intervention import predict
from colorattn.data.scene import SIDE, paint
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage

GRID = 8  # px from key to key in the post's net


def shiftable(scenes: Batch) -> Bool[Tensor, "batch"]:
    """Say which scenes can be shifted to every offset of the grid."""
    room = scenes.image.shape[2] - SIDE
    extent = scenes.positions.amax(dim=1) - scenes.positions.amin(dim=1)
    return (extent <= room - GRID + 1).all(dim=1)


def shift_to(
    scenes: Batch, symbols: Symbols, offset: Int64[Tensor, "2"]
) -> Batch:
    """Shift each scene so that the queried symbol is at a given offset.

    `offset` is row and column of its corner, modulo 8. Scenes stay near the
    middle of their room. Raises ValueError for those not `shiftable`.
    """
    if not bool(shiftable(scenes).all()):
        raise ValueError("some scenes cannot be shifted: see `shiftable`.")
    room = scenes.image.shape[2] - SIDE
    up = scenes.positions.amin(dim=1)  # px of room above and to the left
    down = room - scenes.positions.amax(dim=1)
    first = ((down - up - GRID + 1) // 2).clamp(min=-up)  # around the middle
    by = first + (offset - scenes.query_corner - first) % GRID
    positions = scenes.positions + by[:, None]
    drawn = symbols.images_of(scenes.drawing_ids)
    image = paint(drawn, scenes.colors, positions, scenes.image.shape[2])
    return replace(scenes, image=image, positions=positions)


def logits_at_all_offsets(
    model: nn.Module, scenes: Batch, symbols: Symbols
) -> Float[Tensor, "8 8 batch 3"]:
    """Return a model's logits with the scenes at all 64 offsets."""
    found = []
    for k in range(GRID**2):
        shifted = shift_to(scenes, symbols, torch.tensor(divmod(k, GRID)))
        found.append(predict(model, shifted).logits)
    return torch.stack(found).view(GRID, GRID, len(scenes), 3)


@torch.inference_mode()
def shift_values(
    model: ColorNetImage, scenes: Batch, weights: Tensor, by: int
) -> Float[Tensor, "batch 3"]:
    """Return the logits if all cells were `by` px further down and right.

    The weights are those of the scene as it is. Negative `by` shifts up and
    left; beyond the canvas is black. The model has to read the image.
    """
    wide = F.pad(scenes.image, [abs(by)] * 4)
    first = abs(by) + by
    rows = slice(first, first + scenes.image.shape[2])
    image = model.normalize(wide[:, :, rows, rows])
    return model.head(model.readout(image, weights))


def visible_ink(scenes: Batch, field: int = 17) -> Float[Tensor, "batch"]:
    """Return the share, 0 to 1, of a symbol's ink in its best key's field."""
    own = scenes.image[torch.arange(len(scenes)), scenes.target].float()
    means = F.avg_pool2d(own[:, None], field, GRID, field // 2)
    best = field**2 * means.amax(dim=(1, 2, 3))
    return best / own.sum(dim=(1, 2))


def nearest_distance(scenes: Batch) -> Int64[Tensor, "batch"]:
    """Return the distance to the nearest other corner, the larger of x, y."""
    apart = (scenes.positions - scenes.query_corner[:, None]).abs().amax(dim=2)
    return apart.scatter(1, scenes.query_index[:, None], 999).amin(dim=1)
