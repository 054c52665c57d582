"""Measure what chapter 6 says of the two stored nets, and write it down.

`python book/measure/chapter_06.py` puts the claims that begin with `look` into
colorattn's claims.json. The nets are fixed, so what varies is the scenes:
each claim is a mean over ten scene sets of 2,000 test scenes, and its spread
that between scene sets. The chapter measures on one such set, another one.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from from_runs import several
from torch import Tensor

from colorattn import claims, runs
from colorattn.analysis import errors, intervention
from colorattn.analysis.intervention import (
    brightest,
    erase,
    fill,
    heaviest,
    square,
    stand_in,
)
from colorattn.analysis.localization import ink_shares, localize, peaks
from colorattn.data import symbols
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model.colornet import ColorNetImage
from colorattn.training.config import POST

COMMAND = "python book/measure/chapter_06.py"
NETS = {"post": "post-mnist", "best": "best-mnist"}
SETS, SCENES = range(1, 11), 2000  # the chapter's own is 0
CAUTIOUS = 0.7  # confidence below which an answer counts as cautious
PASSING = 0.05  # share of present queries that a threshold turns away

Numbers = Iterator[tuple[str, float]]


def share(marks: Tensor) -> float:
    """Return how many of some marks are set, in percent."""
    return 100 * marks.float().mean().item()


def seen(weights: Tensor, scenes: Batch) -> Numbers:
    """Measure where weights lie."""
    found = localize(weights, scenes)
    yield "hit", share(found.hit)
    yield "purity", share(found.purity)
    yield "mass", share(found.mass)


def answered(asked: intervention.Prediction, scenes: Batch) -> Numbers:
    """Hold answers, weights and confidence against one another."""
    right = asked.answer == scenes.target
    hit = localize(asked.weights, scenes).hit
    most = ink_shares(asked.weights, scenes).argmax(dim=1, keepdim=True)
    inkiest = scenes.colors.gather(1, most).squeeze(1)
    weights = asked.weights.flatten(1).clamp(min=1e-12)
    entropy = -(weights * weights.log()).sum(dim=1)
    cautious = asked.confidence < CAUTIOUS
    yield "accuracy", share(right)
    yield "agree", share(right == hit)
    yield "right-missed", share(right & ~hit)
    yield "wrong-hit", share(~right & hit)
    yield "most-ink", share(asked.answer == inkiest)
    yield "cells", entropy.exp().median().item()
    yield "confidence", share(asked.confidence)
    yield "cautious", share(cautious)
    yield "cautious-accuracy", share(right[cautious])


def failed(
    net: ColorNetImage,
    asked: intervention.Prediction,
    scenes: Batch,
    digits: symbols.Symbols,
    random: torch.Generator,
) -> Numbers:
    """Sort the wrong answers."""
    found = errors.classify(net, scenes, asked, digits, random)
    for n, name in enumerate(("ink", "torn", "drawing", "taken")):
        yield f"failed-{name}", share(found.cause == n)
    yield "mended", share(found.recovered)


def erased(
    net: ColorNetImage, asked: intervention.Prediction, scenes: Batch
) -> Numbers:
    """Erase places from the scenes: from all, from values, from keys."""
    canvas = scenes.image.shape[2]
    each = torch.arange(len(scenes))
    centers = scenes.positions[each, (scenes.query_index + 1) % 3] + 14.0
    cells = heaviest(asked.weights)
    others = brightest(scenes.image, cells)
    places = {
        "peak": square(peaks(asked.weights, canvas), canvas),
        "symbol": square(centers, canvas),
        "cells": fill(cells, canvas),
        "others": fill(others, canvas),
    }
    yield "area", fill(cells, canvas).float().sum(dim=(1, 2)).mean().item()
    for name, where in places.items():
        without = erase(scenes, where)
        again = intervention.predict(net, without)
        yield f"erase-{name}", share(again.answer == asked.answer)
        yield f"erase-{name}-right", share(again.answer == scenes.target)
        yield f"erase-{name}-confidence", share(again.confidence)
        _, logits = intervention.read_with_weights(
            net, without.image, asked.weights
        )
        same = logits.argmax(dim=1) == asked.answer
        yield f"erase-{name}-values", share(same)
        _, logits = intervention.read_with_weights(
            net, scenes.image, again.weights
        )
        same = logits.argmax(dim=1) == asked.answer
        yield f"erase-{name}-keys", share(same)


def swapped(
    net: ColorNetImage,
    scenes: Batch,
    digits: symbols.Symbols,
    random: torch.Generator,
) -> Numbers:
    """Ask each image for another of its symbols, and for all three."""
    other = intervention.with_query(
        scenes, (scenes.query_index + 1) % 3, digits, random
    )
    yield (
        "follows",
        share(intervention.predict(net, other).answer == other.target),
    )
    rights = []
    for k in range(3):
        which = torch.full_like(scenes.query_index, k)
        asked_for = intervention.with_query(scenes, which, digits, random)
        rights.append(
            intervention.predict(net, asked_for).answer == asked_for.target
        )
    three = torch.stack(rights)
    yield "each", share(three)
    yield "all-three", share(three.all(dim=0))
    yield "cubed", 100 * three.float().mean().item() ** 3


def missing(
    net: ColorNetImage,
    asked: intervention.Prediction,
    scenes: Batch,
    absent: Batch,
) -> Numbers:
    """Ask for a class that is not there."""
    without = intervention.predict(net, absent)
    yield "absent-confidence", share(without.confidence)
    for name, present, gone in signs(asked, without):
        yield f"absent-{name}-told", share(intervention.auc(present, gone))
        passing = gone >= present.quantile(PASSING)
        yield f"absent-{name}-passing", share(passing)


def signs(
    asked: intervention.Prediction, without: intervention.Prediction
) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Pair the signs by which an absent symbol might be told."""
    yield "sure", asked.confidence, without.confidence
    tops = [a.scores.flatten(1).amax(dim=1) for a in (asked, without)]
    yield "score", *tops
    peaked = [a.weights.flatten(1).square().sum(1) for a in (asked, without)]
    yield "peaked", *peaked


