"""Measure what chapter 7 says of the ablations, and write it down.

`python book/measure/chapter_07.py RUNS` takes some minutes. RUNS is the folder
in which `python -m colorattn ablate ablations` kept its nets: they are
measured, and a few of them stored. Without it, what needs all of them is left
as it is. With `--rows` it writes only what follows from stored rows.
"""

import sys
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import from_runs
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from colorattn import claims, runs
from colorattn.analysis import intervention
from colorattn.analysis.localization import symbol_at_peak
from colorattn.analysis.statistics import difference, holm
from colorattn.claims import Claim, significant
from colorattn.data import symbols
from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch, Repeated, fixed_scenes
from colorattn.model.colornet import MNIST_NORMALIZATION, Normalization
from colorattn.runs import store
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.sweep import checkpoint_path
from colorattn.training import checkpoint
from colorattn.training.config import EPOCH, vary
from colorattn.training.loop import evaluate, start, stream_of, train
from colorattn.training.loop import train_step as step

COMMAND = "python book/measure/chapter_07.py"
BASE = SWEEPS["ablations"].base
VARIANTS = list(SWEEPS["ablations"].variants)
# The nets that the package stores, each of one seed: the first, or the worst.
KEEP = {
    "post": 0,
    "no-padding": 0,
    "linear-head": 2,
    "no-norm": 2,
    "read-features": 2,
}
THIN = [1, 4, 7, 9]  # classes that one net without norms has not learned
COLUMNS = (8, 15, 22, 29)  # where the bins of a symbol's left edge part, px
SETS = 50  # of 1,000 scenes each, to see how an accuracy varies
MORE = range(20)  # seeds behind what is said of first steps
REPEATED = "repeat-1000", "repeat-10000"
EARLY = 3  # the epoch at which the chapter's own runs end


def pairs(name: str, base: str, field: str = "accuracy") -> np.ndarray:
    """Return how many points the base is ahead of a variant, seed by seed."""
    found = [
        {row["seed"]: row[field] for row in runs.load(run).test}
        for run in (base, name)
    ]
    both = sorted(found[0].keys() & found[1].keys())
    return np.array([100 * (found[0][s] - found[1][s]) for s in both])


def ahead(name: str, base: str) -> Claim:
    """Claim the mean of paired differences, with its t-interval."""
    points = pairs(name, base)
    found = difference(points, np.zeros(len(points)))
    record = runs.load(name)
    keys = ("command", "hardware", "versions", "date")
    return Claim(
        significant(found.mean),
        "%",
        f"points of test accuracy by which {base} is ahead of {name}, mean "
        "of pairs with one seed; its interval holds the true mean 95 times "
        "in 100",
        seeds=len(points),
        scenes=runs.TEST_SCENES,
        sd=significant(float(points.std(ddof=1))),
        low=significant(found.low),
        high=significant(found.high),
        **{key: record.provenance[key] for key in keys},
    )


def of_rows() -> dict[str, Claim]:
    """Claim what follows from the stored rows of the sweep."""
    made = {}
    for name in VARIANTS:
        run = f"ablations/{name}"
        for field in ("accuracy", "hit", "purity"):
            claim = from_runs.at_end(run, field)
            low = None if claim.low is None else max(claim.low, 0.0)
            made[f"ablation-{name}-{field}"] = replace(claim, low=low)
        half = runs.load(run).curves("accuracy") >= 0.5
        if half.any(axis=1).all():
            made[f"ablation-{name}-half"] = from_runs.summary(
                runs.load(run),
                half.argmax(axis=1) + 1.0,
                f"the first epoch after which half of {run}'s answers are "
                "right",
                runs.VALIDATION_SCENES,
                "",
            )
        if name != "post":
            made[f"ablation-{name}-behind"] = ahead(run, "ablations/post")
    made["ablation-features-behind-linear"] = ahead(
        "ablations/read-features", "ablations/linear-head"
    )
    chances = holm(
        [
            difference(p, np.zeros(len(p))).p
            for name in VARIANTS[1:]
            if len(p := pairs(f"ablations/{name}", "ablations/post"))
        ]
    )
    for name, chance in zip(VARIANTS[1:], chances, strict=True):
        made[f"ablation-{name}-chance"] = Claim(
            significant(chance),
            "",
            f"p-value of ablations/{name} against the post's net, after "
            "Holm's correction for all variants of the sweep; of all pairs "
            "together, so it has no seed",
            **claims.provenance(f"{COMMAND} --rows"),
        )
    for name in ("post", "repeat-1000"):
        record = runs.load(f"ablations/{name}")
        for field, said in (("train_loss", "training"), ("loss", "held-out")):
            made[f"ablation-{name}-early-{said}"] = from_runs.summary(
                record,
                record.curves(field)[:, EARLY - 1],
                f"{said} loss of ablations/{name} in epoch {EARLY}",
                runs.VALIDATION_SCENES,
                "nats",
            )
    for name in ("post", "no-head", "read-features", *REPEATED):
        record = runs.load(f"ablations/{name}")
        made[f"ablation-{name}-loss"] = from_runs.summary(
            record,
            np.array([row["loss"] for row in record.test]),
            f"test loss of ablations/{name} after its last epoch",
            runs.TEST_SCENES,
            "nats",
        )
    return made


