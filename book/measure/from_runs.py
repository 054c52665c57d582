"""Derive the claims that follow from stored runs: `make ledger`.

No network is asked or trained here, so that every machine finds the same
numbers: the script fails where the ledger has others. `--store` writes them.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, pairwise

import numpy as np
import pandas as pd
import torch
from publish import arguments, publish
from scipy import stats
from torch import Tensor

from colorattn.analysis import statistics
from colorattn.analysis.statistics import bootstrap_shares
from colorattn.claims import Claim, over_seeds, paired, significant
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch
from colorattn.runs.catalog import RATES, SWEEPS
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES, scenes
from colorattn.runs.store import Record, load
from colorattn.training.config import POST, vary

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
PAIRED = "95 % confidence interval of paired differences"
RATIOS = "95 % confidence interval of the logarithms of paired ratios"
WELCH = "95 % confidence interval by Welch's t, as their seeds do not pair"
ACCURACY, HELD_OUT = "test accuracy", "validation accuracy"
LEVEL, WAIT = 75, 8  # %; epochs
NEAR = 4  # points
CLIMB = f"validation gain in {WAIT} epochs after {LEVEL} %"
BEATEN = 95  # %; what the post reports
PLATEAU = "query-given image-given louder-head longer-query told-where".split()
STEPS = "threefold-rate tenfold-rate sgd sgd-louder-head".split()
Claims = Iterator[tuple[str, Claim]]
Runs = dict[str, Record]  # of a sweep, by variant
Effects = dict[str, statistics.Difference]  # by change


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
    what += f"{base.name} to {one.name}; {PAIRED}"
    what += f", after epoch {epoch}" if epoch else ""
    scenes = SCENES[measure.split()[0]]
    return of_run(one, paired(found, pairs, what, scenes))


def ratio(with_it: Record, without: Record) -> tuple[Claim, float]:
    """Claim how many times as many errors there are; and its p-value."""
    few, many = (100 - values(each, ACCURACY) for each in (with_it, without))
    found = statistics.error_ratio(many, few)
    what = f"as many wrong answers in {without.name} as in {with_it.name}, "
    what += f"test; {RATIOS}"
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


def decided(key: str, found: Effects, record: Record, none: float) -> Claims:
    """Count the changes that help and that hurt, after Holm's correction.

    More than `none` is better.
    """
    sure = statistics.holm([effect.p for effect in found.values()])
    means = [
        effect.mean
        for effect, p in zip(found.values(), sure, strict=True)
        if p < 0.05
    ]
    for name, n in (
        ("help", sum(mean > none for mean in means)),
        ("hurt", sum(mean < none for mean in means)),
    ):
        what = f"{key} that {name}, after Holm's correction for {len(found)}; "
        what += "of all pairs together, so it has no seed"
        yield f"{key}-that-{name}", of_run(record, Claim(n, "", what))


def half(record: Record) -> Claim:
    """Claim after which epoch half of the answers are right."""
    first = first_at(record, 50).dropna()
    what = f"the first epoch after which {record.name} is right half the time"
    return mean(record, first, f"{what}, of the seeds that are", "")


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
    clothes = load("post-fashion")
    yield "post-fashion-100-epochs", reached(clothes, HELD_OUT, 100)
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
    for key, field in (("training", "train_loss"), ("held-out", "loss")):
        for name in ("post", "repeat-1000"):
            claim = reached(runs[name], f"validation {field}", EARLY)
            yield f"ablation-{name}-early-{key}", claim
    yield "ablation-no-head-loss", reached(runs["no-head"], "test loss")
    pair = runs["no-head"], runs["post"]
    yield "ablation-no-head-early", points(*pair, HELD_OUT, EARLY)
    post = runs.pop("post")
    for name, record in runs.items():
        if name not in SWEEPS["unstable"].variants:
            yield f"ablation-{name}-behind", points(record, post, ACCURACY)


def of_classifiers(runs: list[Record] | None = None) -> Claims:
    """Chapter 9: what plain classifiers reach, the stored ones or others."""
    runs = runs or [load("namer-28"), load("namer-17")]
    scenes = {"accuracy": 5_000, "names": 10_000, "color": 10_000}
    for field, n in scenes.items():
        measure = f"validation {field}"
        for record in runs:
            yield f"{record.name}-{field}", reached(record, measure, scenes=n)
        yield f"namer-first-{field}", reached(runs[0], measure, 1, n)


def of_repairs() -> Claims:
    """Chapter 9: one suspect at a time."""
    runs = sweep("repairs")
    post, image_sum = runs["post"], runs["image-sum"]
    for field in ("accuracy", "hit"):
        yield f"repairs-image-sum-{field}", reached(image_sum, f"test {field}")
    yield "repairs-finer-map-ends", reached(runs["finer-map"], HELD_OUT)
    for name in ("finer-map", "center-pooling", "colorless-keys"):
        yield f"repairs-{name}-climbs-more", points(runs[name], post, CLIMB)
    for name in ("finer-map", "center-pooling", "no-last-relu", "wider-keys"):
        claim = points(runs[name], post, HELD_OUT)
        yield f"repairs-{name}-validation", claim
    pairs = {name: (name, "post") for name in runs if name != "post"}
    pairs["alignment"] = "centered-cells", "image-sum"
    pairs["sharing"] = "shared-encoder", "colorless-keys"
    for name, (one, other) in pairs.items():
        claim = points(runs[one], runs[other], ACCURACY)
        yield f"repairs-{name}", claim
    (finer,) = sweep("grid").values()
    claim = points(finer, runs["centered-cells"], ACCURACY)
    yield "grid-finer-centered", claim
    right = {name: values(record, ACCURACY) for name, record in runs.items()}
    base = right.pop("post")
    found = {n: statistics.difference(x, base) for n, x in right.items()}
    yield from decided("repairs", found, post, 0)


def of_rungs() -> Claims:
    """Chapter 10: the climb, rung by rung, and what each rung is worth."""
    runs = sweep("rungs")
    for name in ("post", "augmentation"):
        yield f"rung-{name}-accuracy", reached(runs[name], HELD_OUT)
    for name in ("post", "finer-map", "augmentation"):
        yield f"rung-{name}-test-accuracy", reached(runs[name], ACCURACY)
    found = {}
    for before, name in pairwise(runs):
        points_gained = points(runs[name], runs[before], HELD_OUT)
        yield f"rung-{name}-points", points_gained
        pair = [values(runs[each], HELD_OUT) for each in (name, before)]
        found[name] = statistics.difference(*pair)
    yield from decided("rungs", found, runs["post"], 0)
    first, *_, deeper, top = runs.values()
    yield "rung-augmentation-worth", ratio(top, deeper)[0]
    yield "climb-worth", ratio(top, first)[0]
    for key, record in (("post", first), ("top", top)):
        yield f"climb-{key}-{EARLY}-epochs", reached(record, HELD_OUT, EARLY)
    without = sweep("without")
    top = without.pop("top")
    names = (
        "deeper finer-map one-cycle image-sum shared-encoder center-pooling"
    )
    for name in names.split():
        yield f"without-{name}-worth", ratio(top, without[name])[0]
    wrong = {name: 100 - values(r, ACCURACY) for name, r in without.items()}
    few = 100 - values(top, ACCURACY)
    found = {n: statistics.error_ratio(x, few) for n, x in wrong.items()}
    yield from decided("parts", found, top, 1)
    plain = without["pre-training"]
    yield "without-pre-training-test-accuracy", reached(plain, ACCURACY)
    yield "without-pre-training-validation", points(plain, top, HELD_OUT)


def of_sizes() -> Claims:
    """Chapter 10: small networks, each named by its number of parameters."""
    runs = sweep("sizes")
    beat = [n for n in runs if values(runs[n], HELD_OUT).min() > BEATEN]
    for key, name in (("5872", "5872"), ("smallest", min(beat, key=int))):
        yield f"size-{key}-test-accuracy", reached(runs[name], ACCURACY)
    yield "size-halving", halving(runs)
    (tied,) = sweep("tied").values()
    yield "size-tied-test-accuracy", reached(tied, ACCURACY)


def halving(runs: Runs) -> Claim:
    """Claim by what errors are multiplied for each halving of parameters."""
    small, large = min(runs, key=int), max(runs, key=int)
    halvings = np.log2(int(large) / int(small))
    few, many = (100 - values(runs[name], ACCURACY) for name in (large, small))
    found = statistics.error_ratio(many, few)
    each = tuple(np.power(found[:3], 1 / halvings).tolist())
    what = f"as many wrong answers for each halving of the {large} parameters "
    what += f"to {small}, test; {RATIOS}"
    pairs = (many / few) ** (1 / halvings)
    claim = paired(each, pairs, what, TEST_SCENES, "times")
    return of_run(runs[large], claim)


def of_augmentation() -> Claims:
    """Chapter 10: what augmentation is worth in a long training."""
    plain = load("digits/plain")
    yield "digits-plain-test-accuracy", reached(plain, ACCURACY)
    yield "digits-plain-worth", ratio(load("best-mnist"), plain)[0]


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


# ------------------------------------------------- over seeds and drawings


@cache
def asked(dataset: str) -> Batch:
    """Return the test scenes of a dataset."""
    return scenes(vary(POST, {"dataset": dataset}), "test")


def shares(*records: Record) -> tuple[Tensor, Tensor]:
    """Return the test errors of each record, and of each in each round, in %.

    Only seeds that all have count.
    """
    seeds = sorted(set.intersection(*(set(r.seeds) for r in records)))
    right = [torch.tensor(r.right.loc[seeds].to_numpy()) for r in records]
    found, random = torch.stack(right).float(), generator(0, Use.BOOTSTRAP)
    about = asked(records[0].experiment.dataset)
    rounds = bootstrap_shares(found, about, random)
    means = found.double().mean(dim=(1, 2))
    return 100 * (1 - means), 100 * (1 - rounds.double())


def resampled(
    value: Tensor, rounds: Tensor, record: Record, what: str, unit: str = "%"
) -> Claim:
    """Claim a number with its bootstrap interval over seeds and drawings."""
    ends = rounds.quantile(torch.tensor([0.025, 0.975], dtype=torch.double))
    what += "; 95 % bootstrap interval over seeds and drawings"
    n = len(record.seeds), TEST_SCENES
    low, high = ends.tolist()
    claim = Claim(value.item(), unit, what, *n, low=low, high=high)
    return of_run(record, claim)


def of_drawings(record: Record) -> Claim:
    """Claim a test accuracy with an interval over seeds and drawings."""
    (wrong,), rounds = shares(record)
    what = f"{ACCURACY} of {record.name}"
    return resampled(100 - wrong, 100 - rounds[:, 0], record, what)


def worth(key: str, with_it: Record, without: Record) -> Claims:
    """Claim a ratio of errors: over seeds, and over seeds and drawings."""
    what = f"as many wrong answers in {without.name} as in {with_it.name}, "
    what += "test"
    errors = [100 * (1 - r.right.mean(axis=1)) for r in (without, with_it)]
    found = statistics.error_ratio(*errors)
    pairs = (errors[0] / errors[1]).dropna()
    said = f"{what}; {RATIOS}"
    claim = paired(found, pairs, said, TEST_SCENES, "times")
    yield f"{key}-worth", of_run(with_it, claim)
    (few, many), rounds = shares(with_it, without)
    each = rounds[:, 1] / rounds[:, 0]
    claim = resampled(many / few, each, with_it, what, "times")
    yield f"{key}-worth-drawings", claim


# ------------------------------------------------- what tells causes apart


def first_at(record: Record, level: float) -> pd.Series:
    """Return each seed's first epoch at a validation accuracy, nan if none."""
    above = record.curves("accuracy") >= level / 100
    return above.idxmax(axis=1).where(above.any(axis=1))


