"""Measure what chapter 6 says of the two stored networks.

`python book/measure/chapter_06.py` takes some minutes. The networks are fixed,
so what varies is the scenes: each claim is a mean over ten scene sets of 2,000
test scenes. The chapter measures on one such set, which is not among them.
Five more networks and copies of them, on one set, show what varies with
training.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import chain, islice

import pandas as pd
import torch
import torch.nn.functional as F
from publish import Claims, arguments, publish
from torch import Generator, Tensor

from colorattn import runs
from colorattn.analysis import errors, intervention
from colorattn.analysis.intervention import Prediction, predict
from colorattn.analysis.localization import (
    hit,
    ink_shares,
    localize,
    peaks,
    square,
)
from colorattn.analysis.statistics import auc
from colorattn.claims import over_seeds
from colorattn.data import symbols
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, Stream, fixed_scenes
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.training.config import EPOCH, POST

COMMAND = "python book/measure/chapter_06.py"
NETS = {"post": "post-mnist", "best": "best-mnist"}
SETS, SCENES = range(1, 11), 2_000  # the chapter's own is 0
CAUSES = "ink", "torn", "drawing", "taken"  # short for errors.CAUSES
# A name, what it is, and its value; or marks, of which the share counts.
Numbers = Iterator[tuple[str, str, Tensor | float]]


def answered(found: Prediction, scenes: Batch) -> Numbers:
    """Compare answers, weights and confidence with one another."""
    on = hit(found.weights, scenes)
    right = found.answer == scenes.target
    most = ink_shares(found.weights, scenes).argmax(dim=1, keepdim=True)
    inkiest = scenes.colors.gather(1, most).squeeze(1)
    weights = found.weights.flatten(1).clamp(min=1e-12)
    cells = (-(weights * weights.log()).sum(dim=1)).exp()
    yield "hit", "hit", on
    yield "accuracy", "accuracy", right
    yield "right-missed", "right with a miss", right & ~on
    yield "wrong-hit", "wrong with a hit", ~right & on
    what = "answers that are the color with most ink under the weights"
    yield "most-ink", what, found.answer == inkiest
    what = "cells over which the weights are spread, e to the entropy"
    yield "cells", what, cells.median().item()
    yield "confidence", "confidence in its answers", found.confidence


def failed(
    net: ColorNetImage,
    found: Prediction,
    scenes: Batch,
    digits: Symbols,
    random: Generator,
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
    read = intervention.read_with_weights
    peak = square(peaks(found.weights, canvas), canvas)
    each = torch.arange(len(scenes))
    other = scenes.positions[each, (scenes.query_index + 1) % 3] + 14.0
    box = square(other, canvas)
    cells = intervention.heaviest(found.weights)
    most = intervention.brightest(scenes.image, cells)
    cells, most = (intervention.fill(c, canvas) for c in (cells, most))
    for name, place, where in (
        ("peak", "a box around the peak", peak),
        ("symbol", "the box of another symbol", box),
        ("cells", "the cells with 90 % of the weights", cells),
        ("others", "as many of the brightest others", most),
    ):
        without = intervention.erase(scenes, where)
        again, key = predict(net, without), f"erase-{name}"
        values = read(net, without.image, found.weights)[1]
        keys = read(net, scenes.image, again.weights)[1]
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
    net: ColorNetImage, scenes: Batch, digits: Symbols, random: Generator
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
    what = "pairs in which a present symbol has a higher confidence"
    told = auc(found.confidence, without.confidence)
    yield "absent-sure-told", what, 100 * told
    scores = [each.scores.flatten(1).amax(dim=1) for each in (found, without)]
    what = "pairs in which a present symbol has a higher highest score"
    yield "absent-score-told", what, 100 * auc(*scores)


def reweighed(
    net: ColorNetImage, found: Prediction, scenes: Batch, random: Generator
) -> Numbers:
    """Shuffle the network's weights and read the image with them."""
    flat = found.weights.flatten(1)
    order = torch.rand(flat.shape, generator=random).argsort(dim=1)
    shuffled = flat.gather(1, order).view_as(found.weights)
    logits = intervention.read_with_weights(net, scenes.image, shuffled)[1]
    what = "answers that stay when the weights are shuffled"
    yield "shuffled", what, logits.argmax(dim=1) == found.answer


