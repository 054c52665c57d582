"""The training loop, for any module that is called like the network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from math import cos, pi
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from colorattn.analysis.localization import localize
from colorattn.data.augmentation import Augmented
from colorattn.data.seeds import Use, fresh_seed, generator
from colorattn.data.stream import Batch, Batches, Repeated, Stream, draw
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.training.config import EPOCH, Experiment, Recipe
from colorattn.training.muon import Muon

OPTIMIZERS: dict[str, Any] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "muon": Muon,
    "sgd": torch.optim.SGD,
}


@dataclass
class Run:
    """A training run: what must be kept to continue it bit for bit."""

    experiment: Experiment  # its seed is a number here, drawn if need be
    model: nn.Module
    optimizer: torch.optim.Optimizer
    step: int = 0  # updates made so far


class Progress(NamedTuple):
    """What `train` reports."""

    step: int
    loss: float  # nats, mean since the last report


class Metrics(NamedTuple):
    """What `evaluate` measures: means over scenes."""

    accuracy: float  # 0 to 1
    loss: float  # nats
    hit: float  # 0 to 1, as the next two; see `localization`
    purity: float
    mass: float


class Diverged(ArithmeticError):
    """A loss that is not finite, with the step at which it occurred."""


def start(
    experiment: Experiment,
    model: nn.Module | None = None,
    device: str | torch.device = "cpu",
) -> Run:
    """Start an experiment, with its own network or a model of yours."""
    seed = fresh_seed() if experiment.seed is None else experiment.seed
    if model is None:
        model = ColorNetImage(experiment.model, seed)
    model, recipe = model.to(device), experiment.recipe
    optimizer = OPTIMIZERS[recipe.optimizer](
        model.parameters(), lr=recipe.learning_rate, fused=True
    )
    return Run(replace(experiment, seed=seed), model, optimizer)


def stream_of(run: Run, symbols: Symbols) -> Batches:
    """Return the run's stream of scenes, from its present step on."""
    scene, recipe = run.experiment.scene, run.experiment.recipe
    seed, queries = run.experiment.seed, recipe.queries_per_scene
    assert seed is not None  # `start` has drawn one
    size = recipe.batch_size
    stream: Batches
    if recipe.num_scenes is None:
        stream = Stream(symbols, scene, size, seed, run.step, queries)
    else:
        random = generator(seed, Use.STREAM, device=symbols.images.device)
        scenes = draw(symbols, scene, recipe.num_scenes, random)
        stream = Repeated(scenes, size, seed, run.step)
    if recipe.augment:
        stream = Augmented(stream, symbols, seed, queries)
    return stream


def learning_rate(recipe: Recipe, step: int) -> float:
    """Return the learning rate of a step: a pure function, nothing to save.

    One-cycle rises along a cosine for a share of the steps, from 1/25 of the
    highest rate, and falls along another to zero (Smith & Topin, 2019).
    """
    if recipe.schedule == "constant":
        return recipe.learning_rate
    turn = recipe.warmup * recipe.steps
    low, share = 1 / 25, 1 - step / turn
    if step >= turn:
        low, share = 0.0, min((step - turn) / (recipe.steps - turn), 1.0)
    height = (1 + cos(pi * share)) / 2  # 1 at the turn, 0 at both ends
    return recipe.learning_rate * (low + (1 - low) * height)


def train_step(run: Run, batch: Batch) -> Float[Tensor, ""]:
    """Make one update of the model and return the loss before it, in nats."""
    set_rate(run)
    return update(run, batch)


def set_rate(run: Run) -> None:
    """Give the optimizer the learning rate of the run's step."""
    rate = learning_rate(run.experiment.recipe, run.step)
    for group in run.optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def update(run: Run, batch: Batch) -> Float[Tensor, ""]:
    """Make the update at the rate that is set; a CUDA graph can hold this."""
    run.model.train()
    run.optimizer.zero_grad()
    queries = run.experiment.recipe.queries_per_scene
    logits, _, _ = run.model(batch.image[::queries], batch.query)
    loss = F.cross_entropy(logits, batch.target)
    loss.backward()
    run.optimizer.step()
    return loss.detach()


def train(
    run: Run, batches: Iterable[Batch], steps: int, report_every: int = EPOCH
) -> Iterator[Progress]:
    """Make `steps` updates to `run`, yielding progress at each report.

    Nothing happens until you iterate; stop iterating and training stops.
    Raises `Diverged`, naming the step, when a loss is not finite.
    """
    losses: list[Tensor] = []  # left on the device until reported
    for batch in islice(batches, steps):
        losses.append(train_step(run, batch))
        run.step += 1
        if run.step % report_every == 0:
            yield Progress(run.step, mean_loss(losses, run))
            losses.clear()
    mean_loss(losses, run)


def mean_loss(losses: list[Tensor], run: Run) -> float:
    """Average the losses of the last steps; all must be finite."""
    if not losses:
        return 0.0
    values = torch.stack(losses)
    finite = values.isfinite()
    if not finite.all():
        first = run.step - len(losses) + int(finite.int().argmin())
        rate = learning_rate(run.experiment.recipe, first)
        raise Diverged(
            f"the loss is {values[~finite][0].item()} at step {first}. Most "
            f"often the learning rate is too high: it was {rate:g}; try a "
            "tenth of it. If that does not help, look for infinite inputs."
        )
    return values.mean().item()


def evaluate(model: nn.Module, scenes: Batch, chunk: int = 250) -> Metrics:
    """Measure a model on fixed scenes: means over these."""
    found = measure(model, scenes, chunk)
    return Metrics(*found.double().mean(dim=1).tolist())


@torch.inference_mode()
def measure(
    model: nn.Module, scenes: Batch, chunk: int = 250
) -> Float[Tensor, "metrics scenes"]:
    """Measure a model on each scene, a chunk at a time to save memory.

    The rows are those of `Metrics`; accuracy and hit are 0 or 1 here.
    """
    was_training = model.training
    model.eval()
    found = []
    for start in range(0, len(scenes), chunk):
        part = scenes[start : start + chunk]
        logits, _, weights = model(part.image, part.query)
        loss = F.cross_entropy(logits, part.target, reduction="none")
        right = logits.argmax(dim=1) == part.target
        found.append(torch.stack([right, loss, *localize(weights, part)]))
    model.train(was_training)
    return torch.cat(found, dim=1)
