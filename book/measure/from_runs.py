"""Derive the claims that follow from stored runs: `make ledger`.

No network is asked or trained here, so that every machine finds the same
numbers: the script fails where the ledger has others. `--store` writes them.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
from publish import arguments, publish

from colorattn.analysis.statistics import (
    difference,
    error_ratio,
    holm,
    time_to_level,
)
from colorattn.claims import Claim, over_seeds, paired, significant
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES
from colorattn.runs.store import Record, load

COMMAND = "python book/measure/from_runs.py"
QUOTED = {  # from the post, 2020
    "post-100-epochs": (
        90,
        "%",
        "accuracy after 100 epochs is more than this",
    ),
    "post-best": (95, "%", "accuracy after more epochs is up to this"),
    "post-fashion-accuracy": (85, "%", "accuracy on Fashion-MNIST is about"),
    "post-cnn": (98, "%", "accuracy of a CNN on plain MNIST is above"),
    "post-epoch-seconds": (20, "s", "an epoch takes on a laptop's CPU"),
}
SCENES = {"validation": VALIDATION_SCENES, "test": TEST_SCENES}
EARLY = 3  # the epoch at which the chapters' own runs end
ACCURACY = "test accuracy"
LEVEL, WAIT = 75, 8  # %; epochs
BEATEN = 95  # %; what the post reports
PLATEAU = "query-given image-given louder-head longer-query told-where".split()
Claims = Iterator[tuple[str, Claim]]


# ------------------------------------------------- from rows to claims


def percent(values: Any, field: str) -> Any:
    """Return shares in percent, and losses as they are, in nats."""
    return values if field.endswith("loss") else 100 * values


def values(
    record: Record, measure: str, epoch: int | None = None
) -> pd.Series:
    """Return a measure such as "test hit" by seed, at an epoch or the last."""
    split, field = measure.split()
    if split == "test":
        return percent(record.test[field], field)
    curves = record.curves(field)
    return percent(curves[epoch or curves.columns[-1]], field)


def of_run(record: Record, claim: Claim) -> Claim:
    """Say how the runs were made from which a claim follows."""
    made = record.provenance
    facts = {key: made[key] for key in ("hardware", "versions", "date")}
    return replace(claim, command=f"{made['command']}; {COMMAND}", **facts)


def reached(
    record: Record,
    measure: str,
    epoch: int | None = None,
    scenes: int | None = None,
) -> Claim:
    """Claim what runs reach, after an epoch of theirs or after the last."""
    when = f"epoch {epoch}" if epoch else "the last epoch"
    what = f"{measure} of {record.name} after {when}"
    unit = "nats" if measure.endswith("loss") else "%"
    n = scenes or SCENES[measure.split()[0]]
    claim = over_seeds(values(record, measure, epoch), what, n, unit)
    return of_run(record, claim)


def points(one: Record, base: Record, measure: str) -> Claim:
    """Claim the points between two runs, less the sign, which words have."""
    pair = values(one, measure), values(base, measure)
    return apart(one, base, pair, measure)


def apart(
    one: Record, base: Record, pair: tuple[pd.Series, pd.Series], what: str
) -> Claim:
    """Claim the mean of differences, seed by seed, less the sign."""
    pairs = (pair[0] - pair[1]).dropna()
    gained = pairs.mean() >= 0
    found = difference(*(pair if gained else pair[::-1]))
    said = f"points {'gained' if gained else 'lost'}, {what}, from {base.name}"
    said += f" to {one.name}; 95 % t-interval of paired differences"
    n = SCENES[what.split()[0]]
    return of_run(one, paired(found, pairs, said, n))


def ratio(with_it: Record, without: Record) -> tuple[Claim, float]:
    """Claim how many times as many errors there are; and its p-value."""
    few, many = (100 - values(each, ACCURACY) for each in (with_it, without))
    found, pairs = error_ratio(many, few), (many / few).dropna()
    what = (
        f"as many wrong answers in {without.name} as in {with_it.name}, test"
    )
    what += "; 95 % t-interval of the logarithms of paired ratios"
    claim = paired(found, pairs, what, TEST_SCENES, "times")
    return of_run(with_it, claim), found.p


def corrected(runs: dict[str, Record], p_values: dict[str, float]) -> Claims:
    """Claim p-values, each corrected for the number of them."""
    for name, p in zip(p_values, holm([*p_values.values()]), strict=True):
        what = (
            f"p-value of {name}, after Holm's correction for {len(p_values)}"
        )
        what += "; of all pairs together, so it has no seed"
        yield name, of_run(runs[name], Claim(significant(p), "", what))


def half(record: Record) -> Claim:
    """Claim after which epoch half of the answers are right."""
    first = (record.curves("accuracy") >= 0.5).idxmax(axis=1)
    what = f"the first epoch after which {record.name} is right half the time"
    return of_run(record, over_seeds(first, what, VALIDATION_SCENES, ""))


def sweep(name: str) -> dict[str, Record]:
    """Read all variants of a sweep."""
    return {each: load(f"{name}/{each}") for each in SWEEPS[name].variants}


# ------------------------------------------------- chapter by chapter


def of_named() -> Claims:
    """Claim what the named networks reach, beside what the post says."""
    for name, quoted in QUOTED.items():
        yield name, Claim(*quoted, source="the post, 2020")
    for name, epoch in (
        ("post-mnist-12-epochs", 12),
        ("post-mnist-100-epochs", 100),
        ("best-mnist-4-epochs", 4),
        ("best-fashion-4-epochs", 4),
    ):
        yield name, reached(load(name), "validation accuracy", epoch)
    for name in (
        "post-mnist",
        "post-mnist-100-epochs",
        "post-fashion",
        "best-mnist",
        "best-mnist-4-epochs",
        "best-fashion",
    ):
        for field in ("accuracy", "hit"):
            yield f"{name}-test-{field}", reached(load(name), f"test {field}")
    post = load("post-mnist")
    for name, epoch in (
        ("post-mnist-300-epochs", 300),
        ("repairs-post-same-work", 49),  # as 30 epochs of the finer map
    ):
        yield name, reached(post, "validation accuracy", epoch)
    best = 100 * post.curves("accuracy").max(axis=1)
    what = "validation accuracy of post-mnist after its best epoch"
    claim = over_seeds(best, what, VALIDATION_SCENES)
    yield "post-mnist-best-epoch", of_run(post, claim)


def of_plateau(runs: dict[str, Record] | None = None) -> Claims:
    """Chapter 5: what ends the plateau, in the stored runs or in others."""
    plain = load("post-mnist-12-epochs")
    runs = runs or {name: load(f"plateau-{name}") for name in PLATEAU}
    for name, record in {"nothing-given": plain, **runs}.items():
        claim = reached(record, "validation accuracy", EARLY)
        yield f"plateau-{name}-accuracy", claim
    alike = plain.curves("accuracy").corrwith(plain.curves("hit"), axis=1)
    what = "correlation of accuracy and hit over the epochs of a run"
    claim = over_seeds(alike, what, VALIDATION_SCENES, "")
    claim = replace(claim, low=None, high=None)  # far from normal
    yield "plateau-correlation", of_run(plain, claim)
    yield "plateau-epochs", half(plain)


def of_ablations() -> Claims:
    """Chapter 7: each ingredient of the post's network, taken away."""
    runs = sweep("ablations")
    for name, record in runs.items():
        yield f"ablation-{name}-accuracy", reached(record, ACCURACY)
    for name in ("post", "no-padding", "read-features"):
        yield f"ablation-{name}-hit", reached(runs[name], "test hit")
    for name in ("post", "no-norm", "read-features"):
        yield f"ablation-{name}-half", half(runs[name])
    for name in ("post", "repeat-1000"):
        claim = reached(runs[name], "validation train_loss", EARLY)
        yield f"ablation-{name}-early-training", claim
        claim = reached(runs[name], "validation loss", EARLY)
        yield f"ablation-{name}-early-held-out", claim
    yield "ablation-no-head-loss", reached(runs["no-head"], "test loss")
    post, p_values = runs.pop("post"), {}
    for name, record in runs.items():
        yield f"ablation-{name}-behind", points(record, post, ACCURACY)
        pair = values(record, ACCURACY), values(post, ACCURACY)
        p_values[name] = difference(*pair).p
    for name, claim in corrected(runs, p_values):
        yield f"ablation-{name}-chance", claim


