"""Data augmentation: the same drawing, as another hand might have turned it.

Fifty thousand drawings are many, and a net that meets them for a hundred
epochs knows them by heart. A drawing that is turned, stretched, slanted and
moved a little each time stays what it is, and is never the same twice.
"""

from dataclasses import replace
from math import pi

import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor

from colorattn.scene import SIDE, paint
from colorattn.seeds import Use, generator
from colorattn.stream import Batch, Batches
from colorattn.symbols import Symbols

TURN = 10 * pi / 180  # at most, either way
STRETCH = 0.1  # of each axis; a slant is as much of one along the other
MOVE = 2.0  # px; queries alone, for symbols lie anywhere in a scene


def augment(
    drawings: UInt8[Tensor, "n 1 28 28"],
    random: torch.Generator,
    move: float = 0.0,
) -> UInt8[Tensor, "n 1 28 28"]:
    """Turn, stretch, slant and move each drawing, by amounts of its own.

    All amounts are uniform, up to the module's constants, moves up to `move`
    px. What falls outside is lost, and what was outside is black.
    """
    amounts = torch.rand(
        len(drawings), 6, generator=random, device=random.device
    )
    turn, wide, tall, slant, across, down = (2 * amounts - 1).unbind(dim=1)
    cos, sin = (TURN * turn).cos(), (TURN * turn).sin()
    move = move / (SIDE / 2)  # a drawing goes from -1 to 1
    x = (1 + STRETCH * wide) * cos, STRETCH * slant - sin, move * across
    y = sin, (1 + STRETCH * tall) * cos, move * down
    maps = torch.stack([*x, *y], dim=1).view(-1, 2, 3)
    # Where each pixel of the new drawing finds its value in the old one.
    places = (maps @ pixels(random.device)).view(-1, 2, SIDE, SIDE)
    moved = F.grid_sample(
        drawings.float(), places.permute(0, 2, 3, 1), align_corners=False
    )
    return moved.round().byte()


def pixels(device: torch.device) -> Float[Tensor, "3 pixels"]:
    """Return (x, y, 1) of each pixel's center, -1 to 1 across a drawing."""
    ticks = (torch.arange(SIDE, device=device) + 0.5) / (SIDE / 2) - 1
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)]).flatten(1)


class Augmented(Batches):
    """The batches of a stream, with each drawing in them changed a little.

    All drawings of the scenes are, and the queries, which are also moved.
    Layouts, colors and targets stay as they were.
    """

    def __init__(
        self, batches: Batches, symbols: Symbols, seed: int, questions: int = 1
    ):
        """Take batches, the symbols they show, and questions per scene."""
        self.batches = batches
        self.symbols = symbols
        self.seed = seed
        self.questions = questions
        self.start = batches.start

    def batch(self, n: int) -> Batch:
        """Take batch n, and change its drawings."""
        batch, device = self.batches.batch(n), self.symbols.images.device
        random = generator(self.seed, Use.AUGMENTATION, n, device=device)
        scenes = batch[:: self.questions]
        shown = self.symbols.pixels(scenes.drawings)
        changed = augment(shown.view(-1, 1, SIDE, SIDE), random)
        image = paint(
            changed.view_as(shown),
            scenes.colors,
            scenes.positions,
            batch.image.shape[2],
        )
        return replace(
            batch,
            image=image.repeat_interleave(self.questions, dim=0),
            query=augment(batch.query, random, MOVE),
        )
