"""Derive the claims that follow from stored runs: `make ledger`.

No network is asked or trained here, so that every machine finds the same
numbers: the script fails where the ledger has others. `--store` writes them.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, pairwise

import pandas as pd
from publish import arguments, publish

from colorattn.analysis import statistics
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
ACCURACY, HELD_OUT = "test accuracy", "validation accuracy"
LEVEL, WAIT = 75, 8  # %; epochs
CLIMB = f"validation gain in {WAIT} epochs after {LEVEL} %"
BEATEN = 95  # %; what the post reports
PLATEAU = "query-given image-given louder-head longer-query told-where".split()
STEPS = "threefold-rate tenfold-rate sgd sgd-louder-head".split()
Claims = Iterator[tuple[str, Claim]]
Runs = dict[str, Record]  # of a sweep, by variant


# ------------------------------------------------- from rows to claims


def values(
    record: Record, measure: str, epoch: int | None = None
) -> pd.Series:
    """Return a measure such as "test hit" by seed, at an epoch or the last.

    Losses are in nats, all else is in percent.
    """
    split, field = measure.split(maxsplit=1)
    if measure == CLIMB:
        curves = 100 * record.curves("accuracy")
        return statistics.time_to_level(curves, LEVEL, WAIT).gains
    if split == "test":
        found = record.test[field]
    else:
        curves = record.curves(field)
        found = curves[epoch or curves.columns[-1]]
    return found if field.endswith("loss") else 100 * found


def of_run(record: Record, claim: Claim) -> Claim:
    """Say how the runs were made from which a claim follows."""
    made = record.provenance
    facts = {key: made[key] for key in ("hardware", "versions", "date")}
    return replace(claim, command=f"{made['command']}; {COMMAND}", **facts)


def mean(record: Record, by_seed: pd.Series, what: str, unit: str) -> Claim:
    """Claim the mean of what was measured on validation scenes."""
    claim = over_seeds(by_seed, what, VALIDATION_SCENES, unit)
    return of_run(record, claim)


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


def points(
    one: Record, base: Record, measure: str, epoch: int | None = None
) -> Claim:
    """Claim the points between two runs, less the sign, which words have."""
    pair = values(one, measure, epoch), values(base, measure, epoch)
    pairs = (pair[0] - pair[1]).dropna()
    gained = pairs.mean() >= 0
    found = statistics.difference(*(pair if gained else pair[::-1]))
    what = f"points {'gained' if gained else 'lost'}, {measure}, from "
    what += f"{base.name} to {one.name}; 95 % t-interval of paired differences"
    what += f", after epoch {epoch}" if epoch else ""
    scenes = SCENES[measure.split()[0]]
    return of_run(one, paired(found, pairs, what, scenes))


def ratio(with_it: Record, without: Record) -> tuple[Claim, float]:
    """Claim how many times as many errors there are; and its p-value."""
    few, many = (100 - values(each, ACCURACY) for each in (with_it, without))
    found = statistics.error_ratio(many, few)
    what = f"as many wrong answers in {without.name} as in {with_it.name}, "
    what += "test; 95 % t-interval of the logarithms of paired ratios"
    pairs = (many / few).dropna()
    claim = paired(found, pairs, what, TEST_SCENES, "times")
    return of_run(with_it, claim), found.p


def corrected(runs: Runs, p_values: dict[str, float], key: str) -> Claims:
    """Claim p-values, each corrected for the number of them."""
    holm = statistics.holm([*p_values.values()])
    for name, p in zip(p_values, holm, strict=True):
        what = f"p-value of {name}, after Holm's correction for {len(holm)}"
        what += "; of all pairs together, so it has no seed"
        claim = of_run(runs[name], Claim(significant(p), "", what))
        yield f"{key}-{name}-chance", claim


def half(record: Record) -> Claim:
    """Claim after which epoch half of the answers are right."""
    first = (record.curves("accuracy") >= 0.5).idxmax(axis=1)
    what = f"the first epoch after which {record.name} is right half the time"
    return mean(record, first, what, "")


def sweep(name: str) -> Runs:
    """Read all variants of a sweep."""
    return {each: load(f"{name}/{each}") for each in SWEEPS[name].variants}


# ------------------------------------------------- chapter by chapter


def of_named() -> Claims:
    """Claim what the named networks reach, beside what the post says."""
    for name, quoted in QUOTED.items():
        yield name, Claim(*quoted, source="the post, 2020")
    names = "post-mnist-12 post-mnist-100 best-mnist-4 best-fashion-4"
    for name in names.split():
        record = load(f"{name}-epochs")
        yield record.name, reached(record, HELD_OUT, int(name.split("-")[2]))
    names = "post-mnist post-mnist-100-epochs post-fashion"
    names += " best-mnist best-mnist-4-epochs best-fashion"
    for name in names.split():
        for field in ("accuracy", "hit"):
            yield f"{name}-test-{field}", reached(load(name), f"test {field}")
    post = load("post-mnist")
    yield "post-mnist-300-epochs", reached(post, HELD_OUT, 300)
    # As many steps as 30 epochs of the finer map cost.
    yield "repairs-post-same-work", reached(post, HELD_OUT, 49)
    best = 100 * post.curves("accuracy").max(axis=1)
    what = f"{HELD_OUT} of post-mnist after its best epoch"
    yield "post-mnist-best-epoch", mean(post, best, what, "%")


def of_plateau(runs: Runs | None = None) -> Claims:
    """Chapter 5: what ends the plateau, in the stored runs or in others."""
    plain = load("post-mnist-12-epochs")
    runs = runs or {name: load(f"plateau-{name}") for name in PLATEAU + STEPS}
    for name, record in {"nothing-given": plain, **runs}.items():
        yield f"plateau-{name}-accuracy", reached(record, HELD_OUT, EARLY)
    gains = [plain.curves(each).diff(axis=1) for each in ("accuracy", "hit")]
    alike = gains[0].corrwith(gains[1], axis=1)
    what = "correlation of the gains in accuracy and hit from epoch to epoch"
    claim = mean(plain, alike, what, "")
    claim = replace(claim, low=None, high=None)  # far from normal
    yield "plateau-gains-correlation", claim
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
    for key, field in (("training", "train_loss"), ("held-out", "loss")):
        for name in ("post", "repeat-1000"):
            claim = reached(runs[name], f"validation {field}", EARLY)
            yield f"ablation-{name}-early-{key}", claim
    yield "ablation-no-head-loss", reached(runs["no-head"], "test loss")
    post, p_values = runs.pop("post"), {}
    for name, record in runs.items():
        yield f"ablation-{name}-behind", points(record, post, ACCURACY)
        pair = values(record, ACCURACY), values(post, ACCURACY)
        p_values[name] = statistics.difference(*pair).p
    yield from corrected(runs, p_values, "ablation")


def of_classifiers(runs: list[Record] | None = None) -> Claims:
    """Chapter 9: what plain classifiers reach, the stored ones or others."""
    runs = runs or [load("namer-28"), load("namer-17")]
    scenes = {"accuracy": 5_000, "names": 10_000, "color": 10_000}
    for field, n in scenes.items():
        measure = f"validation {field}"
        for record in runs:
            yield f"{record.name}-{field}", reached(record, measure, scenes=n)
        yield f"namer-first-{field}", reached(runs[0], measure, 1, n)
    yield "namer-28-test-accuracy", reached(runs[0], ACCURACY)
    yield "climb-ceiling", reached(runs[0], "test color")


def of_repairs() -> Claims:
    """Chapter 9: one suspect at a time."""
    runs = sweep("repairs")
    post, image_sum = runs["post"], runs["image-sum"]
    for field in ("accuracy", "hit", "mass"):
        yield f"repairs-image-sum-{field}", reached(image_sum, f"test {field}")
    yield "repairs-post-mass", reached(post, "test mass")
    yield "repairs-finer-map-ends", reached(runs["finer-map"], HELD_OUT)
    yield "repairs-image-sum-hits-more", points(image_sum, post, "test hit")
    yield "repairs-post-climb", mean(post, values(post, CLIMB), CLIMB, "%")
    pairs = {name: (name, "post") for name in runs if name != "post"}
    for name in pairs:
        yield f"repairs-{name}-climbs-more", points(runs[name], post, CLIMB)
    pairs["alignment"] = "centered-cells", "image-sum"
    pairs["sharing"] = "shared-encoder", "colorless-keys"
    pairs["first-two"] = "finer-map", "center-pooling"
    for name, (one, other) in pairs.items():
        for measure, ending in ((ACCURACY, ""), (HELD_OUT, "-validation")):
            claim = points(runs[one], runs[other], measure)
            yield f"repairs-{name}{ending}", claim


def of_rungs() -> Claims:
    """Chapter 10: the climb, rung by rung, and what each rung is worth."""
    runs, p_values = sweep("rungs"), {}
    for name, record in runs.items():
        yield f"rung-{name}-accuracy", reached(record, HELD_OUT)
        yield f"rung-{name}-test-accuracy", reached(record, ACCURACY)
    for before, name in pairwise(runs):
        pair = runs[name], runs[before]
        yield f"rung-{name}-points", points(*pair, HELD_OUT)
        claim, p_values[name] = ratio(*pair)
        yield f"rung-{name}-worth", claim
    yield from corrected(runs, p_values, "rung")
    first, *_, top = runs.values()
    yield "climb-worth", ratio(top, first)[0]
    for key, record in (("post", first), ("top", top)):
        yield f"climb-{key}-{EARLY}-epochs", reached(record, HELD_OUT, EARLY)
    without = sweep("without")
    top = without.pop("top")
    for name, record in without.items():
        yield f"without-{name}-worth", ratio(top, record)[0]


def of_sizes() -> Claims:
    """Chapter 10: small networks, each named by its number of parameters."""
    runs = sweep("sizes")
    beat = [n for n in runs if values(runs[n], HELD_OUT).min() > BEATEN]
    for key, name in (("5872", "5872"), ("smallest", min(beat, key=int))):
        yield f"size-{key}-test-accuracy", reached(runs[name], ACCURACY)


def of_augmentation() -> Claims:
    """Chapter 10: what augmentation is worth in a long training."""
    plain = load("digits/plain")
    yield "digits-plain-test-accuracy", reached(plain, ACCURACY)
    yield "digits-plain-worth", ratio(load("best-mnist"), plain)[0]
    trained = load("clothes/augmented"), load("best-fashion")
    for key, record in zip(("augmented", "plain"), trained, strict=True):
        one = values(record, ACCURACY)[:1]
        what = f"{ACCURACY} of {record.name}, first seed"
        claim = over_seeds(one, what, TEST_SCENES)
        yield f"climb-fashion-{key}", of_run(record, claim)


def of_no_attention(record: Record | None = None) -> Claims:
    """Chapter 2: the network without attention, the stored runs or others."""
    record, post = record or load("no-attention"), load("repairs/post")
    yield "no-attention-accuracy", reached(record, ACCURACY)
    yield "no-attention-behind", points(record, post, ACCURACY)


def of_plateau_gains(runs: Runs | None = None) -> Claims:
    """Chapter 5: what changes gain in the first epochs, paired by seed."""
    plain = load("post-mnist-12-epochs")
    names = PLATEAU + STEPS
    runs = runs or {name: load(f"plateau-{name}") for name in names}
    for name, record in runs.items():
        yield f"plateau-{name}-gain", points(record, plain, HELD_OUT, EARLY)
    pair = runs["sgd-louder-head"], runs["sgd"]
    claim = points(*pair, "validation purity", EARLY)
    yield "plateau-sgd-louder-head-purity-gain", claim
    louder = runs["louder-head"]
    spreads = [values(r, HELD_OUT, EARLY).var() for r in (louder, plain)]
    what = "as large is the variance between seeds with a larger head; of all"
    what += " seeds together, so it has no seed"
    claim = Claim(significant(spreads[0] / spreads[1]), "times", what)
    yield "plateau-louder-head-variance", of_run(louder, claim)


def of_records() -> Claims:
    """Chapter 10: the logarithm of the ink, Muon, and how far they go."""
    for name, record in sweep("head-and-step").items():
        for field in ("accuracy", "hit", "purity", "mass"):
            yield f"step-{name}-{field}", reached(record, f"test {field}")
    budgets = sweep("budgets")
    for name, record in {**sweep("race"), **budgets}.items():
        yield f"budget-{name}-accuracy", reached(record, HELD_OUT)
        yield f"budget-{name}-test-accuracy", reached(record, ACCURACY)
    for name in (name for name in budgets if name.startswith("log-")):
        pair = budgets[name], budgets[name.replace("log", "sum")]
        yield f"budget-{name}-worth", ratio(*pair)[0]
    (record,) = sweep("digits-records").values()
    for field in ("accuracy", "hit", "purity", "mass"):
        yield f"digits-records-{field}", reached(record, f"test {field}")


if __name__ == "__main__":
    store = arguments(__doc__).store
    early = of_named(), of_plateau(), of_ablations(), of_classifiers()
    late = of_repairs(), of_rungs(), of_sizes(), of_augmentation()
    last = of_no_attention(), of_plateau_gains(), of_records()
    found = chain(*early, *late, *last)
    sys.exit(publish(found, COMMAND, store) > 0 and not store)