def of_classifiers(runs: list[Record] | None = None) -> Claims:
    """Chapter 9: what plain classifiers reach, the stored ones or others."""
    runs = runs or [load("namer-28"), load("namer-17")]
    scenes = {"accuracy": 5_000, "names": 10_000, "color": 10_000}
    for field, n in scenes.items():
        measure = f"validation {field}"
        for record in runs:
            claim = reached(record, measure, scenes=n)
            yield f"{record.name}-{field}", claim
        yield f"namer-first-{field}", reached(runs[0], measure, 1, n)
    yield "namer-28-test-accuracy", reached(runs[0], ACCURACY)
    yield "climb-ceiling", reached(runs[0], "test color")


def of_repairs() -> Claims:
    """Chapter 9: one suspect at a time."""
    runs = sweep("repairs")
    post = runs["post"]
    for field in ("accuracy", "hit", "mass"):
        claim = reached(runs["image-sum"], f"test {field}")
        yield f"repairs-image-sum-{field}", claim
    yield "repairs-post-mass", reached(post, "test mass")
    claim = reached(runs["finer-map"], "validation accuracy")
    yield "repairs-finer-map-ends", claim
    claim = points(runs["image-sum"], post, "test hit")
    yield "repairs-image-sum-hits-more", claim
    what = f"validation gain in {WAIT} epochs after {LEVEL} %"
    claim = over_seeds(climb(post), what, VALIDATION_SCENES)
    yield "repairs-post-climb", of_run(post, claim)
    pairs = {name: (name, "post") for name in runs if name != "post"}
    for name in pairs:
        pair = climb(runs[name]), climb(post)
        claim = apart(runs[name], post, pair, what)
        yield f"repairs-{name}-climbs-more", claim
    pairs["alignment"] = "centered-cells", "image-sum"
    pairs["sharing"] = "shared-encoder", "colorless-keys"
    pairs["first-two"] = "finer-map", "center-pooling"
    for name, (one, other) in pairs.items():
        for split, ending in (("test", ""), ("validation", "-validation")):
            claim = points(runs[one], runs[other], f"{split} accuracy")
            yield f"repairs-{name}{ending}", claim