def welch(
    one: pd.Series, base: pd.Series, sizes: bool = False
) -> tuple[float, float, float]:
    """Return the difference of two means whose seeds do not pair.

    With its 95% confidence interval by Welch's t; of `sizes`, the ratio.
    """
    pair = [np.log(each) if sizes else each for each in (one, base)]
    found = stats.ttest_ind(*pair, equal_var=False).confidence_interval(0.95)
    middle = pair[0].mean() - pair[1].mean()
    ends = middle, float(found.low), float(found.high)
    return tuple(np.exp(ends).tolist()) if sizes else ends


def of_cross() -> Claims:
    """Chapter 10: network and recipe, each with and without the other.

    Two of the four were trained on another machine, so no seeds pair.
    """
    runs = sweep("two-by-two")
    for name, record in runs.items():
        yield f"cross-{name}-accuracy", reached(record, HELD_OUT)
        yield f"cross-{name}-test-accuracy", reached(record, ACCURACY)
        yield f"cross-{name}-test-drawings", of_drawings(record)
    runs |= {name: load(f"{name}-mnist") for name in ("post", "best")}
    pairs = {
        "network": ("best-network", "post"),
        "recipe": ("best-recipe", "post"),
        "network-last": ("best", "best-recipe"),
        "recipe-last": ("best", "best-network"),
        "both": ("best", "post"),
        "network-or-recipe": ("best-network", "best-recipe"),
    }
    for key, (one, base) in pairs.items():
        each = [values(runs[name], ACCURACY) for name in (one, base)]
        what = f"points gained, test accuracy, from {base} to {one}; {WELCH}"
        claim = apart(each, welch(*each), what, "%")
        yield f"cross-{key}-points", of_run(runs[one], claim)
        errors = [100 - accuracy for accuracy in each[::-1]]
        what = (
            f"as many wrong answers with {base} as with {one}, test; {WELCH}"
        )
        found = welch(*errors, sizes=True)
        claim = apart(errors, found, what, "times")
        yield f"cross-{key}-worth", of_run(runs[one], claim)


