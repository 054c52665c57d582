"""Probes: ask a net again after changing what it sees, or what it weighs.

A map of weights says where a net looked. What follows from that is found out
by changing one thing and asking again: erase a place, ask for another symbol,
put other weights in place of the net's own.
"""

from dataclasses import replace
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor, nn

from colorattn.model import ColorNetImage
from colorattn.stream import Batch
from colorattn.symbols import Symbols

Map = Float[Tensor, "batch i j"]


class Asked(NamedTuple):
    """What a net says of each scene, and where it looked."""

    logits: Float[Tensor, "batch 3"]
    scores: Map
    weights: Map

    @property
    def answer(self) -> Int64[Tensor, "batch"]:
        """The color named: 0 red, 1 green, 2 blue."""
        return self.logits.argmax(dim=1)

    @property
    def confidence(self) -> Float[Tensor, "batch"]:
        """The probability that the net gives its own answer, 1/3 to 1."""
        return self.logits.softmax(dim=1).amax(dim=1)


@torch.inference_mode()
def ask(model: nn.Module, scenes: Batch, chunk: int = 250) -> Asked:
    """Ask a net about many scenes, a chunk at a time to spare memory."""
    parts = [
        model(scenes.image[k : k + chunk], scenes.query[k : k + chunk])
        for k in range(0, len(scenes), chunk)
    ]
    return Asked(*map(torch.cat, zip(*parts, strict=True)))


@torch.inference_mode()
def reread(
    model: ColorNetImage, images: UInt8[Tensor, "batch 3 h w"], weights: Map
) -> tuple[Float[Tensor, "batch dim"], Float[Tensor, "batch 3"]]:
    """Return glimpse and logits with these weights in place of the net's own.

    With the net's own weights they are the net's own.
    """
    pixels = model.normalize(images)
    keys = model.encode_image(model.prepare(pixels))
    glimpse = model.glimpse(pixels, keys, weights)
    return glimpse, model.head(glimpse)


def warm(scores: Map, temperature: float) -> Map:
    """Return the weights after dividing the scores once more."""
    flat = scores.flatten(1) / temperature
    return flat.softmax(dim=1).view_as(scores)


def another(
    drawings: Int64[Tensor, "*n"], symbols: Symbols, random: torch.Generator
) -> Int64[Tensor, "*n"]:
    """Draw another drawing of the class of each, as indices."""
    of = symbols.labels(drawings)
    first, count = symbols.first[of], symbols.counts[of]
    draw = torch.rand(drawings.shape, generator=random, dtype=torch.float64)
    step = 1 + (draw * (count - 1)).long()
    return first + (drawings - first + step) % count


def ask_for(
    scenes: Batch,
    which: Int64[Tensor, "batch"],
    symbols: Symbols,
    random: torch.Generator,
) -> Batch:
    """Ask each scene for symbol `which` of it; the target follows."""
    each = torch.arange(len(scenes))
    drawn = another(scenes.drawings[each, which], symbols, random)
    return replace(
        scenes,
        query=symbols.pixels(drawn).unsqueeze(1),
        query_drawing=drawn,
        queried=which,
        target=scenes.colors[each, which],
    )


def ask_absent(
    scenes: Batch, symbols: Symbols, random: torch.Generator
) -> Batch:
    """Ask each scene for a class that it does not hold.

    There is no target: it is -1, and so is the queried symbol.
    """
    draw = torch.rand(len(scenes), len(symbols.counts), generator=random)
    chosen = draw.scatter(1, scenes.classes, -1).argmax(dim=1)
    drawn = another(symbols.first[chosen], symbols, random)
    none = torch.full_like(scenes.target, -1)
    return replace(
        scenes,
        query=symbols.pixels(drawn).unsqueeze(1),
        query_drawing=drawn,
        queried=none,
        target=none,
    )


def told(
    present: Float[Tensor, "n"], absent: Float[Tensor, "m"]
) -> Float[Tensor, "n"]:
    """Return, for each present one, the share of absent ones below it.

    The mean is the area under the ROC curve: how often, in a random pair,
    the present one has the higher number. 1/2 tells nothing.
    """
    below = torch.searchsorted(absent.sort().values, present)
    upto = torch.searchsorted(absent.sort().values, present, right=True)
    return (below + upto) / 2 / len(absent)
