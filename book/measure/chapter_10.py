"""Measure what chapter 10 says of the climb, and write it down.

`python book/measure/chapter_10.py` trains five plain classifiers (two minutes
of one core), sorts the errors of the stored best nets by them, and reads the
rows of the sweeps. `--rows` only reads rows: enough after more seeds have been
stored. What has fewer than two seeds is left out, and said.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import process_time
from typing import Any

import numpy as np
import torch
from chapter_08 import SHOES, TOPS
from chapter_09 import gain
from from_runs import several, summary

from colorattn import claims, runs
from colorattn.analysis import classifier, errors, intervention
from colorattn.analysis.localization import hit
from colorattn.analysis.statistics import error_ratio, holm
from colorattn.claims import Claim, significant
from colorattn.data import symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.runs import store
from colorattn.runs.catalog import CLIMB, SWEEPS
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES
from colorattn.runs.store import Record
from colorattn.training.config import POST
from colorattn.training.loop import stream_of, train

COMMAND = "python book/measure/chapter_10.py"
MADE = "command", "hardware", "versions", "date"
SCENES = {"test": TEST_SCENES, "validation": VALIDATION_SCENES}
LIVE = 3  # the epoch after which the chapter's own run is compared
BEATEN = 0.95  # what the post reports
NAMERS, LESSONS = range(5), 3  # classifiers, and epochs of each
TURNS, STEPS = 7, 20  # of training, to see what a step costs
SHORT = "label", "drawing", "rival", "ink", "twin", "none"  # of KINDS


def load_runs(sweep: str, names: Sequence[str]) -> dict[str, Record]:
    """Read what is stored of a sweep with two seeds at least."""
    found = {}
    for name in names:
        path = f"{sweep}/{name}"
        if store.exists(path) and len(runs.load(path).test) > 1:
            found[name] = runs.load(path)
        else:
            print(f"{path}: fewer than two seeds, left out")
    return found


def ends(record: Record, split: str) -> dict[int, float]:
    """Return the last accuracy of each seed, 0 to 1."""
    rows = record.test if split == "test" else record.rows
    return {row["seed"]: row["accuracy"] for row in rows}


def paired(
    one: Record, other: Record, split: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the last accuracies of two runs, for the seeds of both."""
    found = ends(one, split), ends(other, split)
    both = sorted(found[0].keys() & found[1].keys())
    first, second = (np.array([each[s] for s in both]) for each in found)
    return first, second


def facts(record: Record) -> dict[str, Any]:
    """Return how a run was made."""
    return {key: record.provenance[key] for key in MADE}


def reached(key: str, record: Record) -> Iterator[tuple[str, Claim]]:
    """Claim what runs reach: on both splits, where they look, how long."""
    for split, ending in (("validation", ""), ("test", "-test")):
        values = 100 * np.array(list(ends(record, split).values()))
        what = f"{split} accuracy of {record.name} after its last epoch"
        made = summary(record, values, what, SCENES[split])
        yield f"{key}{ending}-accuracy", made
    wrong = np.array([100 * (1 - row["accuracy"]) for row in record.test])
    what = f"wrong answers of {record.name}, test"
    yield f"{key}-errors", above_zero(summary(record, wrong, what, 10_000))
    last = np.array([100 * row["hit"] for row in record.test])
    what = f"hit of {record.name}, test"
    yield f"{key}-hit", summary(record, last, what, TEST_SCENES)


def above_zero(claim: Claim) -> Claim:
    """Let no interval of a number that is never negative begin below 0."""
    return claim if not claim.low else replace(claim, low=max(claim.low, 0.0))


def points(
    with_it: Record, without: Record, split: str = "validation"
) -> Claim:
    """Claim the points of accuracy between two runs."""
    pair = (100 * each for each in paired(with_it, without, split))
    what = f"{with_it.name} less {without.name}, {split}"
    return replace(gain(*pair, what), scenes=SCENES[split], **facts(with_it))


