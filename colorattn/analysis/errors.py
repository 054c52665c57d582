"""Errors: which classes are confused, and what caused each wrong answer.

`classify` sorts a model's errors by what its weights did; the rules were made
on validation scenes. `categorize` sorts scenes by what a classifier says.
"""

from dataclasses import replace
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Generator, Tensor, nn

from colorattn.analysis.intervention import Prediction, predict
from colorattn.analysis.localization import ink_shares, symbol_at_peak
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols

Probabilities = Float[Tensor, "drawings 10"]
Labels = Int64[Tensor, "drawings"]
NUM_CLASSES = 10  # of both datasets
CAUSES = (
    "right place, other ink",  # the peak is a hit
    "torn between places",  # no symbol holds two thirds of the ink
    "this drawing of the query",  # most others would have been answered right
    "taken for another symbol",  # whatever the drawing of the query
)
DOMINANT = 2 / 3  # of the ink under the weights
DRAWINGS = 20  # tried as the query of each scene
KINDS = (  # tried in this order; the first that fits names the kind
    "a label in doubt",
    "a drawing in doubt",
    "another symbol looks like the query",
    "ink on ink",
    "the classes are alike",
    "none of these",
)
DOUBTED = 0.1  # probability of the label: below it, another is likelier
PLAIN = 0.9  # probability of the label: above it, there is no doubt
COVERED = 0.05  # share of a symbol's ink


def accuracy_by_class(
    right: Bool[Tensor, "scenes"], scenes: Batch
) -> Float[Tensor, "10"]:
    """Return the accuracy, 0 to 1, for each class of query; nan for none."""
    asked = scenes.query_class
    hits = torch.bincount(asked, right.float(), minlength=NUM_CLASSES)
    return hits / torch.bincount(asked, minlength=NUM_CLASSES)


def confusion_matrix(
    answers: Int64[Tensor, "scenes"], scenes: Batch
) -> Float[Tensor, "10 10"]:
    """Return how often a different symbol's color is the answer, 0 to 1.

    Row a, column b: of the scenes with a query of class a and a symbol of
    class b, the share whose answer is that symbol's color. The diagonal is
    nan, as are pairs that never meet.
    """
    asked = scenes.query_class[:, None]
    other = scenes.classes != asked
    named = other & (scenes.colors == answers[:, None])
    pair = NUM_CLASSES * asked + scenes.classes
    size = NUM_CLASSES**2
    count = torch.bincount(pair[named], minlength=size)
    met = torch.bincount(pair[other], minlength=size)
    return (count / met).view(NUM_CLASSES, NUM_CLASSES)


def has_relative(
    scenes: Batch, family: Int64[Tensor, "10"]
) -> Bool[Tensor, "scenes"]:
    """Say which scenes have another class of the query's (numbered) family."""
    own = family[scenes.query_class]
    return (family[scenes.classes] == own[:, None]).sum(dim=1) > 1


class Failures(NamedTuple):
    """The wrong answers of a model."""

    scene: Int64[Tensor, "n"]  # which scenes
    cause: Int64[Tensor, "n"]  # index into CAUSES
    recovered: Float[Tensor, "n"]  # share of other queries answered right


def classify(
    model: nn.Module,
    scenes: Batch,
    predicted: Prediction,
    symbols: Symbols,
    random: Generator,
) -> Failures:
    """Find the wrong answers and the cause of each."""
    which = (predicted.answer != scenes.target).nonzero().squeeze(1)
    failed, weights = scenes[which], predicted.weights[which]
    recovered = requery(model, failed, symbols, random)
    hit = symbol_at_peak(weights, failed) == failed.query_index
    split = ink_shares(weights, failed).amax(dim=1) < DOMINANT
    cause = torch.where(recovered >= 0.5, 2, 3)
    cause = torch.where(split, 1, cause)
    return Failures(which, torch.where(hit, 0, cause), recovered)


def requery(
    model: nn.Module, scenes: Batch, symbols: Symbols, random: Generator
) -> Float[Tensor, "batch"]:
    """Return the accuracy on each scene with other drawings as its query."""
    each = torch.arange(len(scenes)).repeat_interleave(DRAWINGS)
    again = scenes[each]
    drawn = symbols.other_drawing(again.query_id, random)
    again = replace(again, query=symbols.images_of(drawn).unsqueeze(1))
    right = predict(model, again).answer == again.target
    return right.view(-1, DRAWINGS).float().mean(dim=1)


class Criteria(NamedTuple):
    """What is measured of each scene; numbers are between 0 and 1."""

    label_probability: Float[Tensor, "n"]  # of query or symbol: the smaller
    rival_probability: Float[Tensor, "n"]  # that another symbol is its class
    covered: Float[Tensor, "n"]  # share of the symbol's ink under other ink
    confusable: Bool[Tensor, "n"]  # is the most similar class in the scene?


def criteria(
    scenes: Batch, probabilities: Probabilities, labels: Labels
) -> Criteria:
    """Measure scenes, given a classifier's probabilities of every drawing."""
    asked, each = scenes.query_class, torch.arange(len(scenes))
    shown = probabilities[scenes.drawing_ids]  # scenes, symbols, classes
    own = probabilities[scenes.query_id, asked]
    own = own.minimum(shown[each, scenes.query_index, asked])
    others = shown[each, :, asked].scatter(1, scenes.query_index[:, None], 0.0)
    rest = scenes.image.float()  # of the ink, once the symbol is taken out
    symbol = rest[each, scenes.target]
    rest[each, scenes.target] = 0
    under = symbol * (rest.amax(dim=1) > 127)
    twin = most_confused(probabilities, labels)[asked]
    return Criteria(
        label_probability=own,
        rival_probability=others.amax(dim=1),
        covered=under.sum(dim=(1, 2)) / symbol.sum(dim=(1, 2)).clamp(min=1.0),
        confusable=(scenes.classes == twin[:, None]).any(dim=1),
    )


def most_confused(
    probabilities: Probabilities, labels: Labels
) -> Int64[Tensor, "10"]:
    """Return the class that each is most confused with, either way round."""
    mean = torch.stack(
        [probabilities[labels == k].mean(dim=0) for k in range(NUM_CLASSES)]
    )
    both = mean + mean.T
    return both.fill_diagonal_(-1.0).argmax(dim=1)


def categorize(found: Criteria) -> Int64[Tensor, "n"]:
    """Return the kind of each scene, an index into `KINDS`."""
    fits = (
        found.label_probability < DOUBTED,
        found.label_probability < PLAIN,
        found.rival_probability > DOUBTED,
        found.covered > COVERED,
        found.confusable,
        torch.ones_like(found.confusable),
    )
    return torch.stack(fits).int().argmax(dim=0)  # the first that fits


def shares(kind: Int64[Tensor, "n"]) -> Float[Tensor, "6"]:
    """Return the share of scenes of each kind, 0 to 1."""
    return torch.bincount(kind, minlength=len(KINDS)) / max(len(kind), 1)
