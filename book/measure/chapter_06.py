"""Measure what chapter 6 says of the two stored networks.

`python book/measure/chapter_06.py` takes some minutes. The networks are fixed,
so what varies is the scenes: each claim is a mean over ten scene sets of 2,000
test scenes. The chapter measures on one such set, which is not among them.
"""

from collections.abc import Iterator

import pandas as pd
import torch
from publish import arguments, publish
from torch import Tensor

from colorattn import runs
from colorattn.analysis import errors, intervention
from colorattn.analysis.intervention import (
    Prediction,
    predict,
    read_with_weights,
)
from colorattn.analysis.localization import ink_shares, localize, peaks
from colorattn.analysis.statistics import auc
from colorattn.claims import Claim, over_seeds
from colorattn.data import symbols
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.training.config import POST

COMMAND = "python book/measure/chapter_06.py"
NETS = {"post": "post-mnist", "best": "best-mnist"}
SETS, SCENES = range(1, 11), 2_000  # the chapter's own is 0
CAUTIOUS = 0.7  # confidence below which an answer counts as cautious
PASSING = 0.05  # share of present queries that a threshold turns away
CAUSES = "ink", "torn", "drawing", "taken"  # short for errors.CAUSES
# A name, what it is, and its value; or marks, of which the share counts.
Numbers = Iterator[tuple[str, str, Tensor | float]]


def answered(found: Prediction, scenes: Batch) -> Numbers:
    """Compare answers, weights and confidence with one another."""
    look = localize(found.weights, scenes)
    right, sure = found.answer == scenes.target, found.confidence
    most = ink_shares(found.weights, scenes).argmax(dim=1, keepdim=True)
    inkiest = scenes.colors.gather(1, most).squeeze(1)
    weights = found.weights.flatten(1).clamp(min=1e-12)
    cells = (-(weights * weights.log()).sum(dim=1)).exp()
    low = sure < CAUTIOUS
    yield "hit", "hit", look.hit
    yield "purity", "purity", look.purity
    yield "accuracy", "accuracy", right
    yield "right-missed", "right with a miss", right & ~look.hit
    yield "wrong-hit", "wrong with a hit", ~right & look.hit
    what = "answers that are the color with most ink under the weights"
    yield "most-ink", what, found.answer == inkiest
    what = "cells over which the weights are spread, e to the entropy"
    yield "cells", what, cells.median().item()
    yield "confidence", "confidence in its answers", sure
    yield "cautious", f"answers with a confidence below {CAUTIOUS}", low
    what = f"accuracy of answers with a confidence below {CAUTIOUS}"
    yield "cautious-accuracy", what, right[low]


def failed(
    net: ColorNetImage,
    found: Prediction,
    scenes: Batch,
    digits: Symbols,
    random: torch.Generator,
) -> Numbers:
    """Sort the wrong answers by what caused them."""
    failures = errors.classify(net, scenes, found, digits, random)
    for n, (name, what) in enumerate(zip(CAUSES, errors.CAUSES, strict=True)):
        yield f"failed-{name}", f"wrong answers: {what}", failures.cause == n
    what = "wrong answers that other drawings as the query correct"
    yield "mended", what, failures.recovered


def erased(net: ColorNetImage, found: Prediction, scenes: Batch) -> Numbers:
    """Erase places from the scenes: from all, from values, from keys."""
    canvas = scenes.image.shape[2]
    peak = intervention.square(peaks(found.weights, canvas), canvas)
    each = torch.arange(len(scenes))
    other = scenes.positions[each, (scenes.query_index + 1) % 3] + 14.0
    box = intervention.square(other, canvas)
    cells = intervention.heaviest(found.weights)
    most = intervention.brightest(scenes.image, cells)
    cells, most = (
        intervention.fill(marked, canvas) for marked in (cells, most)
    )
    for name, place, where in (
        ("peak", "a box around the peak", peak),
        ("symbol", "the box of another symbol", box),
        ("cells", "the cells with 90 % of the weights", cells),
        ("others", "as many of the brightest others", most),
    ):
        without = intervention.erase(scenes, where)
        again, key = predict(net, without), f"erase-{name}"
        values = read_with_weights(net, without.image, found.weights)[1]
        keys = read_with_weights(net, scenes.image, again.weights)[1]
        for ending, logits, what in (
            ("", again.logits, "without"),
            ("-values", values, "when values alone lack"),
            ("-keys", keys, "when keys alone lack"),
        ):
            stay = logits.argmax(dim=1) == found.answer
            yield f"{key}{ending}", f"answers that stay {what} {place}", stay
        right = again.answer == scenes.target
        yield f"{key}-right", f"accuracy without {place}", right
        what = f"confidence without {place}"
        yield f"{key}-confidence", what, again.confidence


