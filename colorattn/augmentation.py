"""Data augmentation: the same drawing, as other hands might have turned it.

Fifty thousand drawings are many, and a net that meets them for a hundred
epochs knows them by heart. A drawing that is turned, stretched, slanted and
moved a little each time stays what it is, and is never the same twice.
"""

from dataclasses import replace
from math import pi

import torch
import torch.nn.functional as F
from jaxtyping import UInt8
from torch import Tensor

from colorattn.scene import SIDE
from colorattn.stream import Batch, Stream, generator

AUGMENTATION = 4  # a use of the seed that nothing else has
TURN = 10 * pi / 180  # at most, either way
STRETCH = 0.1  # of each axis; a slant is as much of one along the other
MOVE = 2.0  # px


def augment(
    drawings: UInt8[Tensor, "n 1 28 28"], random: torch.Generator
) -> UInt8[Tensor, "n 1 28 28"]:
    """Turn, stretch, slant and move each drawing, by amounts of its own.

    All amounts are uniform, up to the module's constants; what falls outside
    is lost, and what was outside is black.
    """
    amounts = torch.rand(
        len(drawings), 6, generator=random, device=random.device
    )
    turn, wide, tall, slant, across, down = (2 * amounts - 1).unbind(dim=1)
    cos, sin = (TURN * turn).cos(), (TURN * turn).sin()
    half = SIDE / 2  # px; a drawing goes from -1 to 1
    maps = torch.stack(
        [
            *((1 + STRETCH * wide) * cos, STRETCH * slant - sin),
            MOVE * across / half,
            *(sin, (1 + STRETCH * tall) * cos),
            MOVE * down / half,
        ],
        dim=1,
    ).view(-1, 2, 3)
    grid = F.affine_grid(maps, list(drawings.shape), align_corners=False)
    moved = F.grid_sample(drawings.float(), grid, align_corners=False)
    return moved.round().byte()


class Augmented(Stream):
    """The batches of another stream, with each query changed a little."""

    def __init__(self, stream: Stream):
        """Draw nothing yet: iterate to draw."""
        super().__init__(stream.symbols, seed=stream.seed, start=stream.start)
        self.stream = stream

    def batch(self, n: int) -> Batch:
        """Draw batch n of the stream, and change its queries."""
        batch, device = self.stream.batch(n), self.symbols.images.device
        random = generator(self.seed, AUGMENTATION, n, device=device)
        return replace(batch, query=augment(batch.query, random))
