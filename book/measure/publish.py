"""Compare what was measured with the ledger; write it only when told to.

Each script of this folder ends here. It prints every number beside the
published one and leaves the checkout as it is. With `--store` it writes those
that the course uses, and how they were measured, into the ledger.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from freshness import fingerprint
from uses import uses

from colorattn import claims
from colorattn.claims import Claim

Claims = Iterator[tuple[str, Claim]]
SAME = "the same"
UNUSED = "not used"
NUMBER = "value", "unit", "what", "seeds", "scenes", "sd", "low", "high"
ORIGIN = "command", "source", "hardware", "versions", "date"


def arguments(doc: str | None, runs: bool = False) -> argparse.Namespace:
    """Read the command line of a script that measures on one thread."""
    options = parser(doc)
    if runs:
        help_ = "trained nets, without which some numbers are left out"
        options.add_argument("runs", nargs="*", type=Path, help=help_)
    torch.set_num_threads(1)
    return options.parse_args()


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Describe the command line that all scripts have."""
    options = argparse.ArgumentParser(description=doc)
    options.add_argument(
        "--store", action="store_true", help="write into the ledger"
    )
    return options


def publish(
    measured: Mapping[str, Claim] | Iterable[tuple[str, Claim]],
    command: str,
    store: bool,
) -> int:
    """Print what was measured, or store it; return how many differ."""
    found, known = dict(measured), claims.ledger()
    used = uses({**known, **found})
    counts: Counter[str] = Counter()
    for name, claim in found.items():
        verdict = compare(claim, known.get(name)) if name in used else UNUSED
        counts[verdict] += 1
        there = f", {known[name].value:g} published" if name in known else ""
        print(f"{name}: {claim.value:g} {claim.unit} here{there}: {verdict}")
    print("; ".join(f"{n} {verdict}" for verdict, n in counts.items()))
    if store:
        for name, claim in found.items():
            known[name] = signed(claim, known.get(name), command)
        claims.save({name: known[name] for name in used if name in known})
    return len(found) - counts[SAME] - counts[UNUSED]


def signed(claim: Claim, published: Claim | None, command: str) -> Claim:
    """Say of a claim how it was measured, and with what code.

    What follows from stored runs was measured when these were trained. So
    the code of their training stays as it was while the runs do.
    """
    if claim.source:
        return claim
    command = claim.command or command
    code = fingerprint(command)
    if claim.date is None:
        facts: Any = claims.provenance(command)
        return replace(claim, **facts, code=code)
    if published and published.code and same(claim, published, ORIGIN):
        *trained, derived = published.code.split()
        if same(claim, published, NUMBER) or not code.endswith(derived):
            code = " ".join([*trained, code.split()[-1]])
    return replace(claim, code=code)


def same(one: Claim, other: Claim, fields: tuple[str, ...]) -> bool:
    """Say whether two claims agree in some fields."""
    return all(getattr(one, each) == getattr(other, each) for each in fields)


def compare(here: Claim, published: Claim | None) -> str:
    """Say how a measured number compares with the published one."""
    if published is None:
        return "not in the ledger"
    if same(here, published, NUMBER + (ORIGIN if here.date else ())):
        return SAME
    if published.low is None or published.high is None:
        return "no interval"
    inside = published.low <= here.value <= published.high
    return "inside the interval" if inside else "OUTSIDE the interval"