def factor(with_it: Record, without: Record) -> tuple[Claim, float] | None:
    """Claim how many times as many errors there are, and with what chance."""
    right = paired(with_it, without, "test")
    few, many = (1 - each for each in right)
    if min(few.min(), many.min()) == 0:
        return None
    found = error_ratio(many, few)
    return Claim(
        significant(found.mean),
        "times",
        f"as many wrong answers in {without.name} as in {with_it.name}, test; "
        "t-interval of the logarithms of paired factors",
        seeds=found.seeds,
        scenes=TEST_SCENES,
        sd=significant(float((many / few).std(ddof=1))),
        low=significant(found.low),
        high=significant(found.high),
        **facts(with_it),
    ), found.p


def compared(
    pairs: dict[str, tuple[Record, Record]], points_on: Sequence[str]
) -> dict[str, Claim]:
    """Claim points, worth and corrected chance of each (with, without)."""
    made, chances = {}, {}
    for key, (with_it, without) in pairs.items():
        for split in points_on:
            name = f"{key}-points" + ("-test" if split == "test" else "")
            made[name] = points(with_it, without, split)
        found = factor(with_it, without)
        if found is not None:
            made[f"{key}-worth"], chances[key] = found
    for key, chance in zip(chances, holm(list(chances.values())), strict=True):
        made[f"{key}-chance"] = Claim(
            significant(chance),
            "",
            f"p-value of the worth of {key}, after Holm's correction for the "
            f"{len(chances)} of its kind; of all pairs together, so it has no "
            "seed",
            **claims.provenance(f"{COMMAND} --rows"),
        )
    return made


def climb() -> dict[str, Claim]:
    """Claim the ladder: each rung, and each step between neighbors."""
    found = load_runs("rungs", list(CLIMB.variants))
    made = {
        name: claim
        for rung, record in found.items()
        for name, claim in reached(f"rung-{rung}", record)
    }
    names = list(CLIMB.variants)
    steps = {
        f"rung-{name}": (found[name], found[before])
        for before, name in zip(names, names[1:], strict=False)
        if name in found and before in found
    }
    made |= compared(steps, ["validation", "test"])
    if "post" in found and names[-1] in found:
        whole = {"climb": (found[names[-1]], found["post"])}
        made |= compared(whole, ["validation", "test"])
    for rung, key in (("post", "climb-post"), (names[-1], "climb-top")):
        if rung in found:
            record = found[rung]
            made[f"{key}-{LIVE}-epochs"] = summary(
                record,
                100 * record.curves("accuracy")[:, LIVE - 1],
                f"validation accuracy of {record.name} after epoch {LIVE} of "
                "its 30",
                VALIDATION_SCENES,
            )
    return made


def at_the_top() -> dict[str, Claim]:
    """Claim what is lost when a rung is taken away from the top."""
    found = load_runs("without", list(SWEEPS["without"].variants))
    same = load_runs("rungs", ["augmentation"])  # the top by another name
    top = found.pop("top", None) or same.get("augmentation")
    if top is None:
        return {}
    made = dict(reached("top", top))
    for name, record in found.items():
        made |= dict(reached(f"without-{name}", record))
    pairs = {f"without-{k}": (top, each) for k, each in found.items()}
    return made | compared(pairs, ["validation", "test"])


def of_sizes() -> dict[str, Claim]:
    """Claim what nets of all sizes reach, and the smallest above the post.

    It is the smallest of which every seed is above on the validation scenes.
    """
    folder = store.STORED / "runs" / "sizes"
    names = sorted(path.stem for path in folder.glob("*.csv"))
    made, above = {}, []
    for name, record in load_runs("sizes", names).items():
        made |= dict(reached(f"size-{name}", record))
        least = min(ends(record, "validation").values())
        if record.experiment.dataset == "mnist" and least > BEATEN:
            above.append((parameters(record), record))
    if above:
        n, record = min(above, key=lambda pair: pair[0])
        made["size-smallest"] = Claim(
            n,
            "parameters",
            "of the smallest net of which every seed is above what the post "
            "reports, validation; counted, so it has no seed",
            **facts(record),
        )
        made |= dict(reached("size-smallest", record))
    return made


