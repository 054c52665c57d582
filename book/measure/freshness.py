"""List which claims are fresh, stale or unreachable: `make claims`.

A claim is fresh while the code behind it is that with which it was measured,
stale once that code has changed, and unreachable when its command can no
longer be run, which is an error. `--adopt` marks every claim as fresh: for
changes of code that cannot change a number, such as a new name, after which
`make test` has found the same bits.
"""

import contextlib
import io
import shlex
import sys
import textwrap
from dataclasses import replace
from functools import cache
from typing import Any

from fingerprint import ROOT, fingerprint

from colorattn import claims
from colorattn.__main__ import parser
from colorattn.claims import Claim

LAYOUT: Any = {
    "initial_indent": "  ",
    "subsequent_indent": "  ",
    "break_on_hyphens": False,
}
STATES = "quoted", "fresh", "stale", "unreachable"


def state(claim: Claim) -> str:
    """Say whether a claim is quoted, fresh, stale or unreachable."""
    if claim.command is None:
        return "quoted"
    if obstacle(claim.command):
        return "unreachable"
    return "fresh" if claim.code == current(claim.command) else "stale"


current = cache(fingerprint)


@cache
def obstacle(command: str) -> str:
    """Say why a command cannot be run; nothing if it can."""
    for part in command.split(";"):
        match shlex.split(part):
            case ["python", "-m", "colorattn", *words]:
                if wrong := refused(words):
                    return wrong
            case ["python", *words]:
                if wrong := missing(words):
                    return wrong
            case _:
                return f"{part.strip()!r} does not begin with python"
    return ""


def refused(words: list[str]) -> str:
    """Say what the course's own command line has against some words."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            parser().parse_args(["0" if w == "SEED" else w for w in words])
    except SystemExit:
        return said.getvalue().splitlines()[-1]
    return ""


def missing(words: list[str]) -> str:
    """Say which file, or option of the script, there is not."""
    for word in words:
        if word.endswith((".py", ".ipynb")) and not (ROOT / word).exists():
            return f"{word} does not exist"
        option = word.startswith("--")
        if option and f'"{word}"' not in (ROOT / words[0]).read_text("utf-8"):
            return f"{words[0]} has no {word}"
    return ""


def report(ledger: dict[str, Claim]) -> str:
    """Count the claims by state, and name those that are not as they were."""
    names: dict[str, list[str]] = {each: [] for each in STATES}
    for name, claim in ledger.items():
        names[state(claim)].append(name)
    counts = ", ".join(f"{len(names[each])} {each}" for each in STATES)
    lines = [f"{len(ledger)} claims: {counts}"]
    for each in ("stale", "unreachable"):
        ways: dict[str, list[str]] = {}
        for name in names[each]:
            ways.setdefault(str(ledger[name].command), []).append(name)
        for command, its in ways.items():
            why = obstacle(command)
            lines.append(f"\n{each}: {command}{why and f' ({why})'}")
            lines.append(textwrap.fill(" ".join(its), 79, **LAYOUT))
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Report; return 1 where a claim is unreachable."""
    ledger = claims.ledger()
    if "--adopt" in arguments:
        ledger = {
            name: replace(claim, code=current(str(claim.command)))
            if state(claim) == "stale"
            else claim
            for name, claim in ledger.items()
        }
        claims.save(ledger)
    print(report(ledger))
    return int(any(state(c) == "unreachable" for c in ledger.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
