"""Derive the claims that follow from stored runs: `make ledger`.

No network is asked or trained here, so that every machine finds the same
numbers: the script fails where the ledger has others. `--store` writes them.
"""

import sys
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np
import pandas as pd
import torch
from publish import Claims, arguments, publish
from scipy import stats

from colorattn.analysis import statistics
from colorattn.claims import Claim, over_seeds, paired
from colorattn.data.seeds import Use, generator
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES, scenes
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
PAIRED = "95 % confidence interval of paired differences"
RATIOS = "95 % confidence interval of the logarithms of paired ratios"
WELCH = "95 % confidence interval by Welch's t, as their seeds do not pair"
ACCURACY, HELD_OUT = "test accuracy", "validation accuracy"
LEVEL, WAIT = 75, 8  # %; epochs
NEAR = 4  # points
CLIMB = f"validation gain in {WAIT} epochs after {LEVEL} %"
BEATEN = 95  # %; what the post reports
PLATEAU = "query-given image-given louder-head longer-query told-where".split()
PLATEAU += "threefold-rate tenfold-rate sgd sgd-louder-head".split()
LOOKS = "accuracy hit purity mass".split()
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
    what = f"{measure}, from {base.name} to {one.name}; {PAIRED}"
    what += f", after epoch {epoch}" if epoch else ""
    return of_run(one, gained(*pair, what, SCENES[measure.split()[0]]))


def gained(one: pd.Series, base: pd.Series, what: str, scenes: int) -> Claim:
    """Claim the points that a variant gains or loses, paired by seed."""
    if (one - base).mean() >= 0:
        return between(one, base, f"points gained, {what}", scenes)
    return between(base, one, f"points lost, {what}", scenes)


def between(
    one: pd.Series, base: pd.Series, what: str, scenes: int, unit: str = "%"
) -> Claim:
    """Claim how far one variant is ahead of another, paired by seed."""
    pairs = (one - base).dropna()
    found = statistics.difference(one, base)
    return paired(found, pairs, what, scenes, unit)


def ratio(with_it: Record, without: Record) -> Claim:
    """Claim how many times as many errors there are without a part."""
    few, many = (100 - values(each, ACCURACY) for each in (with_it, without))
    found = statistics.error_ratio(many, few)
    what = f"as many wrong answers in {without.name} as in {with_it.name}, "
    what += f"test; {RATIOS}"
    pairs = (many / few).dropna()
    claim = paired(found, pairs, what, TEST_SCENES, "times")
    return of_run(with_it, claim)


def ratio_over_drawings(with_it: Record, without: Record) -> Claim:
    """Claim the ratio with a bootstrap interval over seeds and drawings.

    Only seeds that both have count.
    """
    pair = with_it, without
    seeds = sorted(set(with_it.seeds) & set(without.seeds))
    right = [torch.tensor(r.right.loc[seeds].to_numpy()) for r in pair]
    marks, random = torch.stack(right).float(), generator(0, Use.BOOTSTRAP)
    asked = scenes(with_it.experiment, "test")
    rounds = statistics.bootstrap_shares(marks, asked, random)
    few, many = 1 - marks.double().mean(dim=(1, 2))
    fewer, more = (1 - rounds.double()).T
    ends = torch.tensor([0.025, 0.975], dtype=torch.double)
    low, high = (more / fewer).quantile(ends).tolist()
    what = f"as many wrong answers in {without.name} as in {with_it.name}, "
    what += "test; 95 % bootstrap interval over seeds and drawings"
    value, n = (many / few).item(), len(with_it.seeds)
    claim = Claim(value, "times", what, n, TEST_SCENES, low=low, high=high)
    return of_run(with_it, claim)


def unpaired(
    one: pd.Series, base: pd.Series, what: str, unit: str = "%"
) -> Claim:
    """Claim the difference of two means whose seeds do not pair.

    Its interval is by Welch's t. In times it is the ratio of geometric means.
    """
    times = unit == "times"
    pair = [np.log(each) if times else each for each in (one, base)]
    found = stats.ttest_ind(*pair, equal_var=False).confidence_interval(0.95)
    ends = pair[0].mean() - pair[1].mean(), found.low, found.high
    value, low, high = map(float, np.exp(ends) if times else ends)
    sizes = f"{len(one)} and {len(base)} of them"
    what += f"; {WELCH}, {sizes}; of all together, so it has no seed"
    return Claim(value, unit, what, None, TEST_SCENES, low=low, high=high)


