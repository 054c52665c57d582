"""Measure what chapter 7 says of the networks of its ablations.

`python book/measure/chapter_07.py RUNS` takes some minutes. RUNS is the folder
in which `python -m colorattn ablate ablations` kept its networks: they are
measured, and with `--store` a few of them are stored.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from publish import Claims, arguments, publish
from torch import Tensor, nn

from colorattn import runs
from colorattn.analysis.intervention import predict
from colorattn.analysis.localization import hit, symbol_at_peak
from colorattn.claims import of_one_net, over_seeds
from colorattn.data import symbols
from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model.colornet import MNIST_NORMALIZATION, Normalization
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES
from colorattn.runs.store import STORED
from colorattn.runs.sweep import checkpoint_path
from colorattn.training import checkpoint, loop
from colorattn.training.config import EPOCH, vary
from colorattn.training.loop import evaluate, start, stream_of

COMMAND = "python book/measure/chapter_07.py"
TRAINED = "python -m colorattn ablate ablations"
VARIANTS, BASE = SWEEPS["ablations"].variants, SWEEPS["ablations"].base
# The networks that are stored, each of one seed: the first, or the worst.
KEEP = {"post": 0, "no-padding": 0}
KEEP |= {"linear-head": 2, "read-features": 2}
COLUMNS = (8, 15, 22, 29)  # where the bins of a symbol's left edge part, px
SETS = 50  # of 1,000 scenes each, to see how an accuracy varies
MORE = range(20)  # seeds behind what is said of first steps
COSINE = -1.0, 0.9999  # the end as `claims.check` shows it
SIGNED = -100.0, 100.0  # points, either way


def keep(folder: Path) -> None:
    """Store a few trained networks, without their optimizers."""
    for name, seed in KEEP.items():
        path = checkpoint_path(folder, name, seed)
        experiment, model, _ = checkpoint.load_model(path)
        run = replace(start(experiment, model), step=experiment.recipe.steps)
        path = STORED / "weights/ablations" / f"{name}.safetensors"
        checkpoint.save(run, path)


def of_sweep(folder: Path) -> Claims:
    """Measure the trained networks of the sweep."""
    test = runs.scenes(BASE, "test")

    def nets(name: str) -> list[nn.Module]:
        seeds = runs.load(f"ablations/{name}").seeds
        paths = [checkpoint_path(folder, name, seed) for seed in seeds]
        return [checkpoint.load_model(path)[1] for path in paths]

    last = test.query_corner[:, 1] >= COLUMNS[-1]
    answers = [predict(net, test).answer for net in nets("no-padding")]
    values = [
        100 * (each == test.target)[last].float().mean().item()
        for each in answers
    ]
    what = "accuracy where the queried symbol is in column 5 of 5"
    claim = over_seeds(values, f"{what}, ablations/no-padding", TEST_SCENES)
    yield "ablation-no-padding-column-5", claim
    for name in ("repeat-1000", "repeat-10000"):
        values = [
            100 * evaluate(net, trained_on(name, seed)).accuracy
            for seed, net in enumerate(nets(name))
        ]
        what = f"accuracy on the scenes it was trained on, ablations/{name}"
        claim = over_seeds(values, what, TEST_SCENES)
        yield f"ablation-{name}-training", claim
    sure = [predict(net, test).confidence for net in nets("no-head")]
    values = [100 * each.mean().item() for each in sure]
    what = "confidence in its answers, ablations/no-head"
    yield "ablation-no-head-confidence", over_seeds(values, what, TEST_SCENES)


def trained_on(name: str, seed: int) -> Batch:
    """Return the very scenes that a network met again and again."""
    run = start(replace(VARIANTS[name], seed=seed))
    return stream_of(run, symbols.load("mnist", "train")).scenes


def learned() -> Iterator[tuple[str, str, Tensor]]:
    """Mark test scenes by what single networks have learned."""
    test = runs.scenes(BASE, "test")
    names = "post", "linear-head", "read-features"
    post, linear, features = (runs.model(f"ablations/{n}") for n in names)
    found = predict(linear, test)
    on = hit(found.weights, test)
    yield "linear-head-own", "hits of a linear head", on
    for k, color in enumerate(COLORS):
        right = found.answer[test.target == k] == k
        yield f"linear-head-{color}", f"accuracy on {color}", right
    on = symbol_at_peak(predict(features, test).weights, test)
    what = "peaks on a symbol that was not asked about"
    yield "read-features-on-other", what, (on >= 0) & (on != test.query_index)
    image = test.image.clone()
    # A symbol has a color of its own.
    image[torch.arange(len(test)), test.target] = 0
    what = "accuracy when the queried symbol is erased"
    for name, net in ("post", post), ("read-features", features):
        answer = predict(net, replace(test, image=image)).answer
        yield f"{name}-erased", what, answer == test.target


def of_stored() -> Claims:
    """Measure what single networks have learned, and by what they answer."""
    for name, what, marks in learned():
        share = 100 * marks.float().mean().item()
        claim = of_one_net(share, what, TEST_SCENES, near=0.3)
        yield f"ablation-{name}", claim


def of_evaluation() -> Claims:
    """Measure a network, and it an epoch later, on ever new scene sets."""
    net = runs.model("ablations/post")
    run = start(replace(BASE, seed=99), deepcopy(net))
    stream = stream_of(run, symbols.load("mnist", "train"))
    list(loop.train(run, stream, EPOCH))
    drawings = symbols.load("mnist", "validation")
    sets = [
        fixed_scenes(drawings, BASE.scene, VALIDATION_SCENES, seed)
        for seed in range(1, SETS + 1)
    ]
    before, after = (
        np.array([100 * evaluate(each, scenes).accuracy for scenes in sets])
        for each in (net, run.model.eval())
    )
    later = "points ahead of itself an epoch later"
    for name, values, what, within in (
        ("redrawn", before, "accuracy of ablations/post", None),
        ("same", before - after, f"{later}, on the same scenes", SIGNED),
        ("apart", before - np.roll(after, 1), f"{later}, on others", SIGNED),
    ):
        what = f"{what}, {SETS} scene sets; its seeds are these"
        claim = over_seeds(values, what, VALIDATION_SCENES, "%", within)
        yield f"evaluation-{name}", claim


def of_first_steps() -> Claims:
    """Compare the first gradient, and Adam's first step, of two heads."""
    drawings = symbols.load("mnist", "train")
    cosine = partial(F.cosine_similarity, dim=0)
    rows = []
    for seed in MORE:
        grad, move = {}, {}
        for head in ("scaling", "none"):
            run = start(vary(BASE, {"model.head": head, "seed": seed}))
            before = flat(run.model)
            loop.train_step(run, next(iter(stream_of(run, drawings))))
            grad[head] = flat(run.model, of="grad")
            move[head] = flat(run.model) - before
        found = {
            "none-gradient": grad["scaling"].norm() / grad["none"].norm(),
            "none-step": move["scaling"].norm() / move["none"].norm(),
            "none-cosine": cosine(grad["scaling"], grad["none"]),
            "none-alike": cosine(move["scaling"], move["none"]),
        }
        rows.append({name: value.item() for name, value in found.items()})
    for name, values in pd.DataFrame(rows).items():
        what = f"{name} of the encoders' first step, against the scaling head"
        times = name in ("none-gradient", "none-step")
        unit, within = ("times", None) if times else ("", COSINE)
        claim = over_seeds(values, what, BASE.recipe.batch_size, unit, within)
        if name not in ("none-gradient", "none-alike"):
            claim = replace(claim, low=None, high=None)  # far from normal
        yield f"ablation-first-{name}", claim