def scene_set(seed: int) -> Batch:
    """Return a set of test scenes."""
    digits = symbols.load("mnist", "test")
    return fixed_scenes(digits, POST.scene, SCENES, seed)


def of_scenes(seed: int) -> Numbers:
    """Measure everything on one scene set."""
    scenes = scene_set(seed)
    fresh = predict(ColorNetImage(POST.model, seed).eval(), scenes).weights
    what = "hit of untrained weights"
    yield "look-untrained-hit", what, hit(fresh, scenes)
    for short, name in NETS.items():
        net = runs.model(name)
        found = predict(net, scenes)
        for part, what, value in tested(net, found, scenes, seed):
            yield f"look-{short}-{part}", f"{what}, {name}", value


def tested(
    net: ColorNetImage, found: Prediction, scenes: Batch, seed: int
) -> Numbers:
    """Put one network to all of the chapter's tests."""
    digits = symbols.load("mnist", "test")
    random = generator(seed, Use.INTERVENTION, 0)
    absent = intervention.with_absent_query(scenes, digits, random)
    random = generator(seed, Use.INTERVENTION, 1)
    yield from answered(found, scenes)
    yield from failed(net, found, scenes, digits, random)
    yield from erased(net, found, scenes)
    yield from owned(net, found, scenes)
    yield from swapped(net, scenes, digits, random)
    yield from missing(net, found, absent)
    yield from reweighed(net, found, scenes, random)


def measured() -> Claims:
    """Measure all scene sets."""
    rows = []
    for seed in SETS:
        rows.append({(n, w): percent(v) for n, w, v in of_scenes(seed)})
        print(f"scene set {seed} of {len(SETS)}", flush=True)
    yield from over_rows(rows, "test; its seeds are scene sets")


def percent(value: Tensor | float) -> float:
    """Return the share of marks in percent, and a number as it is."""
    if isinstance(value, Tensor):
        return 100 * value.float().mean().item()
    return value


def over_rows(rows: list[dict[tuple[str, str], float]], where: str) -> Claims:
    """Claim the mean of each number over the rows."""
    for (name, what), values in pd.DataFrame(rows).items():
        unit = "" if name.endswith("-cells") and "over which" in what else "%"
        yield name, over_seeds(values, f"{what}, {where}", SCENES, unit)


def owned(net: ColorNetImage, found: Prediction, scenes: Batch) -> Numbers:
    """Erase bright cells that hold little weight, and see whose ink goes."""
    cells = intervention.heaviest(found.weights)
    most = intervention.brightest(scenes.image, cells)
    where = intervention.fill(most, scenes.image.shape[2])
    again = predict(net, intervention.erase(scenes, where))
    stays = again.answer == found.answer
    gone = torch.einsum("bhw,bchw->bc", where.float(), scenes.image.float())
    own = gone.gather(1, scenes.target[:, None]).squeeze(1)
    own = own / gone.sum(dim=1).clamp(min=1e-9)
    for name, marks, whose in (
        ("own", own > 0.5, "mostly the queried symbol's"),
        ("foreign", own == 0, "not the queried symbol's"),
    ):
        what = f"answers that stay without bright cells whose ink is {whose}"
        yield f"erase-{name}", what, stays[marks]


# ------------------------------------------------ other networks, and copies

FIVE = [f"repairs/post-{seed}" for seed in range(5)]
STRENGTH = 0.15  # of the push; of 0.1, 0.15, 0.2 and 0.3, on validation scenes
EPOCHS = 2  # of training a copy; the chapter makes the first of them
OF_FIVE = "test; its seeds are five networks trained for 30 epochs"


