"""Train an experiment to its end, recording a row after each epoch."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from torch import nn

from colorattn.data import symbols
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.training import checkpoint, loop
from colorattn.training.checkpoint import Row
from colorattn.training.config import EPOCH, Experiment
from colorattn.training.pretraining import pretrain

VALIDATION_SCENES = 1_000  # as many as the post held out
TEST_SCENES = 10_000
SCENE_SEED = 0  # of both scene sets, the same for every run


def scenes(experiment: Experiment, split: str) -> Batch:
    """Return the fixed scene set on which a run is measured."""
    n = TEST_SCENES if split == "test" else VALIDATION_SCENES
    drawings = symbols.load(experiment.dataset, split)
    return fixed_scenes(drawings, experiment.scene, n, SCENE_SEED)


def record(
    experiment: Experiment,
    path: Path,
    device: str = "cpu",
    model: nn.Module | None = None,
) -> Iterator[Row]:
    """Train an experiment to its end, yielding a row after each epoch.

    Run and rows are saved to `path` before each row is yielded; what is
    there already is yielded first and continued. Give the model if it is one
    of your own. Raises ValueError where `path` holds another experiment.
    """
    run, rows = checkpoint.resume(experiment, path, model, device)
    yield from rows[: experiment.recipe.epochs]
    drawings = symbols.load(experiment.dataset, "train").to(device)
    held_out = scenes(experiment, "validation").to(device)
    before = rows[-1]["seconds"] if rows else 0.0
    began = perf_counter()
    if run.step == 0:
        pretrain(run, drawings)
    stream = loop.stream_of(run, drawings)
    left = max(0, experiment.recipe.steps - run.step)
    for progress in loop.train(run, stream, left):
        seconds = before + perf_counter() - began
        row = {
            "seed": run.experiment.seed,
            "epoch": run.step // EPOCH,
            "train_loss": progress.loss,
            **loop.evaluate(run.model, held_out)._asdict(),
            "seconds": seconds,  # of training; evaluation not counted
        }
        rows.append(row)
        checkpoint.save(run, path, rows)
        yield row
        before, began = seconds, perf_counter()
