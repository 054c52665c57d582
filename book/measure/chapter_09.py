"""Measure what chapter 9 says of the post's network, and train its yardstick.

`python book/measure/chapter_09.py RUNS` trains plain classifiers (five minutes
of one core) and measures the stored network. RUNS is the folder in which
`python -m colorattn ablate repairs` kept its networks. `--store` also stores
the rows of the classifiers.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from time import perf_counter

import pandas as pd
import torch
import torch.nn.functional as F
from chapter_02 import chunks
from chapter_04 import INK, shift
from from_runs import of_classifiers
from publish import Claims, arguments, publish
from torch import Tensor

from colorattn import claims, runs
from colorattn.analysis import alignment, classifier, similarity
from colorattn.analysis.classifier import Classifier
from colorattn.analysis.errors import confusion_matrix
from colorattn.analysis.intervention import predict
from colorattn.analysis.localization import hit
from colorattn.analysis.statistics import bootstrap_interval
from colorattn.claims import Claim, of_one_net, over_drawings, over_seeds
from colorattn.data import symbols
from colorattn.data.scene import SIDE
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model.colornet import ColorNetConfig, ColorNetImage
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.record import SCENE_SEED, Row
from colorattn.runs.store import Record, save
from colorattn.training.checkpoint import load_model
from colorattn.training.config import POST, Recipe
from colorattn.training.pretraining import query_vectors

COMMAND = "python book/measure/chapter_09.py"
REPAIRED = "python -m colorattn ablate repairs"
SCENES = 10_000  # many, since a small split gives few errors to look at
PLACED = 500  # scenes that are moved over all places
DRAWN = 1_500  # drawings whose maps are compared
SEEDS, FRESH = range(5), range(20)  # classifiers; networks before training
# Of classifiers, by what they see, px; first those that see all.
EPOCHS = {SIDE: 8, 17: 5, 25: 5}
NARROW, WIDE = 10, 13  # px: width of a digit's ink
FACTORS = [2 ** (k / 2) for k in range(-4, 9)]  # on the logits


def scenes(split: str) -> Batch:
    """Return scenes of the drawings of a split."""
    drawings = symbols.load("mnist", split)
    return fixed_scenes(drawings, POST.scene, SCENES, SCENE_SEED)


# ------------------------------------------------- the plain classifiers


def yardstick() -> Iterator[Record]:
    """Train all classifiers; yield a record for each width that they see."""
    wholes = [Classifier(seed=seed) for seed in SEEDS]  # they see the query
    for side, epochs in EPOCHS.items():
        rows, test = [], []
        for seed, whole in zip(SEEDS, wholes, strict=True):
            model = whole if side == SIDE else Classifier(side, seed)
            rows += trained(model, whole, seed)
            test.append({"seed": seed, **measures(model, whole, "test")})
        facts = claims.provenance(COMMAND)
        change = f"a classifier of drawings, seen {side} px wide"
        yield Record(
            f"namer-{side}",
            replace(POST, recipe=Recipe(epochs=epochs), seed=SEEDS[0]),
            pd.DataFrame(rows).set_index(["seed", "epoch"]),
            pd.DataFrame(test).set_index("seed"),
            facts | {"change": change},
        )


def trained(model: Classifier, whole: Classifier, seed: int) -> Iterator[Row]:
    """Train a classifier, yielding a row after each epoch."""
    drawings, seconds = symbols.load("mnist", "train"), 0.0
    began = perf_counter()
    losses = classifier.train(model, drawings, seed, EPOCHS[model.side])
    for n, loss in enumerate(losses, start=1):
        seconds += perf_counter() - began
        row = {"seed": seed, "epoch": n, "train_loss": loss}
        row |= measures(model, whole, "validation")
        print(f"{model.side} px:", row, flush=True)
        yield {**row, "seconds": seconds}
        began = perf_counter()


def measures(
    model: Classifier, whole: Classifier, split: str
) -> dict[str, float]:
    """Return how often it names digits right, and colors by a perfect look.

    `model` sees the symbols of a scene, `whole` the query.
    """
    drawings, asked = symbols.load("mnist", split), scenes(split)
    found = classifier.predict_proba(model, drawings.images)
    labels = drawings.labels(torch.arange(len(found)))
    queries = classifier.predict_proba(whole, drawings.images)
    query, shown = queries[asked.query_id], found[asked.drawing_ids]
    right = classifier.match(query, shown) == asked.query_index
    return {
        "accuracy": classifier.accuracy(found, labels),
        "names": by_names(query, shown, asked.query_index),
        "color": right.float().mean().item(),
    }


def by_names(query: Tensor, shown: Tensor, query_index: Tensor) -> float:
    """Return how often equal names point at the queried symbol.

    Where several have the query's name, or none, one of them is drawn.
    """
    match = (shown.argmax(dim=2) == query.argmax(dim=1)[:, None]).float()
    match[match.sum(dim=1) == 0] = 1
    share = match / match.sum(dim=1, keepdim=True)
    return share.gather(1, query_index[:, None]).mean().item()


# ------------------------------------------------- the stored network


def share(right: Tensor, asked: Batch, what: str) -> Claim:
    """Claim a share of scenes, with an interval over drawings."""
    random = generator(0, Use.BOOTSTRAP)
    found = bootstrap_interval(right.float(), asked, random)
    return over_drawings(found, f"{what}, post-mnist, validation", len(right))


def one(value: float, what: str, unit: str = "%", n: int = SCENES) -> Claim:
    """Claim a number of the stored network."""
    return of_one_net(value, f"{what}, post-mnist, validation", n, unit)


def of_errors(net: ColorNetImage, asked: Batch) -> Claims:
    """Take the errors apart: by hit, by pair, by ink, by confidence."""
    found = predict(net, asked)
    right, on = found.answer == asked.target, hit(found.weights, asked)
    yield "accuracy", share(right, asked, "accuracy")
    yield "hit-wrong", share(on & ~right, asked, "wrong answers with a hit")
    missed = share(~on[~right], asked[~right], "wrong answers with a miss")
    yield "errors-missed", missed
    taken = 100 * confusion_matrix(found.answer, asked)[9, 8].item()
    yield "mistaken-9-8", one(taken, "an 8 taken for a 9")
    ink = alignment.visible_ink(asked)
    yield "ink-mean", one(100 * ink.mean().item(), "ink the best key sees")
    order = ink.argsort().chunk(5)
    for name, part in (("lowest", order[0]), ("highest", order[-1])):
        what = f"accuracy, {name} fifth of ink that the best key sees"
        yield f"ink-{name}", share(right[part], asked[part], what)
    yield "confidence", one(100 * found.confidence.mean().item(), "confidence")

    def loss(factor: float) -> float:
        return F.cross_entropy(factor * found.logits, asked.target).item()

    best = min(FACTORS, key=loss)
    yield "loudest", one(best, "best factor on the logits", "times")


def of_places(net: ColorNetImage, asked: Batch) -> Claims:
    """Ask at every place of the grid."""
    digits = symbols.load("mnist", "validation")
    some = asked[alignment.shiftable(asked)][:PLACED]
    logits = alignment.logits_at_all_offsets(net, some, digits)
    right = logits.argmax(dim=3) == some.target
    each = right.float().mean(dim=(0, 1))
    together = logits.mean(dim=(0, 1)).argmax(dim=1) == some.target
    yield "places-mean", share(each, some, "accuracy, mean of 64 places")
    yield "places-together", share(together, some, "accuracy of mean logits")
    always = share(each == 1, some, "scenes right at all places")
    yield "places-always", always
    within, p = (each * (1 - each)).mean(), each.mean()
    luck = (100 * within / (p * (1 - p))).item()
    what = "variance of right answers that is within scenes, at 64 places"
    yield "places-luck", of_one_net(luck, what, PLACED, near=2.0)
    down = 100 * right.float().mean(dim=(1, 2))
    for name, end in (("worst", down.min()), ("best", down.max())):
        what = f"accuracy of the {name} of 8 places, down"
        yield f"places-down-{name}", one(end.item(), what, n=PLACED)


def of_encoders(net: ColorNetImage) -> Claims:
    """Compare what encoders say of one drawing, trained and fresh."""
    shown, labels = sample()
    # Before its first step, with norms as that has them.
    fresh = [ColorNetImage(POST.model, n).train() for n in FRESH]
    for key, group in (("", [net]), ("fresh-", fresh)):
        found = [similarity.encoder_cka(each, shown) for each in group]
        for k in (0, 2):
            values = [each["encoders"][k] for each in found]
            what = f"CKA, encoders, layer {k + 1}, {key or 'trained-'}"
            what = what.removesuffix("-")
            yield f"alike-{key}encoders-{k + 1}", over_nets(values, what)
    pictures = shown[:, None]
    maps = net.encode_query(net.normalize(pictures))
    for name, vectors in (
        ("mean", maps.mean(dim=(2, 3))),
        ("center", maps[:, :, 2, 2]),
        ("corner", maps[:, :, 0, 0]),
    ):
        read = 100 * similarity.linear_probe(vectors, labels)
        what = f"digits read off the {name} of the query's map"
        yield f"readable-{name}", one(read, what, n=DRAWN)
    pairs = [
        similarity.cosines(query_vectors(each, pictures), labels)
        for each in fresh
    ]
    for n, kind in enumerate(("same", "other")):
        values = [pair[n].mean().item() for pair in pairs]
        what = f"mean cosine of query vectors, {kind} class, fresh"
        yield f"cosine-fresh-{kind}", over_nets(values, what)


def sample() -> tuple[Tensor, Tensor]:
    """Return some drawings, as many of each class, and their labels."""
    digits = symbols.load("mnist", "validation")
    return similarity.sample_drawings(digits, DRAWN)


def over_nets(values: list[float], what: str, unit: str = "") -> Claim:
    """Claim a number of one network, or of many with their spread."""
    if len(values) == 1:
        return one(values[0], what, unit, DRAWN)
    return replace(over_seeds(values, what, DRAWN, unit), low=None, high=None)


@torch.inference_mode()
def of_stored() -> Claims:
    """Measure the stored network of the post."""
    net, asked = runs.model("post-mnist"), scenes("validation")
    found = of_errors(net, asked), of_places(net, asked), of_encoders(net)
    for name, claim in chain(*found):
        yield f"diagnosis-{name}", claim


@torch.inference_mode()
def of_repaired(folder: Path) -> Claims:
    """Measure what the query's center tells in the sweep's networks."""
    shown, labels = sample()
    for name in ("post", "center-pooling"):
        shares = []
        for path in sorted((folder / name).glob("?.safetensors")):
            net = load_model(path)[1]
            maps = net.encode_query(net.normalize(shown[:, None]))
            read = similarity.linear_probe(maps[:, :, 2, 2], labels)
            shares.append(100 * read)
        what = f"digits read off the center of the query's map, {name}"
        command = f"{REPAIRED}; {COMMAND} RUNS"
        claim = replace(over_nets(shares, what, "%"), command=command)
        yield f"repairs-{name}-readable-center", claim


@torch.inference_mode()
def of_widths() -> Claims:
    """Measure how far to the right of the ink narrow and wide digits pull."""
    net, asked = runs.model("post-mnist"), scenes("validation")
    right = predict(net, asked).answer == asked.target
    seen = asked.image[torch.arange(SCENES), asked.target] >= INK
    line = seen.any(dim=1)[right].int()  # of columns
    width = line.shape[1] - line.argmax(dim=1) - line.flip(1).argmax(dim=1)
    offset = torch.cat([shift(net, part)[:, 1] for part in chunks(asked)])
    for name, chosen, which in (
        ("narrow", width < NARROW, f"under {NARROW} px"),
        ("wide", width >= WIDE, f"{WIDE} px or more"),
    ):
        what = "px from the ink's center to that of the weights, right, "
        what += f"digits {which} wide"
        claim = one(offset[chosen].mean().item(), what, "", int(chosen.sum()))
        yield f"diagnosis-offset-{name}", claim


# ------------------------------------------------- before training


def of_spreads() -> Claims:
    """Measure how far apart a fresh network's scores are, by repair."""
    scenes = runs.scenes(POST, "validation")[: POST.recipe.batch_size]
    for name, experiment in SWEEPS["temperature"].variants.items():
        values = [spread(experiment.model, seed, scenes) for seed in FRESH]
        what = f"sd of a fresh network's scores within a map, {name}"
        claim = over_seeds(values, what, len(scenes), "")
        yield f"spread-{name}", replace(claim, low=None, high=None)


@torch.no_grad()
def spread(config: ColorNetConfig, seed: int, scenes: Batch) -> float:
    """Return the mean sd of the scores in a map, as the first step has it."""
    model = ColorNetImage(config, seed).train()
    _, scores, _ = model(scenes.image, scenes.query)
    return scores.flatten(1).std(dim=1).mean().item()


if __name__ == "__main__":
    asked = arguments(__doc__, runs=True)
    found = list(yardstick())
    if asked.store:
        found = [save(each) for each in found]
    made = of_classifiers(found), of_stored(), of_spreads(), of_widths()
    publish(chain(*made, *map(of_repaired, asked.runs)), COMMAND, asked.store)