def apart(
    groups: list[pd.Series],
    found: tuple[float, float, float],
    what: str,
    unit: str,
) -> Claim:
    """Claim what compares two groups of seeds, which do not pair."""
    sizes = " and ".join(str(len(each)) for each in groups)
    what += f", {sizes} of them; of all together, so it has no seed"
    value, low, high = found
    return Claim(value, unit, what, None, TEST_SCENES, low=low, high=high)


def of_idle() -> Claims:
    """Chapter 10: all idle rungs removed at once."""
    runs = sweep("idle")
    for name, record in runs.items():
        yield f"idle-{name}-accuracy", reached(record, HELD_OUT)
        yield f"idle-{name}-test-accuracy", reached(record, ACCURACY)
    top, removed = runs["top"], runs["removed"]
    for measure, ending in ((ACCURACY, ""), (HELD_OUT, "-validation")):
        yield f"idle-points{ending}", points(removed, top, measure)
    yield from worth("idle", top, removed)
    yield from worth("climb-again", top, load("temperature/post"))
    first = load("rungs/post")
    each = [100 - values(r, ACCURACY) for r in (first, removed)]
    what = (
        f"as many wrong answers in {first.name} as in {removed.name}, test; "
    )
    claim = apart(each, welch(*each, sizes=True), what + WELCH, "times")
    yield "idle-climb-worth", of_run(removed, claim)


