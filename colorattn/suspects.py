"""What chapter 9 measures on a trained net, before it trains another.

Each suspect leaves a trace: answers that hang on the place of the grid, cells
that could be moved, two encoders that say the same, vectors that cannot
differ.
"""

from dataclasses import replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from colorattn.encoder import Encoder
from colorattn.model import ColorNetImage
from colorattn.probes import ask
from colorattn.scene import SIDE, paint
from colorattn.stream import Batch
from colorattn.symbols import Symbols

GRID = 8  # px from key to key in the post's net
Map = Float[Tensor, "n dim i j"]
Vectors = Float[Tensor, "n dim"]


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
    drawn = symbols.images[scenes.drawings]
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
    the image: its reader is given no keys.
    """
    edge = abs(by)
    wide = F.pad(scenes.image, [edge] * 4)
    side = scenes.image.shape[2]
    rows = slice(edge + by, edge + by + side)
    image = model.normalize(wide[:, :, rows, rows])
    none = image.new_empty(len(image), 1, *weights.shape[1:])
    return model.head(model.read(image, none, weights))


def stages(encoder: Encoder, pictures: Tensor) -> list[Map]:
    """Return the map after each ReLU of an encoder."""
    found = []
    for layer in encoder.layers:
        pictures = layer(pictures)
        if isinstance(layer, nn.ReLU):
            found.append(pictures)
    return found


def alike(
    one: Float[Tensor, "n a i j"], other: Float[Tensor, "n b i j"]
) -> float:
    """Say how alike two descriptions of the same places are, 0 to 1.

    Two places that are alike in one description should be so in the other:
    then it is 1, also if features are rotated, or scaled as a whole. Linear
    centered kernel alignment (Kornblith et al., 2019).
    """
    a, b = (m.transpose(0, 1).flatten(1) for m in (one, other))  # dim, places
    a, b = (m - m.mean(dim=1, keepdim=True) for m in (a, b))
    across, own = a @ b.T, (a @ a.T).norm() * (b @ b.T).norm()
    return (across.square().sum() / own).item()


def readable(features: Vectors, labels: Int64[Tensor, "n"]) -> float:
    """Return how often classes can be named from features, by a linear rule.

    The rule is Fisher's discriminant: it learns from the first half of the
    vectors and is measured on the second, 0 to 1.
    """
    half = len(labels) // 2
    known, of = features[:half], labels[:half]
    kinds = range(int(labels.max()) + 1)
    means = torch.stack([known[of == k].mean(dim=0) for k in kinds])
    rest = known - means[of]
    spread = rest.T @ rest / half
    ridge = 1e-3 * spread.trace() / len(spread) * torch.eye(len(spread))
    slopes = torch.linalg.solve(spread + ridge, means.T)
    scores = features[half:] @ slopes - (means.T * slopes).sum(dim=0) / 2
    right = scores.argmax(dim=1) == labels[half:]
    return right.float().mean().item()


class Cosines(NamedTuple):
    """Cosines between the vectors of all pairs of drawings."""

    same: Float[Tensor, "pairs"]  # two drawings of one class
    other: Float[Tensor, "others"]  # of two classes


def cosines(vectors: Vectors, labels: Int64[Tensor, "n"]) -> Cosines:
    """Compare every pair of vectors once."""
    unit = F.normalize(vectors, dim=1)
    one, two = torch.triu_indices(len(labels), len(labels), offset=1)
    found = (unit[one] * unit[two]).sum(dim=1)
    same = labels[one] == labels[two]
    return Cosines(found[same], found[~same])
