"""What the last errors have in common: criteria that can be measured.

A plain classifier says how well the drawings of a scene can be told, the
scene itself where ink lies on ink. The criteria know nothing of the net whose
errors they sort, so they can be asked of every scene.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from colorattn.confusion import CLASSES, asked
from colorattn.stream import Batch

KINDS = (  # tried in this order, and the first that fits names the kind
    "a label in doubt",
    "a drawing in doubt",
    "another symbol looks like the query",
    "ink on ink",
    "the classes are alike",
    "none of these",
)
DOUBTED = 0.1  # chance of the label: below it, another class is likelier
PLAIN = 0.9  # chance of the label: above it, nobody is in doubt
COVERED = 0.05  # share of a symbol's ink


class Traits(NamedTuple):
    """What is measured of each scene, all between 0 and 1."""

    sure: Float[Tensor, "n"]  # chance of the label, query or symbol: the less
    rival: Float[Tensor, "n"]  # chance that another symbol is of that class
    covered: Float[Tensor, "n"]  # share of the symbol's ink under other ink
    twin: Bool[Tensor, "n"]  # whether the class most like it is in the scene


def traits(
    scenes: Batch,
    chances: Float[Tensor, "drawings 10"],
    labels: Int64[Tensor, "drawings"],
) -> Traits:
    """Measure scenes; `chances` are a classifier's, for every drawing."""
    of = asked(scenes)
    each = torch.arange(len(scenes))
    shown = chances[scenes.drawings]  # scenes, symbols, classes
    own = shown[each, scenes.queried, of]
    others = shown[each, :, of].scatter(1, scenes.queried[:, None], 0.0)
    ink = scenes.image.float()
    symbol = ink[each, scenes.target]
    rest = ink.clone()
    rest[each, scenes.target] = 0
    under = symbol * (rest.amax(dim=1) > 127)
    twin = nearest(chances, labels)[of]
    return Traits(
        sure=torch.minimum(chances[scenes.query_drawing, of], own),
        rival=others.amax(dim=1),
        covered=under.sum(dim=(1, 2)) / symbol.sum(dim=(1, 2)).clamp(min=1.0),
        twin=(scenes.classes == twin[:, None]).any(dim=1),
    )


def nearest(
    chances: Float[Tensor, "drawings 10"], labels: Int64[Tensor, "drawings"]
) -> Int64[Tensor, "10"]:
    """Return for each class the one that it is most often mixed up with.

    Counted both ways: drawings of the class that look like the other, and
    drawings of the other that look like it.
    """
    mean = torch.stack(
        [chances[labels == k].mean(dim=0) for k in range(CLASSES)]
    )
    both = mean + mean.T
    return both.fill_diagonal_(-1.0).argmax(dim=1)


def kinds(found: Traits) -> Int64[Tensor, "n"]:
    """Return the kind of each scene, an index into `KINDS`."""
    fits = torch.stack(
        [
            found.sure < DOUBTED,
            found.sure < PLAIN,
            found.rival > DOUBTED,
            found.covered > COVERED,
            found.twin,
            torch.ones_like(found.twin),
        ],
        dim=1,
    )
    return fits.int().argmax(dim=1)  # the first of those that fit


def shares(kind: Int64[Tensor, "n"]) -> Float[Tensor, "6"]:
    """Return the share of scenes of each kind, 0 to 1."""
    counts = torch.bincount(kind, minlength=len(KINDS))
    return counts / max(len(kind), 1)