def decided(
    key: str, found: list[statistics.Difference], record: Record, none: float
) -> Claims:
    """Count the changes that help and that hurt, after Holm's correction.

    More than `none` is better.
    """
    p_values = statistics.holm([each.p for each in found])
    pairs = zip(found, p_values, strict=True)
    means = [each.mean for each, p in pairs if p < 0.05]
    for name, n in (
        ("help", sum(mean > none for mean in means)),
        ("hurt", sum(mean < none for mean in means)),
    ):
        what = f"{key} that {name}, after Holm's correction for {len(found)}; "
        what += "of all pairs together, so it has no seed"
        yield f"{key}-that-{name}", of_run(record, Claim(n, "", what))


def first_at(record: Record, level: float) -> pd.Series:
    """Return each seed's first epoch at a validation accuracy, nan if none."""
    above = record.curves("accuracy") >= level / 100
    return above.idxmax(axis=1).where(above.any(axis=1))


def half(record: Record) -> Claim:
    """Claim after which epoch half of the answers are right."""
    first = first_at(record, 50).dropna()
    what = f"the first epoch after which {record.name} is right half the time"
    return mean(record, first, f"{what}, of the seeds that are", "")


def counted(record: Record, which: pd.Series, what: str) -> Claim:
    """Claim in how many seeds something is so."""
    return of_run(record, Claim(int(which.sum()), "", what, len(which)))


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
    names += " best-mnist best-fashion"
    for name in names.split():
        for field in ("accuracy", "hit"):
            yield f"{name}-test-{field}", reached(load(name), f"test {field}")
    post = load("post-mnist")
    yield "post-mnist-300-epochs", reached(post, HELD_OUT, 300)
    reward = load("reward/98")
    yield "reward", reached(reward, HELD_OUT, 8)
    yield "reward-first-epoch", reached(reward, HELD_OUT, 1)
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
    runs = runs or {name: load(f"plateau-{name}") for name in PLATEAU}
    yield "plateau-nothing-given-accuracy", reached(plain, HELD_OUT, EARLY)
    for name, record in runs.items():
        yield f"plateau-{name}-accuracy", reached(record, HELD_OUT, EARLY)
        yield f"plateau-{name}-gain", points(record, plain, HELD_OUT, EARLY)
    pair = runs["sgd-louder-head"], runs["sgd"]
    claim = points(*pair, "validation purity", EARLY)
    yield "plateau-sgd-louder-head-purity-gain", claim
    louder = runs["louder-head"]
    spreads = [values(r, HELD_OUT, EARLY).var() for r in (louder, plain)]
    what = "as large is the variance between seeds with a larger head; of all"
    what += " seeds together, so it has no seed"
    claim = Claim(spreads[0] / spreads[1], "times", what)
    yield "plateau-louder-head-variance", of_run(louder, claim)
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
    yield "climb-ceiling", reached(runs[0], "test color")  # of chapter 2


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
    found = [statistics.difference(each, base) for each in right.values()]
    yield from decided("repairs", found, post, 0)


def of_rungs() -> Claims:
    """Chapter 10: the climb, rung by rung, and what each rung is worth."""
    runs = sweep("rungs")
    for name in ("post", "augmentation"):
        yield f"rung-{name}-accuracy", reached(runs[name], HELD_OUT)
    for name in ("post", "finer-map", "augmentation"):
        yield f"rung-{name}-test-accuracy", reached(runs[name], ACCURACY)
    found = []
    for before, name in pairwise(runs):
        yield f"rung-{name}-points", points(runs[name], runs[before], HELD_OUT)
        pair = [values(runs[each], HELD_OUT) for each in (name, before)]
        found.append(statistics.difference(*pair))
    yield from decided("rungs", found, runs["post"], 0)
    first, *_, deeper, top = runs.values()
    yield "rung-augmentation-worth", ratio(top, deeper)
    yield "climb-worth", ratio(top, first)
    for key, record in (("post", first), ("top", top)):
        yield f"climb-{key}-{EARLY}-epochs", reached(record, HELD_OUT, EARLY)
    without = sweep("without")
    top = without.pop("top")
    few, found = 100 - values(top, ACCURACY), []
    for name, record in without.items():
        yield f"without-{name}-worth", ratio(top, record)
        many = 100 - values(record, ACCURACY)
        found.append(statistics.error_ratio(many, few))
    yield from decided("parts", found, top, 1)
    plain = without["pre-training"]
    yield "without-pre-training-test-accuracy", reached(plain, ACCURACY)
    yield "without-pre-training-validation", points(plain, top, HELD_OUT)