def several(values: Sequence[float], what: str, unit: str = "%") -> Claim:
    """Make a claim of one number a seed, measured on test scenes here."""
    made = from_runs.several(values, what, runs.TEST_SCENES, unit)
    return replace(made, **claims.provenance(f"{COMMAND} RUNS"))


def of_nets(folder: Path) -> dict[str, Claim]:
    """Measure the trained nets of the sweep, and store a few of them."""
    nets = {
        name: [
            checkpoint.load_model(checkpoint_path(folder, name, seed))[1]
            for seed in runs.load(f"ablations/{name}").seeds
        ]
        for name in VARIANTS
    }
    for name, seed in KEEP.items():
        store_model(name, checkpoint_path(folder, name, seed))
    test = runs.scenes(BASE, "test")
    made = of_columns(nets, test)
    for name in REPEATED:
        made[f"ablation-{name}-training"] = several(
            [100 * by_heart(name, n, net) for n, net in enumerate(nets[name])],
            f"accuracy of ablations/{name} on the scenes it was trained on",
        )
    made["ablation-no-head-confidence"] = several(
        [
            100 * intervention.predict(net, test).confidence.mean().item()
            for net in nets["no-head"]
        ],
        "probability that ablations/no-head gives its own answers",
    )
    return {**made, **of_stored(test)}


def store_model(name: str, path: Path) -> None:
    """Put one trained net into the package, without its optimizer."""
    experiment, model, _ = checkpoint.load_model(path)
    bare = replace(start(experiment, model), step=experiment.recipe.steps)
    kept = store.STORED / "weights" / "ablations" / f"{name}.safetensors"
    kept.parent.mkdir(exist_ok=True)
    checkpoint.save(bare, kept)


def by_heart(name: str, seed: int, model: nn.Module) -> float:
    """Return the accuracy on the very scenes that a net was trained on."""
    experiment = replace(SWEEPS["ablations"].variants[name], seed=seed)
    drawings = symbols.load("mnist", "train")
    stream = stream_of(start(experiment), drawings)
    assert isinstance(stream, Repeated)
    return evaluate(model, stream.scenes).accuracy


def of_columns(nets: dict[str, list[Any]], test: Batch) -> dict[str, Claim]:
    """Measure accuracy by how far to the right the queried symbol lies."""
    edge = test.positions[torch.arange(len(test)), test.query_index, 1]
    column = torch.bucketize(edge, torch.tensor(COLUMNS), right=True)
    made, right = {}, {}
    for name in ("post", "no-padding"):
        right[name] = torch.stack(
            [
                intervention.predict(net, test).answer == test.target
                for net in nets[name]
            ]
        ).float()
        for k in range(len(COLUMNS) + 1):
            made[f"ablation-{name}-column-{k + 1}"] = several(
                (100 * right[name][:, column == k].mean(dim=1)).tolist(),
                f"accuracy of ablations/{name} where the queried symbol lies "
                f"in column {k + 1} of {len(COLUMNS) + 1}",
            )
    for side, k in (("left", 0), ("middle", 2), ("right", len(COLUMNS))):
        with_it, without = (
            100 * right[name][:, column == k].mean(dim=1).numpy()
            for name in ("post", "no-padding")
        )
        found = difference(with_it, without)
        made[f"ablation-padding-{side}"] = replace(
            several(
                (with_it - without).tolist(),
                "points that padding is worth where the queried symbol lies "
                f"in column {k + 1}; its interval holds the true mean 95 "
                "times in 100",
            ),
            low=significant(found.low),
            high=significant(found.high),
        )
    return made


