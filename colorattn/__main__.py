"""The course on the command line: `python -m colorattn --help`."""

import argparse
import os
import sys
from pathlib import Path

import torch

from colorattn import commands, symbols
from colorattn.commands import RUNS
from colorattn.experiment import NAMED
from colorattn.sweeps import SWEEPS
from colorattn.training import Diverged


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
    parts = top.add_subparsers(required=True, metavar="COMMAND")

    data_ = parts.add_parser("data", help="fetch and verify the data sets")
    data_.set_defaults(do=commands.data)

    train_ = parts.add_parser(
        "train", help="train one of the course's nets; continues if killed"
    )
    train_.set_defaults(do=commands.train)
    name(train_)
    train_.add_argument("--seed", type=whole, help="(drawn)")
    train_.add_argument(
        "--epochs", type=positive, help="(as many as the net's recipe says)"
    )
    path = f"the checkpoint ({RUNS}/NAME-SEED.safetensors)"
    train_.add_argument("--out", type=Path, metavar="PATH", help=path)
    machine(train_)

    evaluate_ = parts.add_parser(
        "evaluate", help="measure a checkpoint, or a net that the course has"
    )
    evaluate_.set_defaults(do=commands.measure)
    evaluate_.add_argument(
        "model", metavar="PATH|NAME", help=f"one of {', '.join(NAMED)}"
    )
    evaluate_.add_argument(
        "--split", choices=symbols.SPLITS[1:], default="validation"
    )
    machine(evaluate_)

    export_ = parts.add_parser(
        "export", help="write nets as ONNX files, with test vectors"
    )
    export_.set_defaults(do=commands.to_onnx)
    export_.add_argument(
        "models",
        nargs="*",
        default=list(NAMED),
        metavar="PATH|NAME",
        help=f"(all that have a name: {', '.join(NAMED)})",
    )
    export_.add_argument(
        "--out", type=Path, default=RUNS, help=f"the folder ({RUNS})"
    )
    export_.add_argument("--threads", type=positive, help="of the CPU (all)")

    ablate_ = parts.add_parser(
        "ablate", help="train the variants of a sweep; continues if killed"
    )
    ablate_.set_defaults(do=commands.ablate)
    ablate_.add_argument("name", metavar="SWEEP", choices=SWEEPS)
    ablate_.add_argument(
        "--seeds", type=positive, help="(as many as the sweep says)"
    )
    ablate_.add_argument(
        "--workers", type=positive, default=os.cpu_count(), help="(the cores)"
    )
    ablate_.add_argument(
        "--out", type=Path, default=RUNS, help=f"the folder of runs ({RUNS})"
    )
    ablate_.add_argument(
        "--store",
        action="store_true",
        help="put each run into the package as it ends",
    )
    ablate_.add_argument(
        "--rest",
        action="store_true",
        help="train only what the package does not store yet",
    )

    store_ = parts.add_parser(
        "store", help="put finished runs into the package"
    )
    store_.set_defaults(do=commands.store)
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


if __name__ == "__main__":
    sys.exit(main())
