"""The course on the command line: `python -m colorattn --help`."""

import argparse
import errno
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from joblib import parallel_config
from tqdm.auto import tqdm

from colorattn import runs
from colorattn.claims import provenance
from colorattn.data import symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.runs import entries, store
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.record import record, scenes
from colorattn.runs.sweep import Pair, checkpoint_path, sweep
from colorattn.training.checkpoint import load_model
from colorattn.training.config import NAMED, Experiment
from colorattn.training.loop import Diverged, Metrics, evaluate

RUNS = Path("_runs")


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return the exit status."""
    options = parser().parse_args(arguments)
    if getattr(options, "threads", None):
        torch.set_num_threads(options.threads)
    try:
        options.do(options)
    except (OSError, ValueError, Diverged) as wrong:
        text = in_words(wrong) if isinstance(wrong, OSError) else wrong
        print(f"colorattn: {text}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command continues.", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser("python -m colorattn", description=__doc__)
    parts = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do: Callable[..., None], text: str) -> Any:
        part = parts.add_parser(name, help=text)
        part.set_defaults(do=do)
        return part.add_argument

    names = f"one of {', '.join(NAMED)}"
    command("data", fetch, "fetch and verify the datasets")

    text = "train one of the course's models; continues if killed"
    add = command("train", train, text)
    post = {"nargs": "?", "default": "post-mnist", "choices": NAMED}
    add("name", **post, metavar="NAME", help=f"{names} (post-mnist)")
    add("--seed", type=whole, help="(drawn)")
    add("--epochs", type=positive, help="(as many as the recipe says)")
    path = f"the checkpoint ({RUNS}/NAME-SEED.safetensors)"
    add("--out", type=Path, metavar="PATH", help=path)
    machine(add)

    text = "measure a checkpoint, or one of the course's models"
    add = command("evaluate", measure, text)
    add("model", metavar="PATH|NAME", help=names)
    add("--split", choices=symbols.SPLITS[1:], default="validation")
    machine(add)

    text = "train the variants of a sweep; continues if killed"
    add = command("ablate", ablate, text)
    add("name", metavar="SWEEP", choices=SWEEPS)
    add("--seeds", type=positive, help="(as many as the sweep says)")
    cores = {"type": positive, "default": os.cpu_count()}
    add("--workers", **cores, help="(the cores)")
    text = "of a Dask cluster, whose workers train instead"
    add("--scheduler", metavar="ADDRESS", help=text)
    folder = f"the folder of runs ({RUNS})"
    add("--out", type=Path, default=RUNS, help=folder)
    text = "put each run into the package as it ends"
    add("--store", action="store_true", help=text)
    text = "train only what the package does not store yet"
    add("--rest", action="store_true", help=text)

    add = command("record", verify, "re-run an entry of the record table")
    add("--verify", type=Path, required=True, metavar="FILE")
    least = {"type": positive, "default": entries.SEEDS}
    add("--seeds", **least, help=f"({entries.SEEDS}, the fewest that count)")

    add = command("store", keep, "put finished runs into the package")
    add("name", metavar="NAME")
    add("paths", type=Path, nargs="+", metavar="PATH")
    add("--command", required=True, help="the command that made them")
    return top


def in_words(failed: OSError) -> str:
    """Say what an error of the operating system means and what to do."""
    advice = {
        errno.ENOSPC: "The disk is full: free some space, or choose a path on "
        "another disk.",
        errno.EACCES: "You have no permission there: choose a path in a "
        "folder of your own.",
        errno.EROFS: "That disk is read-only: choose a path on another one.",
        errno.ENOENT: "Check the path: a file or folder of it does not exist.",
        errno.EISDIR: "That is a folder: give the path of a file in it.",
        errno.ENOTDIR: "A part of that path is a file, not a folder.",
    }
    if failed.errno is None:  # raised by the course, in words already
        return str(failed)
    place = f"{failed.filename}: " if failed.filename else ""
    what = f"{place}{failed.strerror}. {advice.get(failed.errno, '')}"
    return what.rstrip()


def machine(add: Callable[..., Any]) -> None:
    """Add what it runs on."""
    best = "cuda" if torch.cuda.is_available() else "cpu"
    add("--device", type=device, default=best, help=f"({best})")
    add("--threads", type=positive, help="of the CPU (all)")


def whole(text: str) -> int:
    """Read a whole number that is not negative."""
    number = int(text) if text.isdecimal() else -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return number


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    if whole(text) == 0:
        raise argparse.ArgumentTypeError("must be at least 1")
    return whole(text)


def device(text: str) -> str:
    """Read the name of a device that is there."""
    try:
        torch.empty(1, device=text)
    except (RuntimeError, AssertionError) as reason:
        message = f"{text!r} is not there: {str(reason).splitlines()[0]}"
        raise argparse.ArgumentTypeError(message) from reason
    return text


def fetch(options: argparse.Namespace) -> None:
    """Load every split of both datasets and say where it came from."""
    for name in symbols.CLASSES:
        for split in symbols.SPLITS:
            found = symbols.load(name, split)
            print(f"{name:8}{split:11}{len(found.images):7,}  {found.source}")


def train(options: argparse.Namespace) -> None:
    """Train a named experiment with a progress bar of epochs."""
    experiment: Experiment = replace(NAMED[options.name], seed=options.seed)
    if options.epochs is not None:
        recipe = replace(experiment.recipe, epochs=options.epochs)
        experiment = replace(experiment, recipe=recipe)
    suffix = "" if options.seed is None else f"-{options.seed}"
    out = options.out or RUNS / f"{options.name}{suffix}.safetensors"
    out.parent.mkdir(parents=True, exist_ok=True)  # fail now, not after it
    rows = record(experiment, out, options.device)
    with tqdm(total=experiment.recipe.epochs, unit="epoch") as bar:
        for row in rows:
            bar.set_postfix_str(
                f"loss {row['train_loss']:.3f}, accuracy {row['accuracy']:.1%}"
            )
            bar.update()
    print(f"{out}: finished (seed {row['seed']}). Measure it with")
    print(f"python -m colorattn evaluate {out}")


def measure(options: argparse.Namespace) -> None:
    """Measure a model on a fixed scene set and print the metrics."""
    experiment, model = find(options.model)
    scene_set = scenes(experiment, options.split).to(options.device)
    found = evaluate(model.to(options.device), scene_set)
    print(f"on {len(scene_set):,} scenes of the {options.split} split:")
    for field, value in zip(Metrics._fields, found, strict=True):
        print(f"  {field:10}{value:8.4f}")


def find(name: str) -> tuple[Experiment, ColorNetImage]:
    """Find a model by its name, or by the path of its checkpoint."""
    if name in NAMED:
        return NAMED[name], runs.model(name)
    if not Path(name).exists():
        raise ValueError(
            f"there is no file {name}; the course's own models are "
            f"{', '.join(NAMED)}."
        )
    return load_model(Path(name))[:2]


def ablate(options: argparse.Namespace) -> None:
    """Train a sweep's variants with a progress bar of runs."""
    name, out = options.name, options.out / options.name
    variants = SWEEPS[name].variants
    seeds = list(range(options.seeds or SWEEPS[name].seeds))
    skip = stored(name, variants, seeds) if options.rest else set()
    facts = provenance(f"python -m colorattn ablate {name}")
    failed = []
    with (
        engine(options, out),
        tqdm(total=len(variants) * len(seeds) - len(skip), unit="run") as bar,
    ):
        for rows in sweep(variants, seeds, out, skip=skip):
            last = rows[-1]
            variant, seed = last["variant"], last["seed"]
            if "error" in last:
                failed.append(f"{variant} (seed {seed}): {last['error']}")
            else:
                accuracy = f"{last['accuracy']:.1%}"
                bar.set_postfix_str(f"{variant} (seed {seed}): {accuracy}")
                if options.store:
                    path = checkpoint_path(out, variant, seed)
                    store.store(f"{name}/{variant}", [path], facts)
            bar.update()
    if failed:
        raise ValueError("these runs failed:\n" + "\n".join(failed))
    print(f"{out}: finished, {len(variants)} variants")


