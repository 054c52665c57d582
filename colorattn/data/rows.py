"""Rows of three symbols, and a question about a neighbor: chapter 12.

The row is a ring: to the right of its last symbol comes the first.
"""

from dataclasses import replace

import torch
from jaxtyping import Int64
from torch import Generator, Tensor

from colorattn.data.scene import COLORS, Scene, paint
from colorattn.data.stream import Batch, draw
from colorattn.data.symbols import Symbols

SLOT = 32  # px, the height of a row and the width of a symbol's share of it
JITTERED = Scene(canvas=SLOT, spacing=0)  # each symbol anywhere in its slot


def draw_rows(
    symbols: Symbols,
    n: int,
    random: Generator,
    queries_per_row: int = 1,
    independent_colors: bool = False,
) -> Batch:
    """Draw n rows; the target is the color right of the queried symbol.

    Images are 32 px high and 96 px wide. A row has each color once, unless
    colors are independent: then two of them say nothing about the third.
    """
    batch = draw(symbols, JITTERED, n, random, queries_per_row)
    device, colors = random.device, batch.colors
    if independent_colors:
        colors = torch.randint(
            len(COLORS), (n, 3), generator=random, device=device
        ).repeat_interleave(queries_per_row, dim=0)
    positions = batch.positions.clone()
    positions[:, :, 1] += SLOT * torch.arange(3, device=device)
    target = colors[torch.arange(len(batch), device=device), neighbor(batch)]
    return repaint(
        replace(batch, colors=colors, positions=positions, target=target),
        symbols,
    )


def neighbor(batch: Batch, steps: int = 1) -> Int64[Tensor, "batch"]:
    """Return which symbol is so many steps right of the queried one."""
    return (batch.query_index + steps) % 3


def repaint(batch: Batch, symbols: Symbols) -> Batch:
    """Paint rows again, after their colors or positions have changed."""
    drawn = symbols.images_of(batch.drawing_ids)
    corners = batch.positions % SLOT
    slots = [
        paint(drawn[:, [k]], batch.colors[:, [k]], corners[:, [k]], SLOT)
        for k in range(3)
    ]
    return replace(batch, image=torch.cat(slots, dim=3))
