"""Measure what chapter 9 says of the post's net and of its repairs.

`python book/tools/chapter_09.py` trains the plain classifiers (five minutes
of one core; what was trained before lies in `_runs/namers`), measures the
stored net, and reads the rows of the sweep `repairs`. `--rows` only reads
rows: enough after the sweep has got more seeds.
"""

import json
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor

from colorattn import naming, provenance, records, storing, symbols
from colorattn.experiment import POST, Recipe
from colorattn.files import write
from colorattn.records import Record, Row
from colorattn.scene import SIDE
from colorattn.stream import Batch, fixed_scenes

COMMAND = "python book/tools/chapter_09.py"
KEPT = Path("_runs/namers")
SCENES, SEEDS = 10_000, range(5)
EPOCHS = {SIDE: 8, 17: 5, 25: 5}  # of the classifiers, by what they see, px


def scenes(split: str) -> Batch:
    """Return many scenes: a small split gives few errors to look at."""
    drawings = symbols.load("mnist", split)
    return fixed_scenes(drawings, POST.scene, SCENES, records.SCENE_SEED)


def by_names(query: Tensor, shown: Tensor, queried: Tensor) -> float:
    """Return how often equal names point at the queried symbol.

    Where several have the query's name, or none, one of them is drawn.
    """
    match = (shown.argmax(dim=2) == query.argmax(dim=1)[:, None]).float()
    none = match.sum(dim=1, keepdim=True) == 0
    match = torch.where(none, torch.ones_like(match), match)
    share = match / match.sum(dim=1, keepdim=True)
    return share.gather(1, queried[:, None]).mean().item()


def colors(query: Tensor, shown: Tensor, asked: Batch) -> dict[str, float]:
    """Return how often a perfect look at the symbols names the color."""
    query, shown = query[asked.query_drawing], shown[asked.drawings]
    right = naming.pick(query, shown) == asked.queried
    return {
        "names": by_names(query, shown, asked.queried),
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
    namer, start = naming.Namer(side, seed), perf_counter()
    whole = {} if side == SIDE else queries(seed)
    for n, loss in enumerate(
        naming.lessons(namer, train, seed, EPOCHS[side]), start=1
    ):
        seconds += perf_counter() - start
        found = naming.chances(namer, held_out.images)
        labels = held_out.labels(torch.arange(len(found)))
        rows.append(
            {
                "seed": seed,
                "epoch": n,
                "train_loss": loss,
                "accuracy": naming.share_right(found, labels),
                **colors(whole.get("validation", found), found, asked),
                "seconds": seconds,
            }
        )
        print(side, rows[-1], flush=True)
        start = perf_counter()
    test_split = symbols.load("mnist", "test")
    found = naming.chances(namer, test_split.images)
    labels = test_split.labels(torch.arange(len(found)))
    test = {
        "seed": seed,
        "accuracy": naming.share_right(found, labels),
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
    namer = naming.Namer(seed=seed).eval()
    namer.load_state_dict(torch.load(KEPT / f"{seed}.pt"))
    return {
        split: naming.chances(namer, symbols.load("mnist", split).images)
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
            **provenance.here(COMMAND),
            "change": f"a classifier names drawings, seen {side} px wide",
        }
        base = replace(POST, recipe=Recipe(epochs=epochs), seed=SEEDS[0])
        name = f"namer-{side}"
        storing.keep(Record(name, base, rows, test, facts))


if __name__ == "__main__":
    namers()