def reweighed(
    net: ColorNetImage,
    asked: intervention.Prediction,
    scenes: Batch,
    random: torch.Generator,
) -> Numbers:
    """Put other weights in place of the net's own."""
    ignored = stand_in(scenes.image, asked.answer, heaviest(asked.weights))
    _, logits = intervention.read_with_weights(net, scenes.image, ignored)
    same = logits.argmax(dim=1) == asked.answer
    surer = logits.softmax(dim=1).amax(dim=1) >= asked.confidence
    yield "stand-in", share(same)
    yield "stand-in-surer", share(same & surer)
    kept = (ignored * asked.weights).sum(dim=(1, 2))
    yield "stand-in-own", share(kept)  # what the net itself put there
    flat = asked.weights.flatten(1)
    order = torch.rand(flat.shape, generator=random).argsort(dim=1)
    shuffled = flat.gather(1, order).view_as(asked.weights)
    _, logits = intervention.read_with_weights(net, scenes.image, shuffled)
    yield "shuffled", share(logits.argmax(dim=1) == asked.answer)


def measured(seed: int) -> Numbers:
    """Measure everything on one scene set."""
    digits = symbols.load("mnist", "test")
    scenes = fixed_scenes(digits, POST.scene, SCENES, seed)
    absent = intervention.with_absent_query(
        scenes, digits, generator(seed, Use.INTERVENTION, 0)
    )
    even = 1 / 64 + 1e-6 * torch.rand(  # so that the peak is anywhere
        SCENES, 8, 8, generator=generator(seed, Use.INTERVENTION, 2)
    )
    for name, value in seen(even, scenes):
        yield f"look-uniform-{name}", value
    untrained = intervention.predict(
        ColorNetImage(POST.model, seed).eval(), scenes
    )
    for name, value in seen(untrained.weights, scenes):
        yield f"look-untrained-{name}", value
    for short, name in NETS.items():
        net = runs.model(name)
        asked = intervention.predict(net, scenes)
        random = generator(seed, Use.INTERVENTION, 1)
        for numbers in (
            seen(asked.weights, scenes),
            answered(asked, scenes),
            failed(net, asked, scenes, digits, random),
            erased(net, asked, scenes),
            swapped(net, scenes, digits, random),
            missing(net, asked, scenes, absent),
            reweighed(net, asked, scenes, random),
        ):
            for part, value in numbers:
                yield f"look-{short}-{part}", value