def flat(model: nn.Module, of: str = "data") -> Tensor:
    """Return all numbers, or gradients, of both encoders as one vector."""
    parts = model.encode_image, model.encode_query
    values = [getattr(p, of) for part in parts for p in part.parameters()]
    return torch.cat([value.detach().flatten().clone() for value in values])


def of_raw_keys() -> Claims:
    """Compare fresh networks on pixels standardized and from 0 to 1."""
    scenes = runs.scenes(BASE, "validation")[:128]
    alike, louder = [], []
    for seed in MORE:
        keys, logits = [], []
        for normal in (MNIST_NORMALIZATION, Normalization()):
            changes = {"model.normalization": normal, "seed": seed}
            model = start(vary(BASE, changes)).model.train()
            with torch.inference_mode():
                pixels = model.normalize(scenes.image)
                keys.append(model.encode_image(pixels).flatten())
                found = model(scenes.image, scenes.query)[0]
            logits.append((found - found.mean(dim=1, keepdim=True)).std())
        alike.append(torch.corrcoef(torch.stack(keys))[0, 1].item())
        louder.append((logits[0] / logits[1]).item())
    said = "of fresh networks, standardized pixels against 0 to 1"
    claim = over_seeds(alike, f"correlation of keys {said}", 128, "", COSINE)
    yield "ablation-raw-keys", claim
    claim = over_seeds(louder, f"spread of logits {said}", 128, "times")
    yield "ablation-raw-logits", claim


def of_places() -> Claims:
    """Measure where a network without padding reads narrow and wide ink."""
    test, edges = runs.scenes(BASE, "test"), torch.tensor(COLUMNS)
    row, column = torch.bucketize(test.query_corner, edges, right=True).T
    found = predict(runs.model("ablations/no-padding"), test)
    on = hit(found.weights, test)
    ink = test.image[torch.arange(len(test)), test.target] >= 128
    pixels, inked = torch.arange(ink.shape[2]), ink.any(dim=1)
    width = 1 + pixels.where(inked, -1).amax(dim=1)
    width -= pixels.where(inked, len(pixels)).amin(dim=1)
    right = column == len(COLUMNS)
    for name, some in {
        "middle": column == 2,
        "right": right,
        "bottom": row == len(COLUMNS),
        "narrow": right & (width < 10),
        "wide": right & (width >= 16),
    }.items():
        marks = (found.answer == test.target)[some & on].float()
        what = f"right answers of hits, ablations/no-padding, {name}"
        share = 100 * marks.mean().item()
        claim = of_one_net(share, what, len(marks), near=0.5)
        yield f"ablation-unpadded-{name}-read", claim


def measured(folders: list[Path]) -> Claims:
    """Measure everything; without a folder of runs, what needs none."""
    for part in (of_first_steps, of_raw_keys, of_stored, of_evaluation):
        yield from part()
    yield from of_places()
    for folder in folders:
        for name, claim in of_sweep(folder):
            yield name, replace(claim, command=f"{TRAINED}; {COMMAND} RUNS")


if __name__ == "__main__":
    asked = arguments(__doc__, runs=True)
    if asked.store:
        for folder in asked.runs:
            keep(folder)
    publish(measured(asked.runs), COMMAND, asked.store)