def parameters(record: Record) -> int:
    """Count the parameters of a run's net."""
    net = ColorNetImage(record.experiment.model)
    return sum(each.numel() for each in net.parameters())


def costs() -> dict[str, Claim]:
    """Claim how long a step of each rung takes, as a multiple of the post's.

    They take turns, one thread, by processor time: a machine whose speed
    drifts is fair to all of them. What comes before training is left out.
    """
    drawings = symbols.load("mnist", "train")
    lanes = {}
    for name, experiment in CLIMB.variants.items():
        run = loop.start(replace(experiment, seed=0))
        lanes[name] = run, iter(stream_of(run, drawings))
    spent: dict[str, list[float]] = {name: [] for name in lanes}
    for turn in range(TURNS + 1):  # the first one warms up
        for name, (run, scenes) in lanes.items():
            start = process_time()
            list(train(run, scenes, STEPS))
            if turn:
                spent[name].append(process_time() - start)
    posts = np.array(spent["post"])
    made = {}
    for name, seconds in spent.items():
        what = (
            f"as long as a step of rungs/post takes one of rungs/{name}; its "
            "seeds are turns"
        )
        ratios = (np.array(seconds) / posts).tolist()
        claim = several(ratios, what, 0, "times")
        made[f"rung-{name}-cost"] = replace(
            claim, scenes=None, **claims.provenance(COMMAND)
        )
    return made


def ceiling() -> dict[str, Claim]:
    """Claim how often a perfect look would be right, on test scenes."""
    record = runs.load("namer-28")
    values = np.array([100 * row["color"] for row in record.test])
    what = "colors named right by probabilities of names, test"
    return {"climb-ceiling": summary(record, values, what, TEST_SCENES)}


def augmented_or_not() -> dict[str, Claim]:
    """Claim what augmentation is worth in a long training.

    On digits with the seeds of the best nets, on clothes with the first.
    """
    made = {}
    plain = load_runs("digits", ["plain"])
    for name, record in plain.items():
        made |= dict(reached(f"digits-{name}", record))
        pair = {f"digits-{name}": (runs.load("best-mnist"), record)}
        made |= compared(pair, ["test"])
    augmented = runs.load("clothes/augmented")
    for key, record in (
        ("augmented", augmented),
        ("plain", runs.load("best-fashion")),
    ):
        values = np.array([100 * ends(record, "test")[augmented.seeds[0]]])
        what = f"test accuracy of {record.name}, first seed"
        claim = summary(record, values, what, TEST_SCENES)
        made[f"climb-fashion-{key}"] = claim
    return made


def of_errors() -> dict[str, Claim]:
    """Sort the wrong answers of the stored best net, and of all scenes."""
    net, test = runs.model("best-mnist"), symbols.load("mnist", "test")
    asked = runs.scenes(POST, "test")
    found = intervention.predict(net, asked)
    wrong = found.answer != asked.target
    labels = test.labels(torch.arange(len(test.images)))
    named, picked = [], []
    for seed in NAMERS:
        chances = trained_classifier(seed, test.images)
        traits = errors.criteria(asked, chances, labels)
        named.append(errors.categorize(traits))
        choice = classifier.match(
            chances[asked.query_id], chances[asked.drawing_ids]
        )
        picked.append(choice == asked.query_index)
        print(f"classifier {seed}: done", flush=True)
    made = {}
    for k, key in enumerate(SHORT):
        for which, ending, what in (
            (wrong, "", "wrong answers of best-mnist"),
            (wrong | True, "-all", "all scenes"),
        ):
            values = [
                100 * errors.shares(kind[which])[k].item() for kind in named
            ]
            said = f"{what} of the kind “{errors.KINDS[k]}”"
            made[f"leftovers-{key}{ending}"] = over_classifiers(
                values, said, int(which.sum())
            )
    values = [100 * right[wrong].float().mean().item() for right in picked]
    made["leftovers-told"] = over_classifiers(
        values,
        "wrong answers of best-mnist where a classifier with a perfect look "
        "is right",
        int(wrong.sum()),
    )
    missed = ~hit(found.weights[wrong], asked[wrong])
    made["leftovers-missed"] = one_net(
        100 * missed.float().mean().item(),
        "wrong answers of best-mnist whose peak lies on another place",
        10.0,
    )
    queries = asked.query_id[wrong].unique()
    for key, count, what in (
        ("wrong", int(wrong.sum()), "wrong answers of best-mnist"),
        ("queries", len(queries), "different queries in them"),
    ):
        claim = one_net(count, f"{what}; a count", 5.0, TEST_SCENES)
        made[f"leftovers-{key}"] = replace(claim, unit="")
    return made