def climb(record: Record) -> pd.Series:
    """Return how many points each seed gains once it has reached a level."""
    return time_to_level(100 * record.curves("accuracy"), LEVEL, WAIT).gains


def of_rungs() -> Claims:
    """Chapter 10: the climb, rung by rung, and what each rung is worth."""
    runs = sweep("rungs")
    names, p_values = list(runs), {}
    for name, record in runs.items():
        yield f"rung-{name}-accuracy", reached(record, "validation accuracy")
        yield f"rung-{name}-test-accuracy", reached(record, ACCURACY)
    for before, name in zip(names, names[1:], strict=False):
        pair = runs[name], runs[before]
        yield f"rung-{name}-points", points(*pair, "validation accuracy")
        claim, p_values[name] = ratio(*pair)
        yield f"rung-{name}-worth", claim
    for name, claim in corrected(runs, p_values):
        yield f"rung-{name}-chance", claim
    first, top = runs[names[0]], runs[names[-1]]
    yield "climb-worth", ratio(top, first)[0]
    for key, record in (("post", first), ("top", top)):
        claim = reached(record, "validation accuracy", EARLY)
        yield f"climb-{key}-{EARLY}-epochs", claim
    without = sweep("without")
    top = without.pop("top")
    for name, record in without.items():
        yield f"without-{name}-worth", ratio(top, record)[0]


def of_sizes() -> Claims:
    """Chapter 10: small networks, each named by its number of parameters."""
    runs = sweep("sizes")
    lows = {n: values(runs[n], "validation accuracy").min() for n in runs}
    smallest = min((n for n in runs if lows[n] > BEATEN), key=int)
    for key, name in (("5872", "5872"), ("smallest", smallest)):
        claim = reached(runs[name], ACCURACY)
        yield f"size-{key}-test-accuracy", claim


def of_augmentation() -> Claims:
    """Chapter 10: what augmentation is worth in a long training."""
    plain = load("digits/plain")
    yield "digits-plain-test-accuracy", reached(plain, ACCURACY)
    yield "digits-plain-worth", ratio(load("best-mnist"), plain)[0]
    for key, name in (
        ("augmented", "clothes/augmented"),
        ("plain", "best-fashion"),
    ):
        record = load(name)
        one = values(record, ACCURACY)[:1]
        claim = over_seeds(one, f"test accuracy of {name}, first seed", 10_000)
        yield f"climb-fashion-{key}", of_run(record, claim)


def of_no_attention(record: Record | None = None) -> Claims:
    """Chapter 2: the network without attention, the stored runs or others."""
    record, post = record or load("no-attention"), load("repairs/post")
    yield "no-attention-accuracy", reached(record, ACCURACY)
    yield "no-attention-behind", points(record, post, ACCURACY)


PARTS = (
    of_named,
    of_plateau,
    of_ablations,
    of_classifiers,
    of_repairs,
    of_rungs,
    of_sizes,
    of_augmentation,
    of_no_attention,
)


if __name__ == "__main__":
    store = arguments(__doc__).store
    found = {name: claim for part in PARTS for name, claim in part()}
    differ = publish(found, COMMAND, store)
    sys.exit(differ > 0 and not store)