def swapped(
    net: ColorNetImage, scenes: Batch, digits: Symbols, random: torch.Generator
) -> Numbers:
    """Ask about another symbol of each image, and about all three."""

    def right(which: Tensor) -> Tensor:
        asked = intervention.with_query(scenes, which, digits, random)
        return predict(net, asked).answer == asked.target

    what = "answers that follow the query to another symbol"
    yield "follows", what, right((scenes.query_index + 1) % 3)
    full = torch.full_like
    three = torch.stack([right(full(scenes.query_index, k)) for k in range(3)])
    what = "images on which all three answers are right"
    yield "all-three", what, three.all(dim=0)
    what = "third power of the accuracy for each of three symbols"
    yield "cubed", what, 100 * three.float().mean().item() ** 3


def missing(net: ColorNetImage, found: Prediction, absent: Batch) -> Numbers:
    """Ask about a class that is not there."""
    without = predict(net, absent)
    what = "confidence when asked about an absent class"
    yield "absent-confidence", what, without.confidence
    scores = [each.scores.flatten(1).amax(dim=1) for each in (found, without)]
    for name, sign, here, gone in (
        ("sure", "confidence", found.confidence, without.confidence),
        ("score", "highest score", *scores),
    ):
        what = f"pairs in which a present symbol has a higher {sign}"
        yield f"absent-{name}-told", what, 100 * auc(here, gone)
        what = f"absent symbols with a {sign} above the lowest 5 % of present"
        passing = gone >= here.quantile(PASSING)
        yield f"absent-{name}-passing", what, passing


def reweighed(
    net: ColorNetImage,
    found: Prediction,
    scenes: Batch,
    random: torch.Generator,
) -> Numbers:
    """Put other weights in place of the network's own."""
    cells = intervention.heaviest(found.weights)
    ignored = intervention.stand_in(scenes.image, found.answer, cells)
    logits = read_with_weights(net, scenes.image, ignored)[1]
    same = logits.argmax(dim=1) == found.answer
    surer = logits.softmax(dim=1).amax(dim=1) >= found.confidence
    what = "answers that stay with all weight on one ignored cell"
    yield "stand-in", what, same
    what = "answers that stay so, with no less confidence"
    yield "stand-in-surer", what, same & surer
    kept = (ignored * found.weights).sum(dim=(1, 2))
    yield "stand-in-own", "the network's own weight on that cell", kept
    flat = found.weights.flatten(1)
    order = torch.rand(flat.shape, generator=random).argsort(dim=1)
    shuffled = flat.gather(1, order).view_as(found.weights)
    logits = read_with_weights(net, scenes.image, shuffled)[1]
    what = "answers that stay when the weights are shuffled"
    yield "shuffled", what, logits.argmax(dim=1) == found.answer


def of_scenes(seed: int) -> Numbers:
    """Measure everything on one scene set."""
    digits = symbols.load("mnist", "test")
    scenes = fixed_scenes(digits, POST.scene, SCENES, seed)
    random = generator(seed, Use.INTERVENTION, 0)
    absent = intervention.with_absent_query(scenes, digits, random)
    random = generator(seed, Use.INTERVENTION, 2)  # so the peak is anywhere
    even = 1 / 64 + 1e-6 * torch.rand(SCENES, 8, 8, generator=random)
    fresh = predict(ColorNetImage(POST.model, seed).eval(), scenes).weights
    for name, weights in (("uniform", even), ("untrained", fresh)):
        hit = localize(weights, scenes).hit
        yield f"look-{name}-hit", f"hit of {name} weights", hit
    for short, name in NETS.items():
        net = runs.model(name)
        found = predict(net, scenes)
        random = generator(seed, Use.INTERVENTION, 1)
        for numbers in (
            answered(found, scenes),
            failed(net, found, scenes, digits, random),
            erased(net, found, scenes),
            swapped(net, scenes, digits, random),
            missing(net, found, absent),
            reweighed(net, found, scenes, random),
        ):
            for part, what, value in numbers:
                yield f"look-{short}-{part}", f"{what}, {name}", value


def measured() -> Iterator[tuple[str, Claim]]:
    """Measure all scene sets."""
    rows = []
    for seed in SETS:
        rows.append({})
        for name, what, value in of_scenes(seed):
            if isinstance(value, Tensor):
                value = 100 * value.float().mean().item()
            rows[-1][name, what] = value
        print(f"scene set {seed} of {len(SETS)}", flush=True)
    for (name, what), values in pd.DataFrame(rows).items():
        unit = "" if name in ("look-post-cells", "look-best-cells") else "%"
        what = f"{what}, test; its seeds are scene sets"
        yield name, over_seeds(values, what, SCENES, unit)


if __name__ == "__main__":
    publish(measured(), COMMAND, arguments(__doc__).store)