def of_stored(test: Batch) -> dict[str, Claim]:
    """Measure what single nets have learned, and by what they answer."""
    each = torch.arange(len(test))
    asked = {
        name: intervention.predict(runs.model(f"ablations/{name}"), test)
        for name in KEEP
    }
    right = {name: a.answer == test.target for name, a in asked.items()}
    shares = {}
    for k, color in enumerate(COLORS):
        its = right["linear-head"][test.target == k]
        shares[f"linear-head-{color}"] = its, f"accuracy on {color}"
    peak = symbol_at_peak(asked["linear-head"].weights, test)
    shares["linear-head-own"] = peak == test.query_index, "peaks that hit"
    seldom = torch.isin(test.query_class, torch.tensor(THIN))
    thin = f"where it is asked for {THIN}"
    shares["no-norm-thin"] = right["no-norm"][seldom], f"accuracy {thin}"
    shares["no-norm-rest"] = right["no-norm"][~seldom], f"accuracy not {thin}"
    on = symbol_at_peak(asked["read-features"].weights, test)
    other = (on >= 0) & (on != test.query_index)
    shares["read-features-on-other"] = other, "peaks on a symbol not asked for"
    image = test.image.clone()
    image[each, test.target] = 0  # a symbol has a color of its own
    for name in ("post", "read-features"):
        net = runs.model(f"ablations/{name}")
        answer = intervention.predict(net, replace(test, image=image)).answer
        shares[f"{name}-erased"] = (
            answer == test.target,
            "accuracy when the queried symbol is erased",
        )
    chance = asked["post"].logits.softmax(dim=1)[each, test.target]
    pull = 1 - chance  # of the loss on the right color's logit
    pulls = [pull[right["post"] == kind].mean().item() for kind in (0, 1)]
    made = {
        "ablation-post-pull": replace(
            near(0.0, "how much harder wrong answers pull at the logits"),
            value=significant(pulls[0] / pulls[1]),
            unit="times",
            low=significant(0.95 * pulls[0] / pulls[1]),
            high=significant(1.05 * pulls[0] / pulls[1]),
        )
    }
    for name, (of, what) in shares.items():
        net = name.rpartition("-")[0].removesuffix("-on")
        made[f"ablation-{name}"] = near(
            100 * of.float().mean().item(), f"{what}, of stored {net}"
        )
    return made


def near(share: float, what: str) -> Claim:
    """Claim a share of one stored net, which varies by rounding alone."""
    return Claim(
        significant(share),
        "%",
        f"{what}; one net on fixed scenes, so other machines differ by "
        "rounding alone",
        seeds=1,
        scenes=runs.TEST_SCENES,
        low=significant(max(share - 0.3, 0.0)),
        high=significant(min(share + 0.3, 100.0)),
        **claims.provenance(f"{COMMAND} RUNS"),
    )


def of_evaluation() -> dict[str, Claim]:
    """Measure a net, and the net an epoch later, on ever new scene sets."""
    net = runs.model("ablations/post")
    later = one_more_epoch(net)
    drawings = symbols.load("mnist", "validation")
    sets = [
        fixed_scenes(drawings, BASE.scene, runs.VALIDATION_SCENES, seed)
        for seed in range(1, SETS + 1)
    ]
    before, after = (
        np.array([100 * evaluate(each, s).accuracy for s in sets])
        for each in (net, later)
    )
    said = f"{SETS} new sets of validation scenes; its seeds are scene sets"
    ahead = "points that the net is ahead of itself an epoch later, both on"
    found = {
        "evaluation-redrawn": (before, "accuracy of ablations/post on"),
        "evaluation-same": (before - after, f"{ahead} each of"),
        "evaluation-apart": (
            before - np.roll(after, 1),
            f"{ahead} sets of their own, of",
        ),
    }
    made = {}
    for name, (values, what) in found.items():
        claim = from_runs.several(
            values.tolist(), f"{what} {said}", runs.VALIDATION_SCENES
        )
        made[name] = replace(claim, **claims.provenance(f"{COMMAND} RUNS"))
    return made