def of_temperature() -> Claims:
    """Chapter 9: the spread of the first scores as a cause of its own."""
    runs = sweep("temperature")
    for name, record in runs.items():
        yield f"temperature-{name}-test-accuracy", reached(record, ACCURACY)
    pairs = {name: (name, "post") for name in runs if name != "post"}
    pairs["center-halving"] = "center-pooling-halved", "center-pooling"
    pairs["relu-doubling"] = "no-last-relu-doubled", "no-last-relu"
    for name, (one, base) in pairs.items():
        pair = runs[one], runs[base]
        yield f"temperature-{name}", points(*pair, ACCURACY)
        yield f"temperature-{name}-validation", points(*pair, HELD_OUT)
        for level in (50, 75):
            firsts = [first_at(each, level) for each in pair[::-1]]
            what = f"epochs sooner at {level} % is {one} than {base}; {PAIRED}"
            found = statistics.difference(*firsts)
            apart = (firsts[0] - firsts[1]).dropna()
            claim = paired(found, apart, what, VALIDATION_SCENES, "")
            yield f"temperature-{name}-sooner-{level}", of_run(pair[0], claim)
    doubled = runs["doubled"]
    lost = values(runs["post"], HELD_OUT) - values(doubled, HELD_OUT)
    near = lost.abs() < NEAR
    for key, marks in (("near", near), ("far", ~near)):
        what = "seeds in which temperature/doubled and temperature/post end "
        what += f"{'less' if key == 'near' else 'more'} than {NEAR} points "
        claim = counted(doubled, marks, f"{what}apart, validation")
        yield f"temperature-doubled-{key}", claim
    what = "points lost, validation accuracy, by those of temperature/doubled"
    claim = mean(doubled, lost[~near], f"{what} that are far behind", "%")
    yield "temperature-doubled-lost", claim


