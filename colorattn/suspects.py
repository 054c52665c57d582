"""What chapter 9 measures on a trained net, before it trains another.

How much depends on the place of the grid, what a key sees, and what cells
would read elsewhere.
"""

from dataclasses import replace

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from colorattn.model import ColorNetImage
from colorattn.probes import ask
from colorattn.scene import SIDE, paint
from colorattn.stream import Batch
from colorattn.symbols import Symbols

GRID = 8  # px from key to key in the post's net


def movable(scenes: Batch) -> Bool[Tensor, "batch"]:
    """Say which scenes can be moved as a whole to any place of the grid."""
    room = scenes.image.shape[2] - SIDE
    extent = scenes.positions.amax(dim=1) - scenes.positions.amin(dim=1)
    return (extent <= room - GRID + 1).all(dim=1)


def at_place(
    scenes: Batch, symbols: Symbols, place: Int64[Tensor, "2"]
) -> Batch:
    """Move each scene so that the queried symbol lies at a place of the grid.

    `place` is row and column of its corner, modulo 8. All symbols of a scene
    move alike, by 7 px at most from one place to another. Raises ValueError
    for scenes that are not `movable`.
    """
    if not bool(movable(scenes).all()):
        raise ValueError("some scenes have no room to move: see `movable`.")
    each, room = torch.arange(len(scenes)), scenes.image.shape[2] - SIDE
    up = scenes.positions.amin(dim=1)  # by so many px it could move up, left
    down = room - scenes.positions.amax(dim=1)
    first = ((down - up - GRID + 1) // 2).clamp(min=-up)  # around the middle
    corner = scenes.positions[each, scenes.queried]
    by = first + (place - corner - first) % GRID
    positions = scenes.positions + by[:, None]
    drawn = symbols.pixels(scenes.drawings)
    image = paint(drawn, scenes.colors, positions, scenes.image.shape[2])
    return replace(scenes, image=image, positions=positions)


def everywhere(
    model: nn.Module, scenes: Batch, symbols: Symbols
) -> Float[Tensor, "8 8 batch 3"]:
    """Return a net's logits at all 64 places of the grid."""
    places = [torch.tensor(divmod(k, GRID)) for k in range(GRID**2)]
    found = [
        ask(model, at_place(scenes, symbols, place)).logits for place in places
    ]
    return torch.stack(found).view(GRID, GRID, len(scenes), 3)


@torch.inference_mode()
def read_beside(
    model: ColorNetImage, scenes: Batch, weights: Tensor, by: int
) -> Float[Tensor, "batch 3"]:
    """Return the logits if all cells lay `by` px further down and right.

    The weights are the net's own, from the scene as it is. Below 0 the cells
    move up and left. What lies beyond the canvas is black. The net has to read
    the image, not its keys.
    """
    edge = abs(by)
    wide = F.pad(scenes.image, [edge] * 4)
    side = scenes.image.shape[2]
    rows = slice(edge + by, edge + by + side)
    image = model.normalize(wide[:, :, rows, rows])
    return model.head(model.read(image, weights))


def ink_seen(scenes: Batch, field: int = 17) -> Float[Tensor, "batch"]:
    """Return how much of the queried symbol's ink its best key sees, 0 to 1.

    Keys are centered on every eighth pixel, and see `field` px each way.
    """
    each = torch.arange(len(scenes))
    own = scenes.image[each, scenes.target].float()
    means = F.avg_pool2d(own[:, None], field, GRID, field // 2)
    best = field**2 * means.amax(dim=(1, 2, 3))
    return best / own.sum(dim=(1, 2))


def gap(scenes: Batch) -> Int64[Tensor, "batch"]:
    """Return how far the nearest other corner is, in x or in y, px."""
    each = torch.arange(len(scenes))
    corner = scenes.positions[each, scenes.queried]
    apart = (scenes.positions - corner[:, None]).abs().amax(dim=2)
    return apart.scatter(1, scenes.queried[:, None], 999).amin(dim=1)
