"""Train an experiment to its end, recording a row after each epoch."""

from collections.abc import Iterator
from dataclasses import replace
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
    if path.exists():
        run, rows = checkpoint.load(path, model, device)
        check_same(experiment, run.experiment, path)
        run.experiment = replace(run.experiment, recipe=experiment.recipe)
        yield from rows[: experiment.recipe.epochs]
    else:
        run, rows = loop.start(experiment, model, device), []
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


def check_same(asked: Experiment, found: Experiment, path: Path) -> None:
    """Refuse to continue a different experiment; epochs may be added."""
    recipe = found.recipe
    if recipe.schedule == "constant":  # then epochs do not shape the run
        recipe = replace(recipe, epochs=asked.recipe.epochs)
    seed = found.seed if asked.seed is None else asked.seed
    if replace(asked, seed=seed) != replace(found, recipe=recipe):
        raise ValueError(
            f"{path} is a run of a different experiment (seed {found.seed}): "
            "choose a different path, or delete it to start anew."
        )