def of_sizes() -> Claims:
    """Chapter 10: small networks, each named by its number of parameters."""
    runs, again = sweep("sizes"), sweep("sizes-records")
    for key, name in (("5872", "5872"), ("smallest", smallest(runs, BEATEN))):
        yield f"size-{key}-test-accuracy", reached(runs[name], ACCURACY)
    yield "size-halving", halving(runs)
    for key, name in (("5794", "5794"), ("smallest", smallest(again, BEATEN))):
        yield f"size-records-{key}", reached(again[name], ACCURACY)
    tied, longer = sweep("tied").values()
    yield "size-tied-test-accuracy", reached(tied, ACCURACY)
    yield "size-tied-longer-test-accuracy", reached(longer, ACCURACY)


def smallest(runs: Runs, level: float) -> str:
    """Return the fewest parameters with which all seeds are above a level."""
    above = [n for n in runs if values(runs[n], HELD_OUT).min() > level]
    return min(above, key=int)


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
    yield "digits-plain-worth", ratio(load("best-mnist"), plain)


def of_no_attention(record: Record | None = None) -> Claims:
    """Chapter 2: the network without attention, the stored runs or others."""
    record, post = record or load("no-attention"), load("repairs/post")
    yield "no-attention-accuracy", reached(record, ACCURACY)
    yield "no-attention-behind", points(record, post, ACCURACY)


def of_cross() -> Claims:
    """Chapter 10: network and recipe, each with and without the other.

    Two of the four were trained on another machine, so no seeds pair.
    """
    runs = sweep("two-by-two")
    for name, record in runs.items():
        yield f"cross-{name}-test-accuracy", reached(record, ACCURACY)
        what = f"epochs until {record.name} is at 95 % on validation scenes"
        claim = mean(record, first_at(record, 95), what, "")
        yield f"time-two-by-two-{name}-95", claim
    runs |= {name: load(f"{name}-mnist") for name in ("post", "best")}
    for key, one, base in (
        ("network", "best-network", "post"),
        ("recipe", "best-recipe", "post"),
        ("recipe-last", "best", "best-network"),
    ):
        wrong = [100 - values(runs[name], ACCURACY) for name in (base, one)]
        what = f"as many wrong answers with {base} as with {one}, test"
        claim = unpaired(*wrong, what, "times")
        yield f"cross-{key}-worth", of_run(runs[one], claim)


def of_idle() -> Claims:
    """Chapter 10: all idle rungs removed at once."""
    top, removed = sweep("idle").values()
    yield "idle-worth", ratio(top, removed)
    claim = ratio_over_drawings(top, load("temperature/post"))
    yield "climb-again-worth-drawings", claim
    first = load("rungs/post")
    wrong = [100 - values(record, ACCURACY) for record in (first, removed)]
    what = f"as many wrong answers in {first.name} as in {removed.name}, test"
    claim = unpaired(*wrong, what, "times")
    yield "idle-climb-worth", of_run(removed, claim)


def of_temperature() -> Claims:
    """Chapter 9: the spread of the first scores as a cause of its own."""
    runs = sweep("temperature")
    pairs = {name: (name, "post") for name in runs if name != "post"}
    pairs["center-halving"] = "center-pooling-halved", "center-pooling"
    pairs["relu-doubling"] = "no-last-relu-doubled", "no-last-relu"
    for name, (one, base) in pairs.items():
        pair = runs[one], runs[base]
        yield f"temperature-{name}", points(*pair, ACCURACY)
        yield f"temperature-{name}-validation", points(*pair, HELD_OUT)
    doubled = runs["doubled"]
    lost = values(runs["post"], HELD_OUT) - values(doubled, HELD_OUT)
    near = lost.abs() < NEAR
    for key, marks, than in ("near", near, "less"), ("far", ~near, "more"):
        what = "seeds in which temperature/doubled and temperature/post end "
        what += f"{than} than {NEAR} points apart, validation"
        yield f"temperature-doubled-{key}", counted(doubled, marks, what)
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


def of_sgd() -> Claims:
    """Chapter 7: plain SGD with and without the scaling head."""
    for name, record in sweep("sgd").items():
        yield f"sgd-{name}-test-accuracy", reached(record, ACCURACY)


def of_fashion() -> Claims:
    """Chapter 8: both networks on clothes, with one budget."""
    runs = sweep("fashion-300")
    for name, record in runs.items():
        yield f"fashion-long-{name}-accuracy", reached(record, HELD_OUT)
        yield f"fashion-long-{name}-test-accuracy", reached(record, ACCURACY)
    yield "fashion-long-points", points(runs["best"], runs["post"], ACCURACY)


def of_controls() -> Claims:
    """Chapters 2 and 10: the controls that are trained for long."""
    pooled = load("no-attention-300")
    yield "no-attention-long-test-accuracy", reached(pooled, ACCURACY)
    for key, ours in ("augmented", "best-mnist"), ("plain", "digits/plain"):
        net, namer = load(ours), load(f"namer-{key}")
        yield f"{namer.name}-test-color", reached(namer, "test color")
        pair = values(net, ACCURACY), values(namer, "test color")
        what = f"points of {net.name} ahead of {namer.name}, test"
        yield f"reference-lead-{key}", of_run(net, unpaired(*pair, what))


