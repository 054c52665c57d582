"""Train the course's controls for long: what has no attention, or no scene.

`python book/measure/controls.py` trains the network without attention for 300
epochs, and plain classifiers of drawings with and without augmentation for 40,
each with five seeds and on one thread. Kill it at any moment; it continues.
`--store` stores the rows, as `no-attention-300`, `namer-plain` and
`namer-augmented`.
"""

import json
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pandas as pd
import torch
from joblib import Parallel, delayed
from publish import parser

from colorattn import claims, runs
from colorattn.analysis import classifier
from colorattn.analysis.classifier import Classifier
from colorattn.data import symbols
from colorattn.data.stream import fixed_scenes
from colorattn.files import write
from colorattn.model.baselines import PooledNet
from colorattn.runs.record import SCENE_SEED, Row, record
from colorattn.runs.store import Record, save
from colorattn.training import checkpoint
from colorattn.training.config import POST, Recipe
from colorattn.training.loop import Metrics, measure

COMMAND = "python book/measure/controls.py"
LESSONS = 40  # epochs of a classifier; an epoch is all 55,000 drawings
SCENES = 10_000
CHANGES = {
    "no-attention-300": "the network is PooledNet, which has no attention",
    "namer-plain": "a classifier of drawings",
    "namer-augmented": "a classifier of drawings, with augmentation",
}
LOOKS = "hit", "purity", "mass"  # of weights, which there are none of
Parts = tuple[list[Row], Row, list[bool]]  # rows, test, its scenes


def pooled(path: Path, device: str, seed: int) -> Parts:
    """Train the network without attention as the post trains its own."""
    experiment = replace(POST, seed=seed)
    rows = []
    for row in record(experiment, path, device, PooledNet(seed)):
        rows.append({k: v for k, v in row.items() if k not in LOOKS})
        print(path, row["epoch"], f"{row['accuracy']:.3f}", flush=True)
    model = checkpoint.load(path, PooledNet(seed))[0].model
    marks = measure(model, runs.scenes(POST, "test"))
    found = Metrics(*marks.double().mean(dim=1).tolist())
    test = {"accuracy": found.accuracy, "loss": found.loss}
    return rows, {"seed": seed} | test, marks[0].bool().tolist()


def namer(path: Path, augmented: bool, seed: int) -> Parts:
    """Train a classifier; it looks at scenes with a perfect look."""
    if path.exists():
        return tuple(json.loads(path.read_text("utf-8")))
    model, rows, seconds = Classifier(seed=seed), [], 0.0
    drawings, began = symbols.load("mnist", "train"), perf_counter()
    losses = classifier.train(model, drawings, seed, LESSONS, augmented)
    for epoch, loss in enumerate(losses, start=1):
        seconds += perf_counter() - began
        row = {"seed": seed, "epoch": epoch, "train_loss": loss}
        rows.append(row | looked(model, "validation")[0])
        rows[-1]["seconds"] = seconds
        print(path, epoch, rows[-1]["color"], flush=True)
        began = perf_counter()
    found, right = looked(model, "test")
    parts = rows, {"seed": seed} | found, right
    write(path, json.dumps(parts).encode())
    return parts


def looked(model: Classifier, split: str) -> tuple[Row, list[bool]]:
    """Measure how often it names digits, and colors by a perfect look."""
    drawings = symbols.load("mnist", split)
    asked = fixed_scenes(drawings, POST.scene, SCENES, SCENE_SEED)
    found = classifier.predict_proba(model, drawings.images)
    labels = drawings.labels(torch.arange(len(found)))
    query, shown = found[asked.query_id], found[asked.drawing_ids]
    right = classifier.match(query, shown) == asked.query_index
    return {
        "accuracy": classifier.accuracy(found, labels),
        "color": right.float().mean().item(),
    }, right.tolist()


def trained(folder: Path, device: str, name: str, seed: int) -> Parts:
    """Train one control, in a process with one thread."""
    torch.set_num_threads(1)
    path = folder / name / f"{seed}.safetensors"
    if name == "no-attention-300":
        return pooled(path, device, seed)
    augmented = name == "namer-augmented"
    return namer(path.with_suffix(".json"), augmented, seed)


def gathered(name: str, seeds: list[int], parts: list[Parts]) -> Record:
    """Make a record of all seeds of a control."""
    rows, test, right = zip(*parts, strict=True)
    long = POST.recipe.epochs if name == "no-attention-300" else LESSONS
    return Record(
        name,
        replace(POST, recipe=Recipe(epochs=long), seed=seeds[0]),
        pd.DataFrame(sum(rows, [])).set_index(["seed", "epoch"]),
        pd.DataFrame(test).set_index("seed"),
        claims.provenance(COMMAND) | {"change": CHANGES[name]},
        pd.DataFrame(right, index=seeds),
    )


if __name__ == "__main__":
    options = parser(__doc__)
    add = options.add_argument
    add("--seeds", type=int, nargs="+", default=list(range(5)))
    add("--only", nargs="+", choices=CHANGES, default=[*CHANGES])
    add("--workers", type=int, default=2)
    add("--device", default="cpu", help="of the network without attention")
    add("--out", type=Path, default=Path("_runs/controls"))
    asked = options.parse_args()
    jobs = [(name, seed) for name in asked.only for seed in asked.seeds]
    work = [delayed(trained)(asked.out, asked.device, *job) for job in jobs]
    found = Parallel(n_jobs=asked.workers)(work)
    made = dict(zip(jobs, found, strict=True))
    for name in asked.only:
        parts = [made[name, seed] for seed in asked.seeds]
        kept = gathered(name, asked.seeds, parts)
        print(name, kept.test.mean().to_dict())
        if asked.store:
            save(kept)
