"""Scenes: where symbols are on the canvas, and how they are painted on it."""

from dataclasses import dataclass

import torch
from jaxtyping import Int64, UInt8
from torch import Generator, Tensor

COLORS = ("red", "green", "blue")  # target 0, 1, 2; also the image channels
SIDE = 28  # px, of a symbol
# Layouts drawn at once for each scene. A GPU that waits to be told whether one
# of them fits loses more time than it takes to draw more of them.
TRIES = {"cpu": 64, "cuda": 1024}
ROUNDS = 1000  # such draws before giving up


@dataclass(frozen=True)
class Scene:
    """The layout of a scene. Raises ValueError for an impossible one."""

    canvas: int = 64  # px, a multiple of 8, the stride of the post's encoder
    num_symbols: int = 3  # 2 or 3
    spacing: int = 20  # px between corners, in x or in y; 28 parts the boxes

    def __post_init__(self) -> None:
        room = self.canvas - SIDE
        if self.num_symbols not in (2, 3):
            raise ValueError(
                f"num_symbols cannot be {self.num_symbols}: take 2 or 3, "
                "because each has a primary color of its own."
            )
        if self.canvas % 8 or room < 0:
            raise ValueError(
                f"the canvas cannot be {self.canvas} px wide: take a multiple "
                f"of 8 of at least 32, so that a {SIDE} px symbol fits."
            )
        if not 0 <= self.spacing <= room:
            raise ValueError(
                f"symbols {self.spacing} px apart do not fit on a canvas of "
                f"{self.canvas} px: spacing can be 0 to {room} px."
            )


def sample_positions(
    scene: Scene, n: int, random: Generator
) -> Int64[Tensor, "n symbols 2"]:
    """Sample corners uniformly among the layouts that keep the spacing.

    Rejection sampling: draw many layouts for each scene, take the first that
    keeps it. Raises ValueError when almost none does.
    """
    device, symbols = random.device, scene.num_symbols
    positions = torch.empty(n, symbols, 2, dtype=torch.long, device=device)
    pending = torch.arange(n, device=device)
    a, b = torch.triu_indices(symbols, symbols, 1, device=device)  # pairs
    corners = scene.canvas - SIDE + 1  # possible ones in each direction
    for _ in range(ROUNDS):
        size = len(pending), TRIES[device.type], symbols, 2
        tries = torch.randint(corners, size, generator=random, device=device)
        apart = (tries[:, :, a] - tries[:, :, b]).abs().amax(dim=3)
        fits = (apart >= scene.spacing).all(dim=2)
        first = fits.int().argmax(dim=1)  # the first that fits, if any does
        rows = torch.arange(len(pending), device=device)
        positions[pending] = tries[rows, first]
        if device.type == "cuda" and torch.cuda.is_current_stream_capturing():
            # A graph has no branches: one round must do.
            torch._assert_async(fits.any(dim=1).all())
            return positions
        pending = pending[~fits.any(dim=1)]
        if len(pending) == 0:
            return positions
    raise ValueError(
        f"hardly any layout keeps symbols {scene.spacing} px apart on "
        f"{scene.canvas} px: lower the spacing or widen the canvas."
    )


def paint(
    drawings: UInt8[Tensor, "n symbols 28 28"],
    colors: Int64[Tensor, "n symbols"],
    positions: Int64[Tensor, "n symbols 2"],
    canvas: int,
) -> UInt8[Tensor, "n 3 canvas canvas"]:
    """Put each drawing into the channel of its color, at its position.

    No two symbols of a scene share a channel, so none hides another.
    """
    image = drawings.new_zeros(len(drawings), len(COLORS), canvas, canvas)
    boxes = image.unfold(2, SIDE, 1).unfold(3, SIDE, 1)  # views, one a corner
    each = torch.arange(len(drawings), device=drawings.device)[:, None]
    row, column = positions.unbind(dim=2)
    boxes[each, colors, row, column] = drawings
    return image
