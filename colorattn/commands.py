"""What the commands of `python -m colorattn` do."""

import argparse
from dataclasses import replace
from pathlib import Path

from tqdm.auto import tqdm

from colorattn import (
    ablation,
    checkpoint,
    export,
    provenance,
    records,
    storing,
    symbols,
)
from colorattn.experiment import NAMED, Experiment
from colorattn.files import write
from colorattn.model import ColorNetImage
from colorattn.sweeps import SWEEPS
from colorattn.training import Measured, evaluate

RUNS = Path("_runs")


def data(asked: argparse.Namespace) -> None:
    """Load every split of both data sets and say where it came from."""
    for name in symbols.CLASSES:
        for split in symbols.SPLITS:
            found = symbols.load(name, split)
            print(f"{name:8}{split:11}{len(found.images):7,}  {found.source}")


def train(asked: argparse.Namespace) -> None:
    """Train an experiment with a bar of epochs, and measure the end."""
    experiment: Experiment = replace(NAMED[asked.name], seed=asked.seed)
    if asked.epochs is not None:
        recipe = replace(experiment.recipe, epochs=asked.epochs)
        experiment = replace(experiment, recipe=recipe)
    suffix = "" if asked.seed is None else f"-{asked.seed}"
    out = asked.out or RUNS / f"{asked.name}{suffix}.safetensors"
    out.parent.mkdir(parents=True, exist_ok=True)  # fail now, not after it
    rows = records.record(experiment, out, asked.device)
    with tqdm(total=experiment.recipe.epochs, unit="epoch") as bar:
        for row in rows:
            bar.set_postfix_str(
                f"loss {row['train_loss']:.3f}, accuracy {row['accuracy']:.1%}"
            )
            bar.update()
    print(f"{out}: finished (seed {row['seed']}). Measure it with")
    print(f"python -m colorattn evaluate {out}")


def ablate(asked: argparse.Namespace) -> None:
    """Train a sweep's variants with a bar of runs; say how each ended."""
    variants = SWEEPS[asked.name].variants
    seeds = list(range(asked.seeds or SWEEPS[asked.name].seeds))
    folder = asked.out / asked.name
    done = stored(asked.name, variants, seeds) if asked.rest else set()
    ended = ablation.sweep(variants, seeds, folder, asked.workers, done)
    left = len(variants) * len(seeds) - len(done)
    facts = provenance.here(f"python -m colorattn ablate {asked.name}")
    failed = []
    with tqdm(total=left, unit="run") as bar:
        for rows in ended:
            last = rows[-1]
            name, seed = last["variant"], last["seed"]
            if "error" in last:
                failed.append(f"{name} (seed {seed}): {last['error']}")
            else:
                accuracy = f"{last['accuracy']:.1%}"
                bar.set_postfix_str(f"{name} (seed {seed}): {accuracy}")
            if asked.store and "error" not in last:
                path = ablation.place(folder, name, seed)
                storing.store(f"{asked.name}/{name}", [path], facts)
            bar.update()
    if failed:
        raise ValueError("these runs failed:\n" + "\n".join(failed))
    print(f"{folder}: finished, {len(variants)} variants")


def stored(
    sweep: str, variants: dict[str, Experiment], seeds: list[int]
) -> set[ablation.Pair]:
    """List those variants and seeds of a sweep that the package stores."""
    found = set()
    for name, experiment in variants.items():
        if records.holds(f"{sweep}/{name}"):
            record = records.run(f"{sweep}/{name}")
            if storing.alike(record.experiment, experiment):
                found |= {
                    (name, seed) for seed in record.seeds if seed in seeds
                }
    return found


def measure(asked: argparse.Namespace) -> None:
    """Measure a model on a fixed scene set and print what was found."""
    experiment, model = net(asked.model)
    scenes = records.scenes(experiment, asked.split).to(asked.device)
    found = evaluate(model.to(asked.device), scenes)
    print(f"on {len(scenes):,} scenes of the {asked.split} split:")
    for field, value in zip(Measured._fields, found, strict=True):
        print(f"  {field:10}{value:8.4f}")


def to_onnx(asked: argparse.Namespace) -> None:
    """Export nets as ONNX files, each with test vectors beside it."""
    with tqdm(asked.models, unit="net") as bar:
        for model in bar:
            experiment, found = net(model)
            path = asked.out / f"{Path(model).stem}.onnx"
            write(path, export.to_onnx(experiment, found))
            vectors = export.to_json(experiment, found)
            write(path.with_suffix(".json"), vectors.encode())
    print(f"{asked.out}: exported, {', '.join(map(str, asked.models))}")


def net(name: str) -> tuple[Experiment, ColorNetImage]:
    """Find a net by its name, or by the path of its checkpoint."""
    if name in NAMED:
        return NAMED[name], records.weights(name)
    if not Path(name).exists():
        raise ValueError(
            f"there is no file {name}; the course's own nets are "
            f"{', '.join(NAMED)}."
        )
    experiment, model, _ = checkpoint.net(Path(name))
    return experiment, model


def store(asked: argparse.Namespace) -> None:
    """Store finished runs with what is needed to make them again."""
    facts = provenance.here(asked.command)
    record = storing.store(asked.name, asked.paths, facts)
    print(f"{record.name}: stored, seeds {record.seeds}")