def overlap(weights: Tensor, others: Tensor) -> Tensor:
    """Return the share of the weight that two maps put in the same cells."""
    return torch.minimum(weights, others).sum(dim=(1, 2))


def of_five() -> Claims:
    """Repeat the measurements on five networks, and compare them."""
    scenes = scene_set(SETS[0])
    nets = [runs.model(name) for name in FIVE]
    found, rows = [predict(net, scenes) for net in nets], []
    for net, its in zip(nets, found, strict=True):
        rest = [other for other in found if other is not its]
        of_one = tested(net, its, scenes, SETS[0])
        numbers = chain(of_one, compared(its, rest))
        rows.append({(f"look-five-{n}", w): percent(v) for n, w, v in numbers})
    yield from over_rows(rows, OF_FIVE)


def compared(found: Prediction, others: list[Prediction]) -> Numbers:
    """Compare weights and answers with those of other networks."""
    shared = [overlap(found.weights, other.weights) for other in others]
    same = [found.answer == other.answer for other in others]
    yield "overlap", "weight in the same cells", torch.cat(shared)
    yield "same", "answers that are the same", torch.cat(same)


def of_copies() -> Claims:
    """Train copies that answer as five networks do and look elsewhere."""
    scenes, rows = scene_set(SETS[0]), []
    for seed, name in enumerate(FIVE):
        original = runs.model(name)
        found = predict(original, scenes)
        rows.append({})
        for key, strength, epochs in ("", STRENGTH, EPOCHS), ("free-", 0.0, 1):
            trained = islice(copies(original, strength, seed), epochs)
            for epoch, copy in enumerate(trained, start=1):
                first = "first-" if epoch == 1 and not key else ""
                for part, what, value in elsewhere(copy, found, scenes):
                    what += f", after {epoch} epochs, a push of {strength}"
                    label = f"look-copy-{key}{first}{part}", what
                    rows[-1][label] = percent(value)
        print(f"copy {seed + 1} of {len(FIVE)}", flush=True)
    yield from over_rows(rows, OF_FIVE)


def copies(
    original: ColorNetImage, strength: float, seed: int
) -> Iterator[ColorNetImage]:
    """Train a copy, yielding it after every epoch."""
    copy = deepcopy(original)
    optimizer = torch.optim.Adam(copy.parameters(), lr=1e-3)
    drawings = symbols.load("mnist", "train")
    stream = Stream(drawings, POST.scene, POST.recipe.batch_size, seed)
    for step, batch in enumerate(islice(stream, EPOCHS * EPOCH), start=1):
        copy.train()
        optimizer.zero_grad()
        with torch.no_grad():
            old, _, weights = original(batch.image, batch.query)
        new, _, others = copy(batch.image, batch.query)
        new, old = new.log_softmax(dim=1), old.softmax(dim=1)
        loss = F.kl_div(new, old, reduction="batchmean")
        loss = loss + strength * overlap(others, weights).mean()
        loss.backward()
        optimizer.step()
        if step % EPOCH == 0:
            yield copy.eval()


def elsewhere(
    copy: ColorNetImage, found: Prediction, scenes: Batch
) -> Numbers:
    """Say how a copy's weights and answers differ from its original's."""
    now = predict(copy, scenes)
    purity = localize(now.weights, scenes).purity
    same = now.answer == found.answer
    shared = overlap(found.weights, now.weights)
    ink = scenes.image.amax(dim=1).float()
    black = F.adaptive_avg_pool2d(ink, now.weights.shape[1:]) < 1
    on_black = (now.weights * black).sum(dim=(1, 2))
    yield "overlap", "weight in the same cells", shared
    yield "same", "answers that are the same", same
    yield "accuracy", "accuracy", now.answer == scenes.target
    yield "black", "weight in black cells", on_black
    what = "weight in the same cells where the answers are the same"
    yield "same-overlap", what, shared[same]
    what = "purity where the answers are the same"
    yield "same-purity", what, purity[same]


if __name__ == "__main__":
    found = chain(measured(), of_five(), of_copies())
    publish(found, COMMAND, arguments(__doc__).store)
