"""Interventions: change what a model sees or how it weighs, and ask again."""

from dataclasses import replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, UInt8
from torch import Generator, Tensor, nn

from colorattn.analysis.localization import Pixels
from colorattn.data.stream import Batch, Index
from colorattn.data.symbols import Symbols
from colorattn.model.attention import Weights
from colorattn.model.colornet import ColorNetImage

Cells = Bool[Tensor, "batch i j"]
Images = UInt8[Tensor, "batch 3 h w"]


class Prediction(NamedTuple):
    """What a model answers for each scene, and where it looked."""

    logits: Float[Tensor, "batch 3"]
    scores: Weights
    weights: Weights

    @property
    def answer(self) -> Index:
        """The color named: 0 red, 1 green, 2 blue."""
        return self.logits.argmax(dim=1)

    @property
    def confidence(self) -> Float[Tensor, "batch"]:
        """The predicted probability of the answer, 1/3 to 1."""
        return self.logits.softmax(dim=1).amax(dim=1)


@torch.inference_mode()
def predict(model: nn.Module, scenes: Batch, chunk: int = 250) -> Prediction:
    """Run a model on many scenes, a chunk at a time to save memory."""
    parts = [
        model(scenes.image[k : k + chunk], scenes.query[k : k + chunk])
        for k in range(0, len(scenes), chunk)
    ]
    return Prediction(*map(torch.cat, zip(*parts, strict=True)))


@torch.inference_mode()
def read_with_weights(
    model: ColorNetImage, images: Images, weights: Weights
) -> tuple[Float[Tensor, "batch dim"], Float[Tensor, "batch 3"]]:
    """Return glimpse and logits with given weights in place of its own."""
    pixels = model.normalize(images)
    keys = model.encode_image(model.prepare(pixels))
    glimpse = model.glimpse(pixels, keys, weights)
    return glimpse, model.head(glimpse)


def with_temperature(scores: Weights, temperature: float) -> Weights:
    """Return the softmax of the scores divided by a temperature."""
    flat = scores.flatten(1) / temperature
    return flat.softmax(dim=1).view_as(scores)


def with_query(
    scenes: Batch, which: Index, symbols: Symbols, random: Generator
) -> Batch:
    """Query each scene for its symbol `which`; the target follows."""
    each = torch.arange(len(scenes))
    drawn = symbols.other_drawing(scenes.drawing_ids[each, which], random)
    query = symbols.images_of(drawn).unsqueeze(1)
    target = scenes.colors[each, which]
    return replace(
        scenes, query=query, query_id=drawn, query_index=which, target=target
    )


def with_absent_query(
    scenes: Batch, symbols: Symbols, random: Generator
) -> Batch:
    """Query each scene for a class not in it; target and index are -1."""
    draw = torch.rand(len(scenes), len(symbols.counts), generator=random)
    chosen = draw.scatter(1, scenes.classes, -1).argmax(dim=1)
    drawn = symbols.other_drawing(symbols.first[chosen], random)
    query = symbols.images_of(drawn).unsqueeze(1)
    none = torch.full_like(scenes.target, -1)
    return replace(
        scenes, query=query, query_id=drawn, query_index=none, target=none
    )


def fill(cells: Cells, canvas: int) -> Pixels:
    """Mark the pixels of the marked cells."""
    marked = cells.unsqueeze(1).float()
    return F.interpolate(marked, (canvas, canvas)).squeeze(1) > 0


def heaviest(weights: Weights, share: float = 0.9) -> Cells:
    """Mark the fewest cells with at least this share of the weights."""
    falling, order = weights.flatten(1).sort(dim=1, descending=True)
    before = falling.cumsum(dim=1) - falling  # what heavier cells hold
    marks = torch.zeros_like(before, dtype=torch.bool)
    return marks.scatter(1, order, before < share).view_as(weights)


def brightest(images: Images, apart_from: Cells) -> Cells:
    """Mark equally many of the other cells: those with the most ink."""
    _, rows, columns = apart_from.shape
    ink = images.amax(dim=1).float()
    cells = F.adaptive_avg_pool2d(ink, (rows, columns))
    left = cells.masked_fill(apart_from, -1).flatten(1)
    rank = left.argsort(dim=1, descending=True).argsort(dim=1)
    wanted = apart_from.flatten(1).sum(dim=1, keepdim=True)
    return (rank < wanted).view_as(apart_from)


def erase(scenes: Batch, where: Pixels) -> Batch:
    """Occlude pixels: paint them black in the images."""
    return replace(scenes, image=scenes.image * ~where.unsqueeze(1))
