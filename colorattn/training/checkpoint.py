"""Save and load a run: tensors in safetensors, everything else as JSON.

Both are in one file (the JSON in its header), which is replaced atomically.
"""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from colorattn.files import notify, write
from colorattn.model.colornet import ColorNetImage
from colorattn.training.config import Experiment, from_json
from colorattn.training.loop import Run, start

Row = dict[str, Any]  # what was measured after an epoch
MISFIT = KeyError, TypeError, ValueError, AttributeError, RuntimeError
UNREADABLE = SafetensorError, OSError, *MISFIT


class BadCheckpoint(ValueError):
    """A file that is not a checkpoint of this course, or is damaged."""


def save(run: Run, path: Path, rows: Sequence[Row] = ()) -> None:
    """Save a run, with the rows measured so far, in one atomic step."""
    tensors = unique_state(run.model)
    for n, state in run.optimizer.state_dict()["state"].items():
        for name, value in state.items():
            tensors[f"optimizer.{n}.{name}"] = value
    facts = {
        "experiment": asdict(run.experiment),
        "step": run.step,
        "rows": rows,
        "threads": torch.get_num_threads(),
        "device": next(run.model.parameters()).device.type,
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
    tensors = {k: v.cpu().contiguous() for k, v in tensors.items()}
    facts["checksum"] = checksum(tensors, facts)
    write(path, to_bytes(tensors, {"run": json.dumps(facts)}))


def load(
    path: Path,
    model: nn.Module | None = None,
    device: str | torch.device = "cpu",
) -> tuple[Run, list[Row]]:
    """Load a run and its rows; give the model if it was one of your own.

    Continued with the same number of threads, it ends in the same bits; a
    different number is reported on stderr. Raises `BadCheckpoint`.
    """
    run, rows, threads = restore(path, model, device)
    if threads != torch.get_num_threads():
        notify(
            f"{path} was saved with {threads} threads and continues with "
            f"{torch.get_num_threads()}: the last bits will differ."
        )
    return run, rows


def resume(
    experiment: Experiment,
    path: Path,
    model: nn.Module | None = None,
    device: str | torch.device = "cpu",
) -> tuple[Run, list[Row]]:
    """Continue the run of a path, or start it where there is none.

    A run at a constant rate can get more epochs. Raises `BadCheckpoint`, and
    ValueError for the run of a different experiment.
    """
    if not path.exists():
        return start(experiment, model, device), []
    run, rows = load(path, model, device)
    found, seed = run.experiment, experiment.seed
    asked = replace(experiment, seed=found.seed if seed is None else seed)
    recipe = found.recipe
    if recipe.schedule == "constant":  # then epochs do not shape the run
        recipe = replace(recipe, epochs=asked.recipe.epochs)
    if replace(found, recipe=recipe) != asked:
        raise ValueError(
            f"{path} is a run of a different experiment (seed {found.seed}): "
            "choose a different path, or delete it to start anew."
        )
    run.experiment = asked
    return run, rows


def load_model(path: Path) -> tuple[Experiment, ColorNetImage, list[Row]]:
    """Load a model for inference. Raises `BadCheckpoint`."""
    run, rows, _ = restore(path, None, "cpu")
    return run.experiment, cast(ColorNetImage, run.model.eval()), rows


def restore(
    path: Path, model: nn.Module | None, device: str | torch.device
) -> tuple[Run, list[Row], int]:
    """Restore a run, its rows, and the number of threads it was saved with."""
    tensors, facts = read(path)
    try:
        run = start(from_json(facts["experiment"]), model, device)
        run.step = facts["step"]
        load_state(run.model, tensors)
        load_moments(run, tensors)
        return run, facts["rows"], facts["threads"]
    except MISFIT as unfit:
        raise BadCheckpoint(f"{path} does not fit: {unfit}") from unfit


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read tensors and facts. Raises `BadCheckpoint` or FileNotFoundError."""
    if not path.exists():
        raise FileNotFoundError(f"there is no checkpoint at {path}.")
    try:
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {})["run"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        if facts.pop("checksum") != checksum(tensors, facts):
            raise ValueError("its content is not what was saved")
        return tensors, facts
    except UNREADABLE as damaged:
        raise BadCheckpoint(
            f"{path} is not a checkpoint of this course, or it is damaged "
            f"({damaged}). Give the path of a file that training has saved, "
            "or a new path to start a run."
        ) from damaged


def checksum(tensors: dict[str, Tensor], facts: dict[str, Any]) -> str:
    """Hash the whole content of a file, so that any changed bit is noticed."""
    content = to_bytes(tensors) + json.dumps(facts).encode()
    return sha256(content).hexdigest()


def unique_state(model: nn.Module) -> dict[str, Tensor]:
    """Return the state of a model, each shared layer under one name only."""
    named = *model.named_parameters(), *model.named_buffers()
    return {f"model.{name}": value.detach() for name, value in named}


def load_moments(run: Run, tensors: dict[str, Tensor]) -> None:
    """Give a run's optimizer its saved moments, laid out like the weights.

    The fused optimizers read both from end to end, whatever their strides: in
    another memory format, each weight would get another one's moments.
    """
    weights = dict(enumerate(run.model.parameters()))
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimizer."):
            _, n, name = key.split(".")
            if value.shape == weights[int(n)].shape:  # unlike the step's
                value = torch.empty_like(weights[int(n)]).copy_(value)
            state.setdefault(int(n), {})[name] = value
    groups = run.optimizer.state_dict()["param_groups"]
    run.optimizer.load_state_dict({"state": state, "param_groups": groups})


def load_state(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Copy saved values into a model. Raises ValueError unless all fit."""
    state = unique_state(model)
    saved = {k: v for k, v in tensors.items() if k.startswith("model.")}
    if alone := sorted(state.keys() ^ saved.keys()):
        where = "file" if alone[0] in saved else "model"
        raise ValueError(f"only the {where} has {alone[0]}")
    for name, value in state.items():
        if saved[name].shape != value.shape:
            raise ValueError(
                f"{name} has shape {tuple(saved[name].shape)} in the file "
                f"and {tuple(value.shape)} in the model"
            )
        value.copy_(saved[name])