def of_unstable() -> Claims:
    """Chapter 7: the networks whose five seeds disagree, with more seeds."""
    many = load("seeds/post")
    worst = values(many, ACCURACY)
    what = f"{ACCURACY} of the worst of {len(worst)} seeds, seeds/post"
    claim = Claim(worst.min(), "%", what, 1, TEST_SCENES)
    yield "seeds-post-worst", of_run(many, claim)
    yield "seeds-post-accuracy", reached(many, ACCURACY)
    runs = sweep("unstable")
    post, linear = runs["post"], runs["linear-head"]
    for name, record in runs.items():
        yield f"unstable-{name}-accuracy", reached(record, ACCURACY)
        if record is not post:
            yield f"unstable-{name}-behind", points(record, post, ACCURACY)
    features = runs["read-features"]
    yield "unstable-read-features-hit", reached(features, "test hit")
    for name in ("post", "no-norm", "read-features"):
        yield f"unstable-{name}-half", half(runs[name])
    yield "unstable-features-controlled", points(features, linear, ACCURACY)
    never = features.experiment.recipe.epochs + 1
    first = [first_at(each, 50).fillna(never) for each in (features, linear)]
    what = "seeds in which read-features is right half the time sooner than "
    claim = counted(features, first[0] < first[1], f"{what}linear-head")
    yield "unstable-features-sooner", claim


def counted(record: Record, which: pd.Series, what: str) -> Claim:
    """Claim in how many seeds something is so."""
    return of_run(record, Claim(int(which.sum()), "", what, len(which)))


def of_sgd() -> Claims:
    """Chapter 7: plain SGD with and without the scaling head."""
    runs = sweep("sgd")
    for name, record in runs.items():
        yield f"sgd-{name}-accuracy", reached(record, HELD_OUT)
        yield f"sgd-{name}-test-accuracy", reached(record, ACCURACY)
        yield f"sgd-{name}-hit", reached(record, "test hit")
    for name in RATES:
        pair = runs[f"scaling-{name}"], runs[f"none-{name}"]
        yield f"sgd-{name}-points", points(*pair, ACCURACY)
        for record in pair:
            yield f"{record.name.replace('/', '-')}-half", half(record)


def of_fashion() -> Claims:
    """Chapter 8: both networks on clothes, with one budget."""
    runs = sweep("fashion-300")
    for name, record in runs.items():
        yield f"fashion-long-{name}-accuracy", reached(record, HELD_OUT)
        yield f"fashion-long-{name}-test-accuracy", reached(record, ACCURACY)
        yield f"fashion-long-{name}-test-drawings", of_drawings(record)
    post = runs["post"]
    yield "fashion-long-post-100-epochs", reached(post, HELD_OUT, 100)
    yield "fashion-long-points", points(runs["best"], post, ACCURACY)
    yield from worth("fashion-long", runs["best"], post)
    yield "post-fashion-validation", reached(load("post-fashion"), HELD_OUT)
    yield "best-fashion-validation", reached(load("best-fashion"), HELD_OUT)


def of_controls() -> Claims:
    """Chapters 2 and 10: the controls that are trained for long."""
    pooled, post = load("no-attention-300"), load("post-mnist")
    yield "no-attention-long-accuracy", reached(pooled, HELD_OUT)
    yield "no-attention-long-test-accuracy", reached(pooled, ACCURACY)
    yield "no-attention-100-epochs", reached(pooled, HELD_OUT, 100)
    each = [values(record, ACCURACY) for record in (pooled, post)]
    what = f"points gained, test accuracy, from {post.name} to {pooled.name}; "
    claim = apart(each, welch(*each), what + WELCH, "%")
    yield "no-attention-long-ahead", of_run(pooled, claim)
    plain, moved = load("namer-plain"), load("namer-augmented")
    for record in (plain, moved):
        for field in ("accuracy", "color"):
            claim = reached(record, f"test {field}")
            yield f"{record.name}-test-{field}", claim
        yield f"{record.name}-color-drawings", of_drawings(record)
    yield from worth("namer-augmentation", moved, plain)
    ours = {"augmented": load("best-mnist"), "plain": load("digits/plain")}
    for (key, net), namer in zip(ours.items(), (moved, plain), strict=True):
        each = [values(net, ACCURACY), values(namer, "test color")]
        what = f"points of {net.name} ahead of {namer.name}, test; {WELCH}"
        claim = apart(each, welch(*each), what, "%")
        yield f"reference-lead-{key}", of_run(net, claim)


