"""Measure what chapter 9 says of the post's net and of its repairs.

`python book/measure/chapter_09.py` trains the plain classifiers (five minutes
of one core; what was trained before lies in `_runs/namers`), measures the
stored net, and reads the rows of the sweep `repairs`. `--rows` only reads
rows: enough after the sweep has got more seeds.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F
from from_runs import at_epoch, several, summary
from torch import Tensor

from colorattn import claims, runs
from colorattn.analysis import (
    alignment,
    classifier,
    errors,
    intervention,
    similarity,
)
from colorattn.analysis.localization import hit
from colorattn.analysis.statistics import (
    bootstrap_interval,
    difference,
    time_to_level,
)
from colorattn.claims import Claim, significant
from colorattn.data import symbols
from colorattn.data.scene import SIDE
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.files import write
from colorattn.model.colornet import ColorNetConfig, ColorNetImage
from colorattn.runs import record, store
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.record import Row
from colorattn.runs.store import Record
from colorattn.training import checkpoint
from colorattn.training.config import POST, Recipe, vary
from colorattn.training.pretraining import query_vectors

COMMAND = "python book/measure/chapter_09.py"
KEPT = Path("_runs/namers")
SCENES, SEEDS = 10_000, range(5)
SPLITS = "train", "validation"
EPOCHS = {SIDE: 8, 17: 5, 25: 5}  # of the classifiers, by what they see, px


def scenes(split: str) -> Batch:
    """Return many scenes: a small split gives few errors to look at."""
    drawings = symbols.load("mnist", split)
    return fixed_scenes(drawings, POST.scene, SCENES, record.SCENE_SEED)


def by_names(query: Tensor, shown: Tensor, query_index: Tensor) -> float:
    """Return how often equal names point at the queried symbol.

    Where several have the query's name, or none, one of them is drawn.
    """
    match = (shown.argmax(dim=2) == query.argmax(dim=1)[:, None]).float()
    none = match.sum(dim=1, keepdim=True) == 0
    match = torch.where(none, torch.ones_like(match), match)
    share = match / match.sum(dim=1, keepdim=True)
    return share.gather(1, query_index[:, None]).mean().item()


def colors(query: Tensor, shown: Tensor, asked: Batch) -> dict[str, float]:
    """Return how often a perfect look at the symbols names the color."""
    query, shown = query[asked.query_id], shown[asked.drawing_ids]
    right = classifier.match(query, shown) == asked.query_index
    return {
        "names": by_names(query, shown, asked.query_index),
        "color": right.float().mean().item(),
    }


def lesson(side: int, seed: int) -> tuple[list[Row], Row]:
    """Train one classifier, or read what that gave before."""
    path = KEPT / f"{side}-{seed}.json"
    if path.exists():
        rows, test = json.loads(path.read_text())
        return rows, test
    train, held_out = (symbols.load("mnist", s) for s in SPLITS)
    asked, rows, seconds = scenes("validation"), [], 0.0
    namer, start = classifier.Classifier(side, seed), perf_counter()
    whole = {} if side == SIDE else queries(seed)
    for n, loss in enumerate(
        classifier.train(namer, train, seed, EPOCHS[side]), start=1
    ):
        seconds += perf_counter() - start
        found = classifier.predict_proba(namer, held_out.images)
        labels = held_out.labels(torch.arange(len(found)))
        rows.append(
            {
                "seed": seed,
                "epoch": n,
                "train_loss": loss,
                "accuracy": classifier.accuracy(found, labels),
                **colors(whole.get("validation", found), found, asked),
                "seconds": seconds,
            }
        )
        print(side, rows[-1], flush=True)
        start = perf_counter()
    unseen = symbols.load("mnist", "test")
    found = classifier.predict_proba(namer, unseen.images)
    labels = unseen.labels(torch.arange(len(found)))
    test = {
        "seed": seed,
        "accuracy": classifier.accuracy(found, labels),
        **colors(whole.get("test", found), found, scenes("test")),
    }
    if side == SIDE:
        KEPT.mkdir(parents=True, exist_ok=True)
        torch.save(namer.state_dict(), KEPT / f"{seed}.pt")
    write(path, json.dumps([rows, test]).encode())
    return rows, test


SPLITS = "train", "validation"


def queries(seed: int) -> dict[str, Tensor]:
    """Return what the classifier of whole drawings says of each drawing."""
    namer = classifier.Classifier(seed=seed).eval()
    namer.load_state_dict(torch.load(KEPT / f"{seed}.pt"))
    return {
        split: classifier.predict_proba(
            namer, symbols.load("mnist", split).images
        )
        for split in ("validation", "test")
    }


def namers() -> None:
    """Train the classifiers and store their rows."""
    for side, epochs in EPOCHS.items():
        rows: list[Row] = []
        test: list[Row] = []
        for seed in SEEDS:
            more, end = lesson(side, seed)
            rows += more
            test.append(end)
        facts = {
            **claims.provenance(COMMAND),
            "change": f"a classifier names drawings, seen {side} px wide",
        }
        base = replace(POST, recipe=Recipe(epochs=epochs), seed=SEEDS[0])
        name = f"namer-{side}"
        store.save(Record(name, base, rows, test, facts))


def of_namers() -> dict[str, Claim]:
    """Claim what the classifiers reach, and what follows for colors."""
    drawings = {"validation": 5_000, "test": 10_000}  # in each split
    made = {}
    for side in EPOCHS:
        record = runs.load(f"namer-{side}")
        whose = f"classifiers that see {side} px"
        for field, what in NAMED.items():
            last = 100 * record.curves(field)[:, -1]
            n = drawings["validation"] if field == "accuracy" else SCENES
            made[f"namer-{side}-{field}"] = summary(
                record, last, f"validation {what}, of {whose}", n
            )
            if side == SIDE:
                first = 100 * record.curves(field)[:, 0]
                made[f"namer-first-{field}"] = summary(
                    record, first, f"{what} after one epoch, of {whose}", n
                )
        tested = np.array([100 * row["accuracy"] for row in record.test])
        made[f"namer-{side}-test-accuracy"] = summary(
            record,
            tested,
            f"test {NAMED['accuracy']}, of {whose}",
            drawings["test"],
        )
    return made


NAMED = {
    "accuracy": "digits named right",
    "names": "colors named right by equal names",
    "color": "colors named right by probabilities of names",
}


def one(right: Tensor, asked: Batch, what: str) -> Claim:
    """Claim a share of scenes of the stored net, over drawings."""
    found = bootstrap_interval(
        right.float(), asked, generator(0, Use.BOOTSTRAP)
    )
    return Claim(
        significant(100 * found.share),
        "%",
        f"{what}; one net, validation, interval over drawings",
        seeds=1,
        scenes=len(right),
        low=significant(100 * found.low),
        high=significant(100 * found.high),
    )


def plain(value: float, what: str, unit: str = "%") -> Claim:
    """Claim a number of the stored net that no interval is given for."""
    return Claim(
        significant(value), unit, f"{what}; one net, validation", seeds=1
    )


def of_errors(net: ColorNetImage, asked: Batch) -> Iterator[tuple[str, Claim]]:
    """Take the errors apart: by hit, by pair, by what lies where."""
    found = intervention.predict(net, asked)
    right, on = found.answer == asked.target, hit(found.weights, asked)
    yield "accuracy", one(right, asked, "accuracy of post-mnist")
    for name, chosen in {
        "hit-right": on & right,
        "hit-wrong": on & ~right,
        "missed-right": ~on & right,
        "missed-wrong": ~on & ~right,
    }.items():
        yield name, one(chosen, asked, f"scenes with {name}")
    wrong = asked[~right]
    yield "errors-missed", one(~on[~right], wrong, "errors with a miss")
    share = errors.confusion_matrix(found.answer, asked)
    yield "mistaken-9-8", plain(100 * share[9, 8].item(), "8 taken for a 9")
    ink = alignment.visible_ink(asked)
    for name, part in zip(FIFTHS, fifths(ink), strict=True):
        if name:
            what = f"accuracy, {name} fifth of ink in the best key's field"
            yield f"ink-{name}", one(right[part], asked[part], what)
    yield "ink-mean", plain(100 * ink.mean().item(), "ink the best key sees")
    gap = alignment.nearest_distance(asked)
    for name, part in {"near": gap <= 21, "far": gap >= 28}.items():
        what = f"accuracy, another corner {name} (21 px and less, 28 and more)"
        yield f"gap-{name}", one(right[part], asked[part], what)
    yield "confidence", plain(100 * found.confidence.mean(), "confidence")
    losses = {
        factor: F.cross_entropy(factor * found.logits, asked.target).item()
        for factor in FACTORS
    }
    best = min(losses, key=lambda factor: losses[factor])
    yield "loss", plain(losses[1.0], "loss of post-mnist", "nats")
    what = "loss of post-mnist with its logits times the best factor"
    yield "loss-louder", plain(losses[best], what, "nats")
    yield "loudest", plain(best, "best factor on the logits", "times")
    for by, name in {-4: "centered", 4: "apart"}.items():
        there = alignment.shift_values(net, asked, found.weights, by)
        named = there.argmax(dim=1) == asked.target
        what = f"accuracy with all cells moved by {by} px down and right"
        yield f"cells-{name}", one(named, asked, what)


FIFTHS = "lowest", "", "", "", "highest"
FACTORS = [2 ** (k / 2) for k in range(-4, 9)]


def fifths(values: Tensor) -> tuple[Tensor, ...]:
    """Return which scenes have the lowest fifth of values, the next, …."""
    return values.argsort().chunk(5)


def places(net: ColorNetImage, asked: Batch) -> Iterator[tuple[str, Claim]]:
    """Ask at every place of the grid."""
    digits = symbols.load("mnist", "validation")
    some = asked[alignment.shiftable(asked)][:PLACED]
    logits = alignment.logits_at_all_offsets(net, some, digits)
    right = logits.argmax(dim=3) == some.target
    share = right.float().mean(dim=(0, 1))
    together = logits.mean(dim=(0, 1)).argmax(dim=1) == some.target
    yield "places-mean", one(share, some, "accuracy, mean of 64 places")
    yield "places-together", one(together, some, "accuracy of mean logits")
    yield "places-always", one(share == 1, some, "scenes right at all places")
    yield (
        "places-never",
        plain(100 * share.eq(0).float().mean().item(), "right never"),
    )
    within, p = (share * (1 - share)).mean(), share.mean()
    yield "places-luck", near(100 * within / (p * (1 - p)))
    across = right.float().mean(dim=2)
    for name, line in {
        "down": across.mean(1),
        "right": across.mean(0),
    }.items():
        for end in (line.min(), line.max()):
            key = "worst" if end == line.min() else "best"
            what = f"accuracy of the {key} of 8 places, {name}"
            yield f"places-{name}-{key}", plain(100 * end.item(), what)


def near(luck: Tensor) -> Claim:
    """Claim how much of the errors is luck; on fixed scenes."""
    what = "variance of right answers that lies within scenes, at 64 places"
    made = plain(luck.item(), what)
    low, high = significant(made.value - 2), significant(made.value + 2)
    return replace(made, scenes=PLACED, low=low, high=high)


PLACED = 500  # scenes


def twins(net: ColorNetImage) -> Iterator[tuple[str, Claim]]:
    """Compare what encoders say of one drawing, trained and fresh."""
    shown, labels = similarity.sample_drawings(
        symbols.load("mnist", "validation"), DRAWN
    )
    found = {"": [net], "fresh-": [fresh(seed) for seed in FRESH]}
    for name, nets in found.items():
        measured = [similarity.encoder_cka(each, shown) for each in nets]
        for part in measured[0]:
            for layer in range(3):
                values = [m[part][layer] for m in measured]
                what = f"how alike: {part}, {name or 'trained'}, {layer + 1}"
                key = f"alike-{name}{part}-{layer + 1}"
                yield key, over(values, what)
    maps = similarity.activations(
        net.encode_query, net.normalize(shown[:, None])
    )[-1]
    for name, vectors in {
        "mean": maps.mean(dim=(2, 3)),
        "center": maps[:, :, 2, 2],
        "corner": maps[:, :, 0, 0],
    }.items():
        share = 100 * similarity.linear_probe(vectors, labels)
        what = f"digits read off the {name} of the query's map"
        yield f"readable-{name}", plain(share, what)
    bare = vary(POST.model, {"query_encoder.last_relu": False})
    for name, nets in {
        "trained": [net],
        "fresh": [fresh(seed) for seed in FRESH],
        "bare": [fresh(seed, bare) for seed in FRESH],
    }.items():
        vectors = [query_vectors(each, shown[:, None]) for each in nets]
        pairs = [similarity.cosines(each, labels) for each in vectors]
        for kind in ("same", "other"):
            values = [getattr(p, kind).mean().item() for p in pairs]
            what = f"mean cosine of query vectors, {kind} class, {name} net"
            yield f"cosine-{name}-{kind}", over(values, what)


FRESH, DRAWN = range(20), 1_500


def fresh(seed: int, model: ColorNetConfig = POST.model) -> ColorNetImage:
    """Return a net before its first step, with norms as that step has them."""
    return ColorNetImage(model, seed).train()


def over(values: list[float], what: str) -> Claim:
    """Claim a number of one net, or of many with their spread."""
    if len(values) == 1:
        return plain(values[0], what, "")
    made = several(values, what, DRAWN, "")
    return replace(made, low=None, high=None)


def repairs() -> dict[str, Claim]:
    """Claim the gain of each repair, on validation and on test scenes."""
    names = list(SWEEPS["repairs"].variants)
    if not all(store.exists(f"repairs/{name}") for name in names):
        return {}  # the sweep has not come so far
    runs = {name: runs.load(f"repairs/{name}") for name in names}
    n = min(len(run.seeds) for run in runs.values())
    if n < 2:
        return {}  # a single pair has no interval
    ends = {
        name: {
            "": np.array([100 * row["accuracy"] for row in run.test[:n]]),
            "-validation": 100 * run.curves("accuracy")[:n, -1],
        }
        for name, run in runs.items()
    }
    made, climbs = {}, {}
    for name, run in runs.items():
        what = f"test accuracy of {name} after 30 epochs"
        made[f"repairs-{name}-accuracy"] = summary(
            run, ends[name][""], what, runs.TEST_SCENES
        )
        made[f"repairs-{name}-ends"] = summary(
            run,
            ends[name]["-validation"],
            f"validation accuracy of {name} after 30 epochs",
            runs.VALIDATION_SCENES,
        )
        for field, (whose, what) in LOOKS.items():
            each = np.array([100 * row[field] for row in run.test[:n]])
            made[f"repairs-{name}-{field}"] = summary(
                run, each, f"{whose} {name}, {what}", runs.TEST_SCENES
            )
        climbs[name] = time_to_level(
            100 * run.curves("accuracy")[:n], LEVEL, WAIT
        )[1]
        made[f"repairs-{name}-climb"] = summary(
            run, climbs[name], f"{name}, {CLIMB}", runs.VALIDATION_SCENES
        )
    # What 30 epochs of the finer map cost in multiplications.
    made["repairs-post-same-work"] = at_epoch("post-mnist", 49)
    facts = {key: runs["post"].provenance[key] for key in MADE}
    for key, (name, base) in pairs(names).items():
        for split, values in ends[name].items():
            made[f"repairs-{key}{split}"] = replace(
                gain(values, ends[base][split], f"{name} less {base}"),
                scenes=MEASURED_ON[split],
                **facts,
            )
    for name in climbs:
        hits = [
            np.array([100 * row["hit"] for row in runs[which].test[:n]])
            for which in (name, "post")
        ]
        for key, values, scenes_of in (
            ("climbs-more", (climbs[name], climbs["post"]), "-validation"),
            ("hits-more", hits, ""),
        ):
            if name != "post":
                made[f"repairs-{name}-{key}"] = replace(
                    gain(*values, f"{key} of {name} less post"),
                    scenes=MEASURED_ON[scenes_of],
                    **facts,
                )
    return made


LOOKS = {
    "hit": ("hit rate of", "test scenes"),
    "mass": ("weight in the queried symbol's box:", "test scenes"),
}
LEVEL, WAIT = 75, 8  # %; epochs
CLIMB = f"points gained in {WAIT} epochs after {LEVEL} %, validation"


def cells() -> dict[str, Claim]:
    """Claim what the query's cells tell in the sweep's nets, if any are here.

    The course does not store them: `python -m colorattn ablate repairs`
    leaves them in `_runs`.
    """
    shown, labels = similarity.sample_drawings(
        symbols.load("mnist", "validation"), DRAWN
    )
    made = {}
    for name in ("post", "center-pooling"):
        told: dict[str, list[float]] = {"center": [], "mean": []}
        for path in sorted(Path("_runs/repairs", name).glob("?.safetensors")):
            _, net, _ = checkpoint.load_model(path)
            with torch.inference_mode():
                maps = net.eval().encode_query(net.normalize(shown[:, None]))
            told["center"].append(
                similarity.linear_probe(maps[:, :, 2, 2], labels)
            )
            told["mean"].append(
                similarity.linear_probe(maps.mean(dim=(2, 3)), labels)
            )
        for cell, shares in told.items():
            if len(shares) < len(SEEDS):
                continue
            what = f"digits read off the {cell} of the query's map, {name}"
            claim = several([100 * share for share in shares], what, DRAWN)
            made[f"repairs-{name}-readable-{cell}"] = replace(
                claim, low=None, high=None, **claims.provenance(COMMAND)
            )
    return made


MADE = "command", "hardware", "versions", "date"
MEASURED_ON = {
    "": runs.TEST_SCENES,
    "-validation": runs.VALIDATION_SCENES,
}


def pairs(names: list[str]) -> dict[str, tuple[str, str]]:
    """Name the differences: each from the post, and two between repairs."""
    made = {name: (name, "post") for name in names if name != "post"}
    made["alignment"] = "centered-cells", "image-sum"
    made["sharing"] = "shared-encoder", "colorless-keys"
    made["first-two"] = "finer-map", "center-pooling"
    return made


def gain(values: np.ndarray, base: np.ndarray, what: str) -> Claim:
    """Claim a difference without its sign, which the words have."""
    found = difference(values, base)
    sign = 1 if found.mean >= 0 else -1
    ends = sorted((sign * found.low, sign * found.high))
    return Claim(
        significant(sign * found.mean),
        "%",
        f"points {'gained' if sign > 0 else 'lost'}: {what}; t-interval of "
        "paired differences",
        seeds=found.seeds,
        sd=significant(float((values - base).std(ddof=1))),
        low=significant(ends[0]),
        high=significant(ends[1]),
    )


def stored_net() -> dict[str, Claim]:
    """Measure the stored net of the post."""
    net, asked = runs.model("post-mnist"), scenes("validation")
    facts = claims.provenance(COMMAND)
    with torch.inference_mode():
        found = [*of_errors(net, asked), *places(net, asked), *twins(net)]
    return {
        f"diagnosis-{name}": replace(claim, **facts) for name, claim in found
    }


def main() -> int:
    """Measure, and put what was found into the ledger."""
    torch.set_num_threads(1)
    made = {}
    if "--rows" not in sys.argv:
        namers()
        made |= stored_net()
    made |= {**of_namers(), **repairs(), **cells()}
    for name, claim in made.items():
        claims.put(name, claim)
        print(name, claim.value, claim.sd, claim.low, claim.high)
    return 0


if __name__ == "__main__":
    sys.exit(main())
