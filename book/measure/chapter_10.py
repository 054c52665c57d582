"""Measure what chapter 10 says of the last errors, and of a step's time.

`python book/measure/chapter_10.py` takes some minutes: it trains twenty plain
classifiers, sorts the errors of the stored best networks by them, and times
steps.
"""

from dataclasses import replace
from time import process_time

import pandas as pd
import torch
from chapter_08 import TOPS, family
from publish import Claims, arguments, publish
from scipy.stats import binomtest

from colorattn import runs
from colorattn.analysis import classifier, errors
from colorattn.analysis.intervention import predict
from colorattn.analysis.localization import hit
from colorattn.claims import Claim, of_one_net, over_seeds
from colorattn.data import symbols
from colorattn.runs.catalog import CLIMB, SIXTEEN, SWEEPS
from colorattn.runs.record import TEST_SCENES
from colorattn.training.config import EPOCH, POST, vary
from colorattn.training.loop import start, stream_of, train

COMMAND = "python book/measure/chapter_10.py"
NAMERS, LESSONS = range(20), 3  # classifiers, and epochs of each
TURNS, STEPS = 7, 20  # of training, to see what a step costs
LONG = vary(SWEEPS["digits-records"].variants["300"], {"recipe.epochs": 15})
ENTRIES = {  # of the record table
    "95-01": SWEEPS["head-and-step"].variants["all"],
    "95-02": SWEEPS["race"].variants["sixteen"],
    "99-01": LONG,
    "99-02": vary(LONG, SIXTEEN),
}
ROUNDING = 3.0  # points: another machine's net has a few other errors


def of_errors() -> Claims:
    """Sort the wrong answers of the stored best net, and of all scenes."""
    net, test = runs.model("best-mnist"), symbols.load("mnist", "test")
    asked = runs.scenes(POST, "test")
    found = predict(net, asked)
    wrong = found.answer != asked.target
    labels = test.labels(torch.arange(len(test.images)))
    drawings, kinds, picked = symbols.load("mnist", "train"), [], []
    for seed in NAMERS:
        namer = classifier.Classifier(seed=seed)
        list(classifier.train(namer, drawings, seed, LESSONS))
        chances = classifier.predict_proba(namer, test.images)
        criteria = errors.criteria(asked, chances, labels)
        kinds.append(errors.categorize(criteria))
        query, shown = chances[asked.query_id], chances[asked.drawing_ids]
        picked.append(classifier.match(query, shown) == asked.query_index)
        print(f"classifier {seed}: done", flush=True)
    every = torch.ones_like(wrong)
    ours = "wrong answers of best-mnist"
    for name, k, which, what in (
        ("label", 0, wrong, ours),
        ("drawing", 1, wrong, ours),
        ("drawing-all", 1, every, "all scenes"),
    ):
        shares = [errors.shares(kind[which])[k].item() for kind in kinds]
        what = f"{what} of the kind “{errors.KINDS[k]}”"
        yield name, over_classifiers(shares, what, int(which.sum()))
    shares = [right[wrong].float().mean().item() for right in picked]
    what = f"{ours} where a classifier with a perfect look is right"
    yield "told", over_classifiers(shares, what, int(wrong.sum()))
    missed = ~hit(found.weights[wrong], asked[wrong])
    share = 100 * missed.float().mean().item()
    what = f"{ours} whose peak is on another place"
    yield "missed", of_one_net(share, what, TEST_SCENES, near=10.0)
    what = f"{ours}; a count"
    yield "wrong", of_one_net(int(wrong.sum()), what, TEST_SCENES, "", 5.0)


def over_classifiers(shares: list[float], what: str, scenes: int) -> Claim:
    """Claim a share that depends on the classifier that judges."""
    what = f"{what}; its seeds are classifiers"
    claim = over_seeds([100 * share for share in shares], what, scenes)
    if claim.low is None or claim.high is None:
        return claim
    low = max(claim.low - ROUNDING, 0.0)
    high = min(claim.high + ROUNDING, 100.0)
    return replace(claim, low=low, high=high)


def of_clothes() -> Claims:
    """Say how many wrong answers on clothes are between relatives."""
    asked = runs.scenes(replace(POST, dataset="fashion"), "test")
    wrong = predict(runs.model("best-fashion"), asked).answer != asked.target
    related = errors.has_relative(asked, family())
    names = symbols.CLASSES["fashion"]
    tops = torch.tensor([names.index(name) for name in TOPS])
    beside = related & torch.isin(asked.query_class, tops)
    for name, chosen, what in (
        ("related", related, "with a relative in the scene"),
        ("tops", beside, "where a top is beside another top"),
    ):
        share = 100 * chosen[wrong].float().mean().item()
        what = f"wrong answers of best-fashion {what}"
        yield f"fashion-{name}", of_one_net(share, what, TEST_SCENES, near=3.0)


def of_steps() -> Claims:
    """Measure a step's time with three queries, and that of the records.

    All take turns, one thread, by processor time: a machine whose speed
    drifts is fair to all of them.
    """
    drawings = symbols.load("mnist", "train")
    lanes = {}
    names = "post", "three-questions"
    trained = {name: CLIMB.variants[name] for name in names} | ENTRIES
    for name, experiment in trained.items():
        run = start(replace(experiment, seed=0))
        lanes[name] = run, iter(stream_of(run, drawings))
    turns = []
    for _ in range(TURNS + 1):
        turns.append({})
        for name, (run, scenes) in lanes.items():
            began = process_time()
            list(train(run, scenes, STEPS))
            turns[-1][name] = process_time() - began
    seconds = pd.DataFrame(turns[1:])  # the first one warms up
    ratios = seconds["three-questions"] / seconds["post"]
    what = "as long as a step of rungs/post takes one of rungs/three-questions"
    what += "; its seeds are turns"
    claim = over_seeds(ratios, what, unit="times")
    yield "rung-three-questions-cost", claim
    for name, experiment in ENTRIES.items():
        epochs = seconds[name] / seconds["post"] * experiment.recipe.steps
        what = "as much processor time as an epoch of the post's recipe takes "
        entry = name.replace("-", "/")
        what += f"entry {entry} of the record table; its seeds are turns"
        claim = over_seeds(epochs / EPOCH, what, unit="times")
        yield f"record-{name}-epochs", claim


def of_few() -> Claims:
    """Say over how few scenes it is that classifiers see the last errors.

    They are the stored ones with augmentation.
    """
    asked = runs.scenes(POST, "test")
    wrong = predict(runs.model("best-mnist"), asked).answer != asked.target
    told = runs.load("namer-augmented").right.to_numpy()[:, wrong.numpy()]
    n, share = int(wrong.sum()), float(told.mean())
    found = binomtest(round(n * share), n).proportion_ci(0.95)
    what = "wrong answers of best-mnist where an augmented classifier with a "
    what += "perfect look is right; 95 % binomial interval over these scenes"
    low, high = 100 * found.low, 100 * found.high
    claim = Claim(100 * share, "%", what, 1, n, low=low, high=high)
    yield "told-scenes", claim


def measured() -> Claims:
    """Measure everything."""
    for part in (of_errors, of_clothes, of_few):
        for name, claim in part():
            yield f"leftovers-{name}", claim
    yield from of_steps()


if __name__ == "__main__":
    publish(measured(), COMMAND, arguments(__doc__).store)