def one_more_epoch(net: nn.Module) -> nn.Module:
    """Return a copy of a trained net after one more epoch."""
    run = start(replace(BASE, seed=99), deepcopy(net))
    list(train(run, stream_of(run, symbols.load("mnist", "train")), EPOCH))
    return run.model.eval()


def of_first_steps() -> dict[str, Claim]:
    """Compare the first gradient, and Adam's first step, of three heads."""
    drawings = symbols.load("mnist", "train")
    rows: dict[str, list[float]] = {}
    for seed in MORE:
        gradient, move = {}, {}
        for head in ("scaling", "none", "linear"):
            run = start(vary(BASE, {"model.head": head, "seed": seed}))
            before = flat(run.model)
            step(run, next(iter(stream_of(run, drawings))))
            gradient[head] = flat(run.model, of="grad")
            move[head] = flat(run.model) - before
        for head in ("none", "linear"):
            cosine = F.cosine_similarity(
                gradient["scaling"], gradient[head], dim=0
            )
            for what, value in {
                "gradient": gradient["scaling"].norm() / gradient[head].norm(),
                "step": move["scaling"].norm() / move[head].norm(),
                "cosine": cosine,
                "alike": F.cosine_similarity(
                    move["scaling"], move[head], dim=0
                ),
            }.items():
                rows.setdefault(f"{head}-{what}", []).append(value.item())
    made = {}
    for name, values in rows.items():
        claim = from_runs.several(
            values,
            f"{name} of the encoders in the first step, against that with "
            "the scaling head",
            BASE.recipe.batch_size,
            "" if name.endswith(("cosine", "alike")) else "times",
        )
        if name not in ("none-gradient", "none-alike"):
            claim = replace(claim, low=None, high=None)  # far from normal
        if name == "none-alike":
            claim = replace(claim, high=below_one(claim.high))
        made[f"ablation-first-{name}"] = replace(
            claim, **claims.provenance(COMMAND)
        )
    return made


def of_raw_keys() -> dict[str, Claim]:
    """Compare fresh nets on the same scenes, standardized and from 0 to 1."""
    scenes = runs.scenes(BASE, "validation")[:128]
    alike, louder = [], []
    for seed in MORE:
        keys, logits = [], []
        for normal in (MNIST_NORMALIZATION, Normalization()):
            model = start(
                vary(BASE, {"model.normalization": normal, "seed": seed})
            ).model.train()
            with torch.inference_mode():
                pixels = model.normalize(scenes.image)
                keys.append(model.encode_image(pixels).flatten())
                found = model(scenes.image, scenes.query)[0]
            logits.append((found - found.mean(dim=1, keepdim=True)).std())
        alike.append(torch.corrcoef(torch.stack(keys))[0, 1].item())
        louder.append((logits[0] / logits[1]).item())
    said = "of fresh nets, standardized pixels against pixels from 0 to 1"
    made = {
        "ablation-raw-keys": (alike, f"correlation of the keys {said}", ""),
        "ablation-raw-logits": (
            louder,
            f"spread of the logits {said}",
            "times",
        ),
    }
    found = {
        name: replace(
            from_runs.several(values, what, len(scenes), unit),
            **claims.provenance(COMMAND),
        )
        for name, (values, what, unit) in made.items()
    }
    keys = found["ablation-raw-keys"]
    found["ablation-raw-keys"] = replace(keys, high=below_one(keys.high))
    return found


def below_one(high: float | None) -> float | None:
    """Return the upper end of an interval of cosines or correlations."""
    return None if high is None else min(high, 0.9999)


def flat(model: nn.Module, of: str = "data") -> Tensor:
    """Return all numbers, or gradients, of both encoders as one vector."""
    parts = model.encode_image, model.encode_query
    values = [getattr(p, of) for part in parts for p in part.parameters()]
    return torch.cat([value.detach().flatten().clone() for value in values])


def main(arguments: list[str]) -> None:
    """Measure, and put what was found into the ledger."""
    folders = [Path(a) for a in arguments if not a.startswith("--")]
    made = of_rows()
    if "--rows" not in arguments:
        made |= of_first_steps() | of_raw_keys()
        for folder in folders:
            made |= of_nets(folder)
        made |= of_evaluation()
    for name, claim in made.items():
        claims.put(name, claim)


if __name__ == "__main__":
    main(sys.argv[1:])
