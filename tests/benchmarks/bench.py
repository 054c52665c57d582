"""The course against the post's recipe, on this machine, in one run.

`make bench` prints a table, for the processor and for a GPU where there is
one, and each number beside the published one. What is compared is measured in
turns, so that a machine whose speed drifts is fair to all. `make bench-long`
lets the post's recipe run to its end. Beside this machine are the others that
it ran on, with their rates. `--store` writes the ledger's entries, this
machine's row, and the rows of README.md that cite them.
"""

import argparse
import sys
from collections.abc import Iterator
from math import inf
from pathlib import Path

import torch
from machines import least, machine, read, save, with_row
from machines import lines as machine_lines
from measure import NETS, Numbers, drawing, racing, remembering, stepping
from page import README, renewed
from race import LANES
from report import Number, claim, table
from step import PARTS

from colorattn.claims import hardware, provenance
from colorattn.files import write

sys.path.append(str(Path(__file__).parents[2] / "book" / "measure"))
from publish import parser, publish

COMMAND = "python tests/benchmarks/bench.py"
CAP = 150.0  # seconds of training, after which a recipe is given up
SOONER = {"": 30, "records-": 100}  # times: the targets at 90 %
SHARE = 10  # %, the most that generation may take of a step
Line = tuple[str | Number | None, ...]
WAYS = {  # of drawing, beside which ours is set
    "loop": "scenes, drawn one by one",
    "dataloader": "scenes, DataLoader",
    "dataloader-2-workers": "scenes, DataLoader, 2 workers",
}
EPOCH = {"epoch-seconds": "an epoch"}
STEP = {
    "peak-memory": "peak memory",
    "matmul-share": "share of the rate of matrix products",
    "generation-share": "generation's share of a step",
}


def devices() -> list[str]:
    """Name the devices of this machine."""
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def measured(device: str, asked: argparse.Namespace) -> Numbers:
    """Measure all numbers on a device; the long part comes last."""
    return {
        **drawing(device, asked.rounds),
        **stepping(device, asked.rounds),
        **remembering(device, 3),
        **racing(device, range(asked.seeds), asked.cap),
    }


def lines(numbers: Numbers) -> Iterator[Line]:
    """Arrange the numbers in lines, the post's beside ours."""
    yield "", "the post's", "ours", "sooner"
    for way, words in WAYS.items():
        if theirs := numbers.get(f"scenes-per-second-{way}"):
            yield words, theirs, numbers["scenes-per-second-stream"]
    parts = {
        f"part-{part}": f"  of that, {part}"
        for part in (*PARTS, "rest")
        if f"ours-part-{part}" in numbers
    }
    goals = {f"seconds-to-{goal}": f"to {goal} %" for goal in LANES[0].goals}
    for name, words in {**EPOCH, **parts, **STEP, **goals}.items():
        pair = (numbers[f"{net}-{name}"] for net in NETS)
        sooner = name.replace("seconds", "times-sooner")
        yield words, *pair, numbers.get(sooner)
        if fast := numbers.get(f"records-{name}"):
            more = "  the record table's"
            yield more, None, fast, numbers.get(f"records-{sooner}")
    yield "rate of matrix products", None, numbers["matmul-rate"]
    yield "rate of a large copy", None, numbers["memory-rate"]
    yield "memory before there is a net", None, numbers["nothing-peak-memory"]


def targets(numbers: Numbers) -> Iterator[str]:
    """Say which targets are met."""
    met: dict[str, bool] = {}
    for name, times in SOONER.items():
        sooner = numbers.get(f"{name}times-sooner-to-90")
        is_met = sooner is not None and sooner.value >= times
        met[f"90 % {times} times sooner"] = is_met
    most = max(numbers[f"{net}-generation-share"].value for net in NETS)
    met[f"generation at most {SHARE} % of a step"] = most <= SHARE
    for words, is_met in met.items():
        yield f"target, {words}: {'met' if is_met else 'missed'}"


def asked() -> argparse.Namespace:
    """Read the command line."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--cap", type=float, default=CAP, help="seconds")
    return options.parse_args()


def main(asked: argparse.Namespace) -> None:
    """Measure, print a table, compare with what is published."""
    command = f"{COMMAND} --cap inf" if asked.cap == inf else COMMAND
    for device in devices():
        numbers = measured(device, asked)
        print(f"\nOn the {device} of {hardware()}:\n")
        print(table(lines(numbers)), *targets(numbers), "", sep="\n")
        if device == "cpu":
            today = provenance(command)["date"]
            rows = with_row(read(), machine(hardware(), today, numbers))
            print(table(machine_lines(rows)), "", sep="\n")
            numbers |= least(rows)
            if asked.store:
                save(rows)
        prefix = "bench" if device == "cpu" else f"bench-{device}"
        found = {f"{prefix}-{n}": claim(each) for n, each in numbers.items()}
        if asked.store and device == "cpu":  # what it cites is stored
            text = README.read_text(encoding="utf-8")
            write(README, renewed(text, numbers).encode())
        publish(found, command, asked.store)


if __name__ == "__main__":
    main(asked())
