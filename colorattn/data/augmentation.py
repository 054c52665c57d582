"""Data augmentation: random rotation, scale, shear and translation."""

from dataclasses import dataclass, replace
from math import pi

import torch
import torch.nn.functional as F
from jaxtyping import UInt8
from torch import Generator, Tensor

from colorattn.data.scene import SIDE, paint
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, Batches
from colorattn.data.symbols import Symbols

ROTATION = 10 * pi / 180  # radians, at most, either way
SCALE = 0.1  # of each axis; the shear is up to as much
TRANSLATION = 2.0  # px; of queries alone, since symbols are anywhere anyway


def augment(
    drawings: UInt8[Tensor, "n 1 28 28"],
    random: Generator,
    translation: float = 0.0,
) -> UInt8[Tensor, "n 1 28 28"]:
    """Transform each drawing by its own amounts, shifting it some px at most.

    What leaves the box is lost, what enters it is black.
    """
    device = random.device
    amounts = torch.rand(len(drawings), 6, generator=random, device=device)
    turn, wide, tall, shear, right, down = (2 * amounts - 1).unbind(dim=1)
    cos, sin = (ROTATION * turn).cos(), (ROTATION * turn).sin()
    shift = translation / (SIDE / 2)  # a drawing goes from -1 to 1
    to_x = (1 + SCALE * wide) * cos, SCALE * shear - sin, shift * right
    to_y = sin, (1 + SCALE * tall) * cos, shift * down
    maps = torch.stack([*to_x, *to_y], dim=1).view(-1, 2, 3)
    ticks = (torch.arange(SIDE, device=device) + 0.5) / (SIDE / 2) - 1
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")  # centers of pixels
    pixels = torch.stack([x, y, torch.ones_like(x)]).flatten(1)
    # Where each pixel of the new drawing finds its value in the old one.
    places = (maps @ pixels).view(-1, 2, SIDE, SIDE).permute(0, 2, 3, 1)
    moved = F.grid_sample(drawings.float(), places, align_corners=False)
    return moved.round().byte()


@dataclass(eq=False)
class Augmented(Batches):
    """Batches with transformed drawings; queries are also shifted."""

    batches: Batches
    symbols: Symbols
    seed: int
    queries_per_scene: int = 1

    def __post_init__(self) -> None:
        self.start = self.batches.start

    def batch(self, n: int) -> Batch:
        """Take batch n, and change its drawings."""
        batch, device = self.batches.batch(n), self.symbols.images.device
        random = generator(self.seed, Use.AUGMENTATION, n, device=device)
        return transform(batch, self.symbols, random, self.queries_per_scene)


def transform(
    batch: Batch, symbols: Symbols, random: Generator, queries_per_scene: int
) -> Batch:
    """Transform each drawing of a batch, and paint its scenes anew."""
    scenes = batch[::queries_per_scene]
    drawn = symbols.images_of(scenes.drawing_ids)
    changed = augment(drawn.view(-1, 1, SIDE, SIDE), random)
    layout = scenes.colors, scenes.positions, batch.image.shape[2]
    image = paint(changed.view_as(drawn), *layout)
    return replace(
        batch,
        image=image.repeat_interleave(queries_per_scene, dim=0),
        query=augment(batch.query, random, TRANSLATION),
    )
