"""The course on the command line: `python -m colorattn --help`."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import torch
from tqdm.auto import tqdm

from colorattn import checkpoint, provenance, records, symbols
from colorattn.experiment import NAMED, Experiment
from colorattn.training import Diverged, Measured, evaluate

RUNS = Path("_runs")


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return the exit status."""
    asked = parser().parse_args(arguments)
    if getattr(asked, "threads", None):
        torch.set_num_threads(asked.threads)
    try:
        asked.do(asked)
    except (ValueError, OSError, Diverged) as wrong:
        print(f"colorattn: {wrong}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command continues.", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser("python -m colorattn", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    data_ = commands.add_parser("data", help="fetch and verify the data sets")
    data_.set_defaults(do=data)

    train_ = commands.add_parser(
        "train", help="train one of the course's nets; continues if killed"
    )
    train_.set_defaults(do=train)
    name(train_)
    train_.add_argument("--seed", type=whole, help="(drawn)")
    train_.add_argument(
        "--epochs", type=positive, help="(as many as the net's recipe says)"
    )
    path = f"the checkpoint ({RUNS}/NAME-SEED.safetensors)"
    train_.add_argument("--out", type=Path, metavar="PATH", help=path)
    machine(train_)

    evaluate_ = commands.add_parser(
        "evaluate", help="measure a checkpoint, or a net that the course has"
    )
    evaluate_.set_defaults(do=measure)
    evaluate_.add_argument(
        "model", metavar="PATH|NAME", help=f"one of {', '.join(NAMED)}"
    )
    evaluate_.add_argument(
        "--split", choices=symbols.SPLITS[1:], default="validation"
    )
    machine(evaluate_)

    store_ = commands.add_parser(
        "store", help="put finished runs into the package"
    )
    store_.set_defaults(do=store)
    store_.add_argument("name", metavar="NAME")
    store_.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    store_.add_argument(
        "--command", required=True, help="the command that made them"
    )
    return top


def name(command: argparse.ArgumentParser) -> None:
    """Add the name of an experiment."""
    command.add_argument(
        "name",
        nargs="?",
        default="post-mnist",
        choices=NAMED,
        metavar="NAME",
        help=f"one of {', '.join(NAMED)} (post-mnist)",
    )


def machine(command: argparse.ArgumentParser) -> None:
    """Add what it runs on."""
    best = "cuda" if torch.cuda.is_available() else "cpu"
    command.add_argument(
        "--device", type=device, default=best, help=f"({best})"
    )
    command.add_argument("--threads", type=positive, help="of the CPU (all)")


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
        line = str(reason).splitlines()[0]
        message = f"{text!r} is not there: {line}"
        raise argparse.ArgumentTypeError(message) from reason
    return text


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


def measure(asked: argparse.Namespace) -> None:
    """Measure a model on a fixed scene set and print what was found."""
    if asked.model in NAMED:
        model = records.weights(asked.model)
        experiment = NAMED[asked.model]
    else:
        if not Path(asked.model).exists():
            raise ValueError(
                f"there is no file {asked.model}; the course's own nets are "
                f"{', '.join(NAMED)}."
            )
        experiment, model, _ = checkpoint.net(Path(asked.model))
    scenes = records.scenes(experiment, asked.split).to(asked.device)
    found = evaluate(model.to(asked.device), scenes)
    print(f"on {len(scenes):,} scenes of the {asked.split} split:")
    for field, value in zip(Measured._fields, found, strict=True):
        print(f"  {field:10}{value:8.4f}")


def store(asked: argparse.Namespace) -> None:
    """Store finished runs with what is needed to make them again."""
    facts = provenance.here(asked.command)
    record = records.store(asked.name, asked.paths, facts)
    print(f"{record.name}: stored, seeds {record.seeds}")


if __name__ == "__main__":
    sys.exit(main())
