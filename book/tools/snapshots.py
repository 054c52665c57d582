"""Train the networks of the demo once more, and keep them as they learn.

`python book/tools/snapshots.py train post-mnist` trains one as the course
did (seed 0, one thread), and saves it at each of `STEPS`, with what it scored
on the validation scenes. It can be stopped: the same command continues.

`python book/tools/snapshots.py pack` writes what was saved so far as scripts
for the page of the demo. Weights of convolutions become steps of a 127th of
the largest that their layer ever has, and only differences from one snapshot
to the next are kept, compressed; all other numbers have half precision.
"""

import argparse
import base64
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import export
import numpy as np
import torch

from colorattn.data import symbols
from colorattn.files import write
from colorattn.runs.record import scenes
from colorattn.training import checkpoint, loop
from colorattn.training.config import EPOCH, NAMED

RUNS = Path("_runs/snapshots")
OUT = Path(__file__).parents[1] / "static" / "models"
MOST = 127  # steps of a weight, up or down
NAMES = "post-mnist", "best-mnist"
SEED = 0
# Close together where the networks learn, and further apart later.
EPOCHS = (
    *(n / 2 for n in range(16)),
    *range(8, 24),
    *range(24, 40, 2),
    *range(40, 60, 5),
    *range(60, 100, 10),
    *range(100, 301, 20),
)
STEPS = [round(epoch * EPOCH) for epoch in EPOCHS]


def train(name: str, runs: Path) -> None:
    """Train a network, from its last snapshot on, and save the others."""
    torch.set_num_threads(1)
    experiment = replace(NAMED[name], seed=SEED)
    folder = runs / name
    folder.mkdir(parents=True, exist_ok=True)
    saved = sorted(folder.glob("*.safetensors"))
    if saved:
        run, rows = checkpoint.load(saved[-1])
    else:
        run, rows = loop.start(experiment), []
    held_out = scenes(experiment, "validation")
    drawings = symbols.load(experiment.dataset, "train")
    batches = iter(loop.stream_of(run, drawings))  # one, so that none repeats
    for step in [step for step in STEPS if step > run.step or not rows]:
        for _ in loop.train(run, batches, step - run.step):
            pass
        found = loop.evaluate(run.model, held_out)
        rows.append({"step": step, **found._asdict()})
        checkpoint.save(run, folder / f"{step:05}.safetensors", rows)
        print(f"{name}, epoch {step / EPOCH:g}: {found.accuracy:.1%}")


def pack(name: str, runs: Path) -> dict[str, Any]:
    """Describe a network's snapshots for the page of the demo."""
    paths = sorted((runs / name).glob("*.safetensors"))
    lists, rows = [], []
    for path in paths:
        _, model, rows = checkpoint.load_model(path)
        lists.append(export.describe(model)[1].listed)
    network, _ = export.describe(model)
    halves, changes, parts = [], [], []
    for tensors in zip(*lists, strict=True):
        values = torch.stack(tensors).detach().flatten(1).numpy()
        steps = None
        if tensors[0].dim() == 4:  # weights of a convolution
            steps = float(np.abs(values).max()) / MOST
            whole = np.round(values / steps).astype(np.int8)
            changes.append(np.diff(whole, axis=0, prepend=np.int8(0)))
        else:
            halves.append(values.astype("<f2"))
        parts.append([values.shape[1], steps])
    content = b"".join(
        np.concatenate(each, axis=1).tobytes() for each in (halves, changes)
    )
    return {
        **network,
        "parts": parts,
        "rows": [
            [row["step"], row["accuracy"], row["hit"], round(row["loss"], 4)]
            for row in rows
        ],
        "packed": base64.b64encode(zlib.compress(content, 9)).decode(),
    }


def main(arguments: list[str]) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["train", "pack"])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--runs", type=Path, default=RUNS)
    options = parser.parse_args(arguments)
    for name in options.names or NAMES:
        if options.command == "train":
            train(name, options.runs)
        else:
            path = OUT / f"{name}-training.js"
            packed = export.script(path.stem, pack(name, options.runs))
            write(path, packed)
            print(f"{path}: {len(packed) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
