"""The ledger: every measured number of the course, and how it was measured.

`stored/claims.json` maps an id to a claim. Prose cites it with an invisible
`<!-- claim:id -->` after the number, and a chapter that measures again calls
`check`.
"""

import datetime
import json
import os
import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from html import escape
from importlib.metadata import version
from math import inf
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch
from scipy import stats

from colorattn.files import write

LEDGER = Path(__file__).parent / "stored" / "claims.json"
LIMITS = {"%": (0.0, 100.0), "times": (0.0, inf), "nats": (0.0, inf)}


@dataclass(frozen=True)
class Claim:
    """One measured number, with all that is needed to measure it again.

    Floats keep five significant digits.
    """

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
    code: str | None = None  # its fingerprint when the number was measured

    def __post_init__(self) -> None:
        for field, value in vars(self).items():
            if isinstance(value, float):
                object.__setattr__(self, field, significant(value))


def ledger() -> dict[str, Claim]:
    """Read all claims. Raises ValueError where the file is no ledger."""
    return parse(LEDGER.read_bytes())


def save(ledger: Mapping[str, Claim]) -> None:
    """Write the ledger: these claims and no others."""
    bare = {
        name: {k: v for k, v in vars(ledger[name]).items() if v is not None}
        for name in sorted(ledger)
    }
    body = json.dumps(bare, indent=1, ensure_ascii=False) + "\n"
    write(LEDGER, body.encode())


def parse(body: bytes) -> dict[str, Claim]:
    """Read a ledger. Raises ValueError, naming the entry, for another file."""
    try:
        entries = json.loads(body, object_pairs_hook=unique)
    except (ValueError, RecursionError) as reason:
        raise ValueError(f"the ledger cannot be read: {reason}") from reason
    if not isinstance(entries, dict):
        raise ValueError("the ledger must map ids to claims.")
    kinds = {field.name: field.type for field in fields(Claim)}
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            raise ValueError(f"{name}: a claim must map fields to values.")
        if missing := [f for f in ("value", "unit", "what") if f not in entry]:
            raise ValueError(f"{name}: the claim has no {missing[0]}.")
        for field, value in entry.items():
            if field not in kinds:
                raise ValueError(
                    f"{name}: claims have no {field!r}: choose from {[*kinds]}"
                )
            fits = isinstance(value, kinds[field])  # type: ignore[arg-type]
            endless = isinstance(value, float) and not -inf < value < inf
            if not fits or isinstance(value, bool) or endless:
                raise ValueError(f"{name}: {field} cannot be {value!r:.40}.")
    return {name: Claim(**entry) for name, entry in entries.items()}


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dictionary. Raises ValueError for a key that comes twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a key twice")
    return found


def significant(value: float, digits: int = 5) -> float:
    """Round to so many significant digits."""
    return float(f"{value:.{digits}g}")


def provenance(command: str) -> dict[str, str]:
    """Describe a measurement made by `command`, here and today."""
    return {
        "command": command,
        "hardware": hardware(),
        "versions": f"Python {platform.python_version()}, "
        f"torch {version('torch').split('+')[0]}, "
        f"numpy {version('numpy')}",
        "date": datetime.date.today().isoformat(),
    }


def hardware() -> str:
    """Name the processor and its cores, and the GPU where there is one."""
    facts = Path("/proc/cpuinfo")
    listed = facts.read_text() if facts.exists() else ""
    names = re.findall(r"model name\s*: (.*)", listed)
    name = names[-1] if names else platform.processor() or platform.machine()
    gpu = torch.cuda.is_available() and torch.cuda.get_device_name()
    return f"{name}, {os.cpu_count()} cores" + (f", {gpu}" if gpu else "")


def over_seeds(
    values: Iterable[float],
    what: str,
    scenes: int | None = None,
    unit: str = "%",
    within: tuple[float, float] | None = None,
) -> Claim:
    """Claim the mean of one number per seed, or per scene set.

    The prediction interval contains the value of one more seed 99 times in
    100, if values are normally distributed, and is cut off where they end: at
    `within`, or as the unit does. Less than three, or equal ones, give none.
    """
    numbers = [float(value) for value in values]
    n, middle = len(numbers), mean(numbers)
    sd = stdev(numbers) if n > 1 else None
    low = high = None
    if sd and n > 2:
        least, most = within or LIMITS.get(unit, (-inf, inf))
        reach = stats.t.ppf(0.995, n - 1) * sd * (1 + 1 / n) ** 0.5
        low, high = max(middle - reach, least), min(middle + reach, most)
    return Claim(middle, unit, what, n, scenes, sd, low, high)


def paired(
    estimate: tuple[float, ...],  # mean, low, high
    pairs: Iterable[float],
    what: str,
    scenes: int | None = None,
    unit: str = "%",
) -> Claim:
    """Claim the mean of one paired difference, or ratio, for each seed."""
    numbers = [float(value) for value in pairs]
    value, low, high = estimate[:3]
    sd = stdev(numbers)
    return Claim(value, unit, what, len(numbers), scenes, sd, low, high)


def over_drawings(
    estimate: tuple[float, float, float],  # share, low, high; 0 to 1
    what: str,
    scenes: int,
    seeds: int = 1,
) -> Claim:
    """Claim a share of scenes, in percent, with its bootstrap interval.

    The interval contains the share for other drawings 95 times in 100; that
    for other seeds, too, where there are several.
    """
    value, low, high = (100 * each for each in estimate)
    over = "drawings" if seeds == 1 else "seeds and drawings"
    what = f"{what}; 95 % bootstrap interval over {over}"
    return Claim(value, "%", what, seeds, scenes, low=low, high=high)


def of_one_net(
    value: float,
    what: str,
    scenes: int | None = None,
    unit: str = "%",
    near: float | None = None,
) -> Claim:
    """Claim a number of one net; other machines differ by `near` at most."""
    what = f"{what}; one net on fixed scenes"
    if near is None:
        return Claim(value, unit, what, 1, scenes)
    least, most = LIMITS.get(unit, (-inf, inf))
    low, high = max(value - near, least), min(value + near, most)
    return Claim(value, unit, what, 1, scenes, None, low, high)


@dataclass(frozen=True)
class Verdict:
    """Whether a number measured here agrees with the ledger.

    The text is the same on every machine; the html also shows the number.
    """

    text: str
    html: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def device_class(name: str) -> str:
    """Shorten a GPU's name: NVIDIA H100 80GB HBM3 becomes h100.

    So begin the claims that were measured on one.
    """
    words = name.lower().replace("-", " ").split()
    model = [word for word in words if any(c.isdigit() for c in word)]
    return model[0] if model else words[-1]


def check(name: str, measured: float) -> Verdict:
    """Compare a number measured here with the ledger; never raises.

    `measured` is in the claim's unit.
    """
    claim = ledger().get(name)
    if claim is None or claim.low is None or claim.high is None:
        text = f"{name}: the ledger has no interval of this name"
        return Verdict(text, escape(text))
    digits = 3 if claim.high < 1 else 1 if claim.high < 100 else 0
    low, high = f"{claim.low:.{digits}f}", f"{claim.high:.{digits}f}"
    inside = claim.low <= measured <= claim.high
    unit = claim.unit if claim.unit in ("", "%") else f" {claim.unit}"
    text = f"{name}: {'inside' if inside else 'OUTSIDE'} {low}–{high}{unit}"
    here = f"<b>{measured:.{digits + 1}f}{unit}</b> — {escape(text)}"
    return Verdict(text, f"{'✓' if inside else '✗'} measured here: {here}")