def trained_classifier(seed: int, drawings: torch.Tensor) -> torch.Tensor:
    """Train a plain classifier for a few epochs; return its chances."""
    namer = classifier.Classifier(seed=seed)
    train = symbols.load("mnist", "train")
    list(classifier.train(namer, train, seed, LESSONS))
    return classifier.predict_proba(namer, drawings)


def over_classifiers(values: list[float], what: str, scenes: int) -> Claim:
    """Claim a share that depends on the classifier that judges."""
    made = several(values, f"{what}; its seeds are classifiers", scenes)
    made = replace(made, **claims.provenance(COMMAND))
    if made.low is None or made.high is None:
        return made
    # Another machine's net has a few other errors, by rounding.
    return replace(
        made,
        low=significant(max(made.low - 3, 0.0)),
        high=significant(min(made.high + 3, 100.0)),
    )


def one_net(
    value: float, what: str, near: float, most: float = 100.0
) -> Claim:
    """Claim a number of one stored net, which varies by rounding alone."""
    return Claim(
        value if isinstance(value, int) else significant(value),
        "%",
        f"{what}; one net on fixed scenes, so other machines differ by "
        "rounding alone",
        seeds=1,
        scenes=TEST_SCENES,
        low=significant(max(value - near, 0.0)),
        high=significant(min(value + near, most)),
        **claims.provenance(COMMAND),
    )


def of_clothes() -> dict[str, Claim]:
    """Say how many wrong answers on clothes are between relatives."""
    net = runs.model("best-fashion")
    asked = runs.scenes(replace(POST, dataset="fashion"), "test")
    wrong = intervention.predict(net, asked).answer != asked.target
    names = symbols.CLASSES["fashion"]
    family = torch.arange(10)
    for group in (TOPS, SHOES):
        members = [names.index(name) for name in group]
        family[members] = members[0]
    related = errors.has_relative(asked, family)
    tops = family[asked.query_class] == family[names.index(TOPS[0])]
    found = {
        "related": (related, "with a relative in the scene"),
        "tops": (related & tops, "where a top lies beside another top"),
    }
    made = {}
    for key, (chosen, said) in found.items():
        share = 100 * chosen[wrong].float().mean().item()
        what = f"wrong answers of best-fashion {said}"
        made[f"leftovers-fashion-{key}"] = one_net(share, what, 3.0)
    return made


def main() -> int:
    """Measure, and put what was found into the ledger."""
    torch.set_num_threads(1)
    made = {**climb(), **at_the_top(), **of_sizes(), **ceiling()}
    made |= augmented_or_not()
    if "--rows" not in sys.argv:
        made |= {**of_errors(), **of_clothes(), **costs()}
    for name, claim in made.items():
        if claim.low is not None and claim.low == claim.high:
            claim = replace(claim, low=None, high=None)  # all seeds agree
        claims.put(name, claim)
        print(name, claim.value, claim.sd, claim.low, claim.high)
    return 0


if __name__ == "__main__":
    sys.exit(main())