def engine(
    options: argparse.Namespace, out: Path
) -> AbstractContextManager[Any]:
    """Choose where joblib runs: on the cores here, or on a Dask cluster."""
    if options.scheduler is None:
        return parallel_config(n_jobs=options.workers)
    try:
        from colorattn.runs.cluster import cluster
    except ModuleNotFoundError as missing:
        raise ValueError(
            f"--scheduler needs Dask, and there is no {missing.name}: try "
            "pip install 'colorattn[cluster]'."
        ) from missing
    return cluster(options.scheduler, out)


def stored(
    name: str, variants: dict[str, Experiment], seeds: list[int]
) -> set[Pair]:
    """List those variants and seeds of a sweep that the package stores."""
    found = set()
    for variant, experiment in variants.items():
        if store.exists(f"{name}/{variant}"):
            kept = runs.load(f"{name}/{variant}")
            if store.same_but_seed(kept.experiment, experiment):
                there = set(kept.seeds) & set(seeds)
                found |= {(variant, seed) for seed in there}
    return found


def verify(options: argparse.Namespace) -> None:
    """Run an entry against its holder, and say whether it stands."""
    entry, seeds = options.verify, options.seeds
    goal, holder = entries.goal_of(entry), entries.holder_of(entry)
    ours, theirs = [], []
    for result, other in entries.contest(entry, holder, seeds):
        ours.append(result)
        text = f"seed {result.seed}: {result.seconds:.2f} s"
        print(f"{text}, {result.accuracy:.2%}", end="")
        if holder and other:
            theirs.append(other)
            more = "" if other.over else "more than "
            print(f"; {holder.name}: {more}{other.seconds:.2f} s", end="")
        print(flush=True)
    if objections := entries.objections(goal, ours, theirs):
        raise ValueError(f"{entry} does not stand: {'; '.join(objections)}.")
    row = entries.row(entry, ours, provenance(""))
    print(f"{entry} stands. Its row:\n{row}")


def keep(options: argparse.Namespace) -> None:
    """Store finished runs with what is needed to make them again."""
    facts = provenance(options.command)
    kept = store.store(options.name, options.paths, facts)
    print(f"{kept.name}: stored, seeds {kept.seeds}")


if __name__ == "__main__":
    sys.exit(main())
