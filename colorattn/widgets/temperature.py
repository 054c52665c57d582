"""Temperature: a slider from a hard lookup to the mean of all cells."""

from math import sqrt
from typing import Any

import torch
import traitlets
from jaxtyping import Float
from torch import Tensor

from colorattn.data.scene import COLORS, SIDE
from colorattn.data.stream import Batch
from colorattn.figures.galleries import attention_maps
from colorattn.figures.style import Picture
from colorattn.widgets.live import Live, script, synced, to_bytes

COLDEST, HOTTEST = 10**-1.5, 100.0  # the ends of the slider
STRIP = 0.1, 0.5, 2, 8, 50  # temperatures of the static picture


class Temperature(Live):
    """Weights and glimpse of some scenes at any softmax temperature.

    `scores` (b i j) are those of the scenes' own queries at temperature 1,
    with keys that are patches of a symbol's size; the glimpse is a weighted
    mean of `values` (b 3 i j). `dim` is the number of entries of a key, for
    the button that removes the division by √dim. Raises ValueError if the
    shapes of scores or values don't fit the batch, and TraitError for a
    temperature that is not on the slider.
    """

    _esm = script("temperature")

    images = synced(traitlets.Bytes())  # b 3 canvas canvas, of bytes
    queries = synced(traitlets.Bytes())  # b 28 28, of bytes
    scores = synced(traitlets.Bytes())  # b i j, of float32
    values = synced(traitlets.Bytes())  # b 3 i j, of float32
    answers = synced(traitlets.List(traitlets.Int()))  # b, of 0, 1, 2
    canvas = synced(traitlets.Int())  # px
    margin = synced(traitlets.Int())  # px at each edge that no key covers
    presets = synced(traitlets.List())  # pairs of a name and a temperature
    scene = synced(traitlets.Int(0))
    temperature = synced(traitlets.Float(1.0))

    def __init__(
        self,
        batch: Batch,
        scores: Float[Tensor, "b i j"],
        values: Float[Tensor, "_ _ _ _"],  # b 3 i j, checked below
        dim: int,
        temperature: float = 1.0,
    ):
        """Start with the first scene at the given temperature."""
        n, *map_ = scores.shape
        if n != len(batch) or list(values.shape) != [n, 3, *map_]:
            raise ValueError(
                f"{len(batch)} scenes need as many maps of scores and, for "
                f"each, three of values; got {tuple(scores.shape)} and "
                f"{tuple(values.shape)}."
            )
        scores, values = scores.float(), values.float()
        presets = {"no root": 1 / sqrt(dim), "the root": 1.0}
        if temperature not in presets.values():
            presets["as above"] = temperature
        super().__init__(
            strip(batch[:1], scores[0], values[0]),
            images=to_bytes(batch.image),
            queries=to_bytes(batch.query),
            scores=to_bytes(scores),
            values=to_bytes(values),
            answers=batch.target.tolist(),
            canvas=batch.image.shape[2],
            margin=margin(batch.image.shape[2], map_[0]),
            presets=[list(pair) for pair in presets.items()],
            temperature=temperature,
        )

    def __repr__(self) -> str:
        """Return a text that is the same on every machine."""
        return f"<Temperature of {len(self.answers)} scenes>"

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: Any) -> float:
        """Refuse temperatures that are not on the slider."""
        if not COLDEST <= proposal["value"] <= HOTTEST:
            raise traitlets.TraitError(
                f"a temperature of {proposal['value']:g} is off the slider: "
                f"take one from {COLDEST:.3f} to {HOTTEST:.0f}."
            )
        return proposal["value"]

    @traitlets.validate("scene")
    def _check_scene(self, proposal: Any) -> int:
        """Refuse the index of a scene that does not exist."""
        if not 0 <= proposal["value"] < len(self.answers):
            raise traitlets.TraitError(
                f"there is no scene {proposal['value']}: they are 0 to "
                f"{len(self.answers) - 1}."
            )
        return proposal["value"]


def margin(canvas: int, keys: int) -> int:
    """Return the width in px of the border that belongs to no key.

    Keys are evenly spaced patches of a symbol's size; each covers the pixels
    nearest to its center.
    """
    apart = (canvas - SIDE) / (keys - 1)
    return round((canvas - keys * apart) / 2)


def strip(
    scene: Batch, scores: Float[Tensor, "i j"], values: Float[Tensor, "3 i j"]
) -> Picture:
    """Draw one scene at several temperatures, with the glimpse's color."""
    heat = torch.tensor(STRIP).view(-1, 1)
    flat = (scores.flatten() / heat).softmax(dim=1)
    weights = flat.unflatten(1, scores.shape)
    glimpses = torch.einsum("nij,vij->nv", weights, values)
    colors = [COLORS[color] for color in glimpses.argmax(dim=1)]
    notes = list(map("τ = {:g}: {}".format, STRIP, colors))
    image, query = scene.image, scene.query[:, 0]
    n, edge = len(STRIP), margin(image.shape[2], len(scores))
    shown = image.expand(n, -1, -1, -1), query.expand(n, -1, -1), weights
    return attention_maps(*shown, notes, margin=edge, black=0.0)
