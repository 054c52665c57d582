"""Measure what chapter 6 says of the two stored networks.

`python book/measure/chapter_06.py` takes some minutes. The networks are fixed,
so what varies is the scenes: each claim is a mean over ten scene sets of 2,000
test scenes. The chapter measures on one such set, which is not among them.
"""

from collections.abc import Iterator

import torch
from publish import arguments, publish
from torch import Tensor

from colorattn import runs
from colorattn.analysis import errors
from colorattn.analysis.intervention import (
    Prediction,
    brightest,
    erase,
    fill,
    heaviest,
    predict,
    read_with_weights,
    square,
    stand_in,
    with_absent_query,
    with_query,
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
Numbers = Iterator[tuple[str, str, float]]  # a name, what it is, its value


def share(marks: Tensor) -> float:
    """Return how many of some marks are set, in percent."""
    return 100 * marks.float().mean().item()


def answered(found: Prediction, scenes: Batch) -> Numbers:
    """Compare answers, weights and confidence with one another."""
    look = localize(found.weights, scenes)
    right, sure = found.answer == scenes.target, found.confidence
    most = ink_shares(found.weights, scenes).argmax(dim=1, keepdim=True)
    inkiest = scenes.colors.gather(1, most).squeeze(1)
    weights = found.weights.flatten(1).clamp(min=1e-12)
    cells = (-(weights * weights.log()).sum(dim=1)).exp()
    low = sure < CAUTIOUS
    yield "hit", "hit", share(look.hit)
    yield "purity", "purity", share(look.purity)
    yield "accuracy", "accuracy", share(right)
    yield "right-missed", "right with a miss", share(right & ~look.hit)
    yield "wrong-hit", "wrong with a hit", share(~right & look.hit)
    what = "answers that are the color with most ink under the weights"
    yield "most-ink", what, share(found.answer == inkiest)
    what = "cells over which the weights are spread, e to the entropy"
    yield "cells", what, cells.median().item()
    yield "confidence", "confidence in its answers", share(sure)
    yield "cautious", f"answers with a confidence below {CAUTIOUS}", share(low)
    what = f"accuracy of answers with a confidence below {CAUTIOUS}"
    yield "cautious-accuracy", what, share(right[low])


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
        value = share(failures.cause == n)
        yield f"failed-{name}", f"wrong answers: {what}", value
    what = "wrong answers that other drawings as the query correct"
    yield "mended", what, share(failures.recovered)


def erased(net: ColorNetImage, found: Prediction, scenes: Batch) -> Numbers:
    """Erase places from the scenes: from all, from values, from keys."""
    canvas = scenes.image.shape[2]
    each = torch.arange(len(scenes))
    other = scenes.positions[each, (scenes.query_index + 1) % 3] + 14.0
    cells = heaviest(found.weights)
    most = brightest(scenes.image, cells)
    for name, place, where in (
        (
            "peak",
            "a box around the peak",
            square(peaks(found.weights, canvas), canvas),
        ),
        ("symbol", "the box of another symbol", square(other, canvas)),
        ("cells", "the cells with 90 % of the weights", fill(cells, canvas)),
        ("others", "as many of the brightest others", fill(most, canvas)),
    ):
        without = erase(scenes, where)
        again, key = predict(net, without), f"erase-{name}"
        values = read_with_weights(net, without.image, found.weights)[1]
        keys = read_with_weights(net, scenes.image, again.weights)[1]
        for ending, answer, what in (
            ("", again.answer, "without"),
            ("-values", values.argmax(dim=1), "when values alone lack"),
            ("-keys", keys.argmax(dim=1), "when keys alone lack"),
        ):
            stay = share(answer == found.answer)
            yield f"{key}{ending}", f"answers that stay {what} {place}", stay
        right = share(again.answer == scenes.target)
        yield f"{key}-right", f"accuracy without {place}", right
        sure = share(again.confidence)
        yield f"{key}-confidence", f"confidence without {place}", sure


def swapped(
    net: ColorNetImage, scenes: Batch, digits: Symbols, random: torch.Generator
) -> Numbers:
    """Ask about another symbol of each image, and about all three."""

    def right(which: Tensor) -> Tensor:
        asked = with_query(scenes, which, digits, random)
        return predict(net, asked).answer == asked.target

    what = "answers that follow the query to another symbol"
    yield "follows", what, share(right((scenes.query_index + 1) % 3))
    full = torch.full_like
    three = torch.stack([right(full(scenes.query_index, k)) for k in range(3)])
    what = "images on which all three answers are right"
    yield "all-three", what, share(three.all(dim=0))
    what = "third power of the accuracy for each of three symbols"
    yield "cubed", what, 100 * three.float().mean().item() ** 3


def missing(net: ColorNetImage, found: Prediction, absent: Batch) -> Numbers:
    """Ask about a class that is not there."""
    without = predict(net, absent)
    what = "confidence when asked about an absent class"
    yield "absent-confidence", what, share(without.confidence)
    scores = [each.scores.flatten(1).amax(dim=1) for each in (found, without)]
    for name, sign, here, gone in (
        ("sure", "confidence", found.confidence, without.confidence),
        ("score", "highest score", *scores),
    ):
        what = f"pairs in which a present symbol has a higher {sign}"
        yield f"absent-{name}-told", what, 100 * auc(here, gone)
        what = f"absent symbols with a {sign} above the lowest 5 % of present"
        passing = share(gone >= here.quantile(PASSING))
        yield f"absent-{name}-passing", what, passing


def reweighed(
    net: ColorNetImage,
    found: Prediction,
    scenes: Batch,
    random: torch.Generator,
) -> Numbers:
    """Put other weights in place of the network's own."""
    ignored = stand_in(scenes.image, found.answer, heaviest(found.weights))
    logits = read_with_weights(net, scenes.image, ignored)[1]
    same = logits.argmax(dim=1) == found.answer
    surer = logits.softmax(dim=1).amax(dim=1) >= found.confidence
    what = "answers that stay with all weight on one ignored cell"
    yield "stand-in", what, share(same)
    what = "answers that stay so, with no less confidence"
    yield "stand-in-surer", what, share(same & surer)
    kept = (ignored * found.weights).sum(dim=(1, 2))
    yield "stand-in-own", "the network's own weight on that cell", share(kept)
    flat = found.weights.flatten(1)
    order = torch.rand(flat.shape, generator=random).argsort(dim=1)
    shuffled = flat.gather(1, order).view_as(found.weights)
    logits = read_with_weights(net, scenes.image, shuffled)[1]
    what = "answers that stay when the weights are shuffled"
    yield "shuffled", what, share(logits.argmax(dim=1) == found.answer)


def of_scenes(seed: int) -> Numbers:
    """Measure everything on one scene set."""
    digits = symbols.load("mnist", "test")
    scenes = fixed_scenes(digits, POST.scene, SCENES, seed)
    random = generator(seed, Use.INTERVENTION, 0)
    absent = with_absent_query(scenes, digits, random)
    random = generator(seed, Use.INTERVENTION, 2)  # so the peak is anywhere
    even = 1 / 64 + 1e-6 * torch.rand(SCENES, 8, 8, generator=random)
    fresh = predict(ColorNetImage(POST.model, seed).eval(), scenes).weights
    for name, weights in (("uniform", even), ("untrained", fresh)):
        hit = share(localize(weights, scenes).hit)
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
    values: dict[tuple[str, str], list[float]] = {}
    for seed in SETS:
        for name, what, value in of_scenes(seed):
            values.setdefault((name, what), []).append(value)
        print(f"scene set {seed} of {len(SETS)}", flush=True)
    for (name, what), found in values.items():
        unit = "" if name in ("look-post-cells", "look-best-cells") else "%"
        what = f"{what}, test; its seeds are scene sets"
        yield name, over_seeds(found, what, SCENES, unit)


if __name__ == "__main__":
    store = arguments(__doc__).store
    publish(dict(measured()), COMMAND, store)