def of_records() -> Claims:
    """Chapter 10: the logarithm of the ink, Muon, and how far they go."""
    steps, budgets = sweep("head-and-step"), sweep("budgets")
    for name, record in steps.items():
        for field in LOOKS:
            yield f"step-{name}-{field}", reached(record, f"test {field}")
    yield "step-all-validation", reached(steps["all"], HELD_OUT)
    base = steps["sum-adamw"]
    for key, name in {
        "log": "log-adamw",
        "muon": "sum-muon",
        "both": "log-muon",
    }.items():
        yield f"step-{key}-worth", ratio(steps[name], base)
    budgets["sixteen"] = load("race/sixteen")
    for name, record in budgets.items():
        yield f"budget-{name}-test-accuracy", reached(record, ACCURACY)
    yield "budget-log-1-worth", ratio(budgets["log-1"], budgets["sum-1"])


def of_the_longest() -> Claims:
    """Chapter 10: 300 epochs with both, beside the best network.

    That one was trained on another machine, so no seeds pair.
    """
    (record,), best = sweep("digits-records").values(), load("best-mnist")
    for field in LOOKS:
        measure = f"test {field}"
        yield f"digits-records-{field}", reached(record, measure)
        yield f"best-mnist-test-{field}", reached(best, measure)
    pair = [values(one, ACCURACY) for one in (record, best)]
    pair.sort(key=pd.Series.mean, reverse=True)
    what = f"points of {ACCURACY} between {record.name} and {best.name}"
    claim = of_run(record, unpaired(*pair, what))
    yield "digits-records-accuracy-points", claim
    wrong = ~record.right  # by seed and scene
    for words, marks in ("all seeds", wrong.all()), ("any seed", wrong.any()):
        what = f"test scenes that {words} of {len(wrong)} of {record.name} "
        what += "got wrong; of all seeds together, so it has no seed"
        claim = Claim(int(marks.sum()), "", what, None, TEST_SCENES)
        yield f"digits-records-wrong-{words[:3]}", of_run(record, claim)
    clothes = load("clothes-records/300"), load("fashion-300/best")
    yield "clothes-records-accuracy", reached(clothes[0], ACCURACY)
    yield "clothes-records-points", points(*clothes, ACCURACY)
    for field in LOOKS[2:]:
        for key, run in zip(("records", "best"), clothes, strict=True):
            yield f"clothes-{key}-{field}", reached(run, f"test {field}")


def of_drawings() -> Claims:
    """How much wider an interval gets where drawings are resampled, too."""
    kept = "unstable sgd temperature idle two-by-two fashion-300 head-and-step"
    kept += " budgets race tied sizes-records"
    found = [each for name in kept.split() for each in widened(name)]
    what = "times as wide, over seeds and drawings, is a 95 % interval of a "
    what += "variant's difference to its sweep's first, as over seeds alone; "
    what += "no seed"
    for key, words, value in (
        ("drawings-widen", "the median", np.median(found)),
        ("drawings-widen-most", "the most", max(found)),
    ):
        words = f"{what}, {words} of {len(found)}"
        yield key, Claim(float(value), "times", words)
    yield "drawings-widen-n", Claim(len(found), "", "comparisons; no seed")


def widened(name: str) -> list[float]:
    """Return by what each interval of a sweep, against the first, is wider."""
    runs = [*sweep(name).values()]
    asked = scenes(runs[0].experiment, "test")
    right = torch.stack([torch.tensor(run.right.to_numpy()) for run in runs])
    means = right.double().mean(dim=2, keepdim=True)  # as if of one scene
    widths, ends = [], torch.tensor([0.025, 0.975], dtype=torch.double)
    for marks, drawn in ((means, asked[:1]), (right, asked)):
        random = generator(0, Use.BOOTSTRAP)
        rounds = statistics.bootstrap_shares(marks.double(), drawn, random)
        low, high = (rounds[:, 1:] - rounds[:, :1]).quantile(ends, dim=0)
        widths.append(high - low)
    return (widths[1] / widths[0]).tolist()


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
    of_cross,
    of_idle,
    of_temperature,
    of_unstable,
    of_sgd,
    of_fashion,
    of_controls,
    of_records,
    of_the_longest,
    of_drawings,
)


if __name__ == "__main__":
    store = arguments(__doc__).store
    found = chain.from_iterable(part() for part in PARTS)
    sys.exit(publish(found, COMMAND, store) > 0 and not store)
