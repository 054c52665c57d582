"""The ledger: every measured number of the course, and how it was measured.

`stored/claims.json` maps an id to a claim. Prose cites it with an invisible
`<!-- claim:id -->` behind the number, and a chapter that measures again calls
`check`.
"""

import datetime
import json
import os
import platform
from dataclasses import asdict, dataclass
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from colorattn.files import write

LEDGER = Path(__file__).parent / "stored" / "claims.json"


@dataclass(frozen=True)
class Claim:
    """One measured number, with all that is needed to measure it again."""

    value: float | int  # the mean where there are several seeds
    unit: str  # "%", "s", "times", or "" for a plain number
    what: str  # the sentence that the number completes
    seeds: int | None = None  # runs behind the value
    scenes: int | None = None  # each run was measured on
    sd: float | int | None = None  # between seeds
    # A correct re-run with another seed falls outside [low, high] less than
    # once in a hundred times.
    low: float | int | None = None
    high: float | int | None = None
    command: str | None = None
    source: str | None = None  # of a number that others report
    hardware: str | None = None
    versions: str | None = None
    date: str | None = None  # year-month-day


@dataclass(frozen=True)
class Verdict:
    """Whether a number measured here agrees with the ledger.

    Its text names only the claim and its interval, the same on every
    machine; its html also shows the number.
    """

    text: str
    html: str

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def ledger() -> dict[str, Claim]:
    """Read all claims. Raises TypeError where a field is unknown."""
    entries: dict[str, dict[str, Any]] = json.loads(LEDGER.read_text("utf-8"))
    return {name: Claim(**entry) for name, entry in entries.items()}


def put(name: str, claim: Claim) -> None:
    """Write a claim into the ledger, in place of an older one of its name."""
    entries = {**ledger(), name: claim}
    bare = {
        name: {
            field: value
            if not isinstance(value, float)
            else significant(value)
            for field, value in asdict(entries[name]).items()
            if value is not None
        }
        for name in sorted(entries)
    }
    body = json.dumps(bare, indent=1, ensure_ascii=False) + "\n"
    write(LEDGER, body.encode())


def significant(value: float) -> float:
    """Keep five significant digits."""
    return float(f"{value:.5g}")


def check(name: str, measured: float) -> Verdict:
    """Hold a number measured here against the ledger; never raises.

    `measured` is in the claim's unit. Outside its interval is no error: a
    reader's machine, or luck with the seed, may differ.
    """
    claim = ledger().get(name)
    if claim is None or claim.low is None or claim.high is None:
        text = f"{name}: the ledger has no interval of this name"
        return Verdict(text, escape(text))
    digits = 3 if claim.high < 1 else 1 if claim.high < 100 else 0
    low, high = f"{claim.low:.{digits}f}", f"{claim.high:.{digits}f}"
    inside = claim.low <= measured <= claim.high
    unit = f" {claim.unit}" if claim.unit else ""
    text = f"{name}: {'inside' if inside else 'OUTSIDE'} {low}–{high}{unit}"
    return Verdict(
        text,
        f"{'✓' if inside else '✗'} measured here: "
        f"<b>{measured:.{digits + 1}f}{unit}</b> — {escape(text)}",
    )


def provenance(command: str) -> dict[str, str]:
    """Describe a measurement made by `command`, here and today."""
    return {
        "command": command,
        "hardware": hardware(),
        "versions": f"Python {platform.python_version()}, "
        f"torch {version('torch').split('+')[0]}, "
        f"numpy {version('numpy')}",
        "date": datetime.date.today().isoformat(),  # year-month-day
    }


def hardware() -> str:
    """Name the processor and its cores, and the GPU where there is one."""
    name = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
    found = f"{name}, {os.cpu_count()} cores"
    if torch.cuda.is_available():
        found += f", {torch.cuda.get_device_name()}"
    return found