def of_times() -> Claims:
    """Chapter 10: epochs to a validation accuracy, where all seeds reach it.

    The schedule of a run depends on its length, so that a short one is soon.
    """
    names = [
        f"{name}/{variant}"
        for name in ("two-by-two", "rungs", "idle")
        for variant in SWEEPS[name].variants
    ]
    names += "post-mnist best-mnist best-mnist-4-epochs".split()
    for name in [*names, "no-attention-300"]:
        record = load(name)
        for level in (90, 95, 99):
            key = f"time-{name.replace('/', '-')}-{level}"
            first = first_at(record, level)
            what = f"seeds of {name} that reach {level} % on validation scenes"
            yield f"{key}-seeds", counted(record, first.notna(), what)
            if first.notna().all():
                what = f"epochs until {name} is at {level} % on validation "
                yield key, mean(record, first, f"{what}scenes", "")


STEPS_OF = {  # chapter 10's last climb: each pair's worth
    "log": ("log-adamw", "sum-adamw"),
    "muon": ("sum-muon", "sum-adamw"),
    "both": ("log-muon", "sum-adamw"),
    "log-last": ("log-muon", "sum-muon"),
    "muon-last": ("log-muon", "log-adamw"),
}
LOOKS = "accuracy hit purity mass".split()


def of_records() -> Claims:
    """Chapter 10: the logarithm of the ink, Muon, and how far they go."""
    steps = sweep("head-and-step")
    for name, record in steps.items():
        for field in LOOKS:
            yield f"step-{name}-{field}", reached(record, f"test {field}")
    yield "step-all-validation", reached(steps["all"], HELD_OUT)
    for key, (one, base) in STEPS_OF.items():
        yield f"step-{key}-worth", ratio(steps[one], steps[base])[0]
    for key, one, base in (
        ("raw", "raw-adamw", "sum-adamw"),
        ("all", "all", "log-muon"),
    ):
        pair = steps[one], steps[base]
        yield f"step-{key}-points", points(*pair, ACCURACY)
    budgets, races = sweep("budgets"), sweep("race")
    for name, record in {**races, **budgets}.items():
        yield f"budget-{name}-accuracy", reached(record, HELD_OUT)
        yield f"budget-{name}-test-accuracy", reached(record, ACCURACY)
    pair = steps["all"], races["2-early"]
    yield "budget-2-early-points", points(*pair, ACCURACY)
    for name in (name for name in budgets if name.startswith("log-")):
        pair = budgets[name], budgets[name.replace("log", "sum")]
        yield f"budget-{name}-worth", ratio(*pair)[0]
    yield from of_the_longest()


def of_the_longest() -> Claims:
    """Chapter 10: 300 epochs with both, beside the best network.

    That one was trained on another machine, so no seeds pair.
    """
    (record,), best = sweep("digits-records").values(), load("best-mnist")
    for field in LOOKS:
        measure = f"test {field}"
        yield f"digits-records-{field}", reached(record, measure)
        yield f"best-mnist-test-{field}", reached(best, measure)
        each = [values(one, measure) for one in (record, best)]
        more = each if each[0].mean() >= each[1].mean() else each[::-1]
        what = f"points of {measure} between {record.name} and {best.name}; "
        claim = apart(each, welch(*more), what + WELCH, "%")
        yield f"digits-records-{field}-points", of_run(record, claim)
    wrong = (~record.right.astype(bool)).sum()  # by scene: of how many seeds
    n = len(record.seeds)
    for key, count, words in (
        ("all", (wrong == n).sum(), "all seeds"),
        ("one", (wrong == 1).sum(), "one seed alone"),
        ("any", (wrong > 0).sum(), "any seed"),
        ("most", (wrong > n / 2).sum(), "most seeds"),
    ):
        what = f"test scenes that {words} of {n} of {record.name} got wrong; "
        what += "of all seeds together, so it has no seed"
        claim = Claim(int(count), "", what, None, TEST_SCENES)
        yield f"digits-records-wrong-{key}", of_run(record, claim)


if __name__ == "__main__":
    store = arguments(__doc__).store
    early = of_named(), of_plateau(), of_ablations(), of_classifiers()
    late = of_repairs(), of_rungs(), of_sizes(), of_augmentation()
    found = chain(*early, *late, of_no_attention(), of_plateau_gains())
    causes = of_cross(), of_idle(), of_temperature(), of_unstable(), of_sgd()
    long = of_fashion(), of_controls(), of_times()
    found = chain(found, *causes, *long, of_records())
    sys.exit(publish(found, COMMAND, store) > 0 and not store)