WHAT = {
    "hit": "hit",
    "purity": "purity",
    "mass": "mass",
    "accuracy": "accuracy",
    "agree": "scenes where it is right and hits, or is wrong and misses",
    "right-missed": "scenes where it is right although the peak misses",
    "wrong-hit": "scenes where it is wrong although the peak hits",
    "most-ink": "answers that are the color with most ink under the weights",
    "cells": "cells over which the weights are spread, e to the entropy",
    "confidence": "confidence in its own answers",
    "cautious": "answers with a confidence below 70 %",
    "cautious-accuracy": "accuracy of answers with a confidence below 70 %",
    "failed-ink": "wrong answers: right place, other ink",
    "failed-torn": "wrong answers: torn between places",
    "failed-drawing": "wrong answers: this drawing of the query",
    "failed-taken": "wrong answers: taken for another symbol",
    "mended": "wrong answers mended by another drawing as query",
    "area": "pixels in the cells that hold 90 % of the weights",
    "follows": "answers that follow the query to another symbol",
    "each": "accuracy when asked for each of three symbols",
    "all-three": "images on which all three answers are right",
    "cubed": "third power of the accuracy for each of three symbols",
    "absent-confidence": "confidence when asked for an absent class",
    "stand-in": "answers that stay with all weight on one ignored cell",
    "stand-in-surer": "answers that stay so, with no less confidence",
    "stand-in-own": "weight that the net itself gives to that cell",
    "shuffled": "answers that stay when the weights are shuffled",
}
PLACES = {
    "peak": "a box's size around the peak",
    "symbol": "the box of a symbol that was not asked for",
    "cells": "the cells that hold 90 % of the weights",
    "others": "as many of the brightest other cells",
}
WAYS = {
    "": "answers that stay without {}",
    "-right": "accuracy without {}",
    "-confidence": "confidence without {}",
    "-values": "answers that stay when only values lose {}",
    "-keys": "answers that stay when only keys lose {}",
}
SIGNS = {
    "sure": "confidence",
    "score": "highest score",
    "peaked": "sum of squared weights",
}
for _place, _text in PLACES.items():
    for _way, _what in WAYS.items():
        WHAT[f"erase-{_place}{_way}"] = _what.format(_text)
for _sign, _text in SIGNS.items():
    WHAT[f"absent-{_sign}-told"] = (
        f"pairs in which a present symbol has a higher {_text} than an absent"
    )
    WHAT[f"absent-{_sign}-passing"] = (
        f"absent symbols whose {_text} is above that of the lowest twentieth "
        "of the present"
    )
OF = {
    "uniform": "uniform weights",
    "untrained": "the post's net untrained, another one for each scene set",
    **{short: f"the stored {name}" for short, name in NETS.items()},
}
UNITS = {"cells": "", "area": ""}


def claim(name: str, values: list[float]) -> claims.Claim:
    """Make a claim of one number for each scene set."""
    _, of, part = name.split("-", 2)
    what = f"test {WHAT[part]}, of {OF[of]}; its seeds are scene sets"
    made = several(values, what, SCENES, UNITS.get(part, "%"))
    low: float | None = max(made.low or 0.0, 0.0)
    if low == made.high:  # the scene sets agree: no interval follows
        made, low = replace(made, high=None), None
    return replace(made, low=low, **claims.provenance(COMMAND))


def main() -> int:
    """Measure all scene sets, and write the claims in one go."""
    torch.set_num_threads(1)
    found: dict[str, list[float]] = {}
    for seed in SETS:
        for name, value in measured(seed):
            found.setdefault(name, []).append(value)
        print(f"scene set {seed} of {len(SETS)}", flush=True)
    for name, values in found.items():
        claims.put(name, claim(name, values))
        print(name, f"{np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
