"""A row for each machine on which the benchmark has run.

A name is not enough: of two machines of one name, one multiplied matrices
2.3 times as fast. So a row has the rates that were measured, and a machine is
the same as before if it has the same name and nearly the same rate.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from report import Number

from colorattn.claims import significant
from colorattn.files import write

MACHINES = Path(__file__).parents[2] / "colorattn" / "stored" / "machines.json"
NEAR = 1.25  # times: rates of one machine at different hours
KEPT = "epoch-seconds", "seconds-to-", "times-sooner-to-", "part-norm"


@dataclass(frozen=True)
class Machine:
    """What the benchmark found on one machine."""

    hardware: str  # the processor and its cores
    matmul: float  # GFLOP/s, of large products of 32-bit floats
    memory: float | None  # GB/s, of a large copy, read and written
    date: str | None
    numbers: dict[str, float]  # as in the ledger, without "bench-"
    bounds: tuple[str, ...] = ()  # of these: what is really larger


def machine(hardware: str, date: str, numbers: dict[str, Number]) -> Machine:
    """Make the row of what was measured on a processor."""
    kept = {
        name: number
        for name, number in numbers.items()
        if any(part in name for part in KEPT)
    }
    return Machine(
        hardware,
        significant(numbers["matmul-rate"].value),
        significant(numbers["memory-rate"].value),
        date,
        {name: significant(number.value) for name, number in kept.items()},
        tuple(name for name, number in kept.items() if number.bound),
    )


def read() -> list[Machine]:
    """Read all rows."""
    rows = json.loads(MACHINES.read_text(encoding="utf-8"))
    return [
        replace(Machine(**row), bounds=tuple(row["bounds"])) for row in rows
    ]


def save(rows: Iterable[Machine]) -> None:
    """Write all rows."""
    text = json.dumps([asdict(row) for row in rows], indent=1)
    write(MACHINES, f"{text}\n".encode())


def with_row(rows: Iterable[Machine], new: Machine) -> list[Machine]:
    """Put a row in place of the same machine's, or after all others."""

    def same(old: Machine) -> bool:
        ratio = old.matmul / new.matmul
        return old.hardware == new.hardware and 1 / NEAR < ratio < NEAR

    return [*(row for row in rows if not same(row)), new]


def least(rows: Iterable[Machine]) -> Iterator[tuple[str, Number]]:
    """Say how many times sooner it is at the least, on all machines."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.numbers.items():
            if "times-sooner-to-" in name:
                found.setdefault(name, []).append(value)
    for name, values in found.items():
        if len(values) > 1:
            goal = name.rpartition("-")[2]
            of = " by the record table's networks" * name.startswith("records")
            what = f"sooner do we reach {goal} %{of}, at the least; "
            what += f"the smallest of {len(values)} machines, no seed"
            yield f"least-{name}", Number(min(values), "times", what)


def lines(rows: Iterable[Machine]) -> Iterator[tuple[str, ...]]:
    """Set machines side by side: their rates, epochs and ratios."""
    yield "machine", "GFLOP/s", "GB/s", "epoch", "ours", "to 90 %", "to 95 %"
    names = [f"{net}-epoch-seconds" for net in ("post", "ours")]
    names += [f"times-sooner-to-{goal}" for goal in (90, 95)]
    for row in rows:
        memory = "" if row.memory is None else f"{row.memory:.3g}"
        yield (
            f"{row.hardware} ({row.date or 'no date'})",
            f"{row.matmul:.3g}",
            memory,
            *(shown(row, name) for name in names),
        )


def shown(row: Machine, name: str) -> str:
    """Write a number of a row, if it has it."""
    if name not in row.numbers:
        return ""
    unit = "s" if name.endswith("seconds") else "times"
    bound = name in row.bounds
    return str(Number(row.numbers[name], unit, "", bound=bound))
