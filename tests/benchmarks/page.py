"""The benchmark's rows in the table of README.md, renewed with the ledger.

A test holds every number there to the ledger, so both are written at once.
"""

from collections.abc import Iterator
from pathlib import Path

from measure import NETS, Numbers

README = Path(__file__).parents[2] / "README.md"
ABOVE = "| parameters |"  # begins the row above ours
ROWS = {
    "epoch-seconds": ("an epoch", "20 s<!-- claim:post-epoch-seconds -->"),
    "seconds-to-90": ("time to 90%<!-- given: a goal -->", ""),
    "seconds-to-95": ("time to 95%<!-- given: a goal -->", ""),
}


def renewed(text: str, numbers: Numbers) -> str:
    """Return a page with new rows in place of old ones, if there were any."""
    kept = [line for line in text.splitlines() if not is_row(line)]
    (place,) = (n for n, line in enumerate(kept) if line.startswith(ABOVE))
    kept[place + 1 : place + 1] = rows(numbers)
    return "\n".join(kept) + "\n"


def is_row(line: str) -> bool:
    """Say whether a line is a row that the benchmark wrote."""
    return line.startswith("|") and "claim:bench-" in line


def rows(numbers: Numbers) -> Iterator[str]:
    """Write the rows: what the post says, its net, the improved net."""
    for name, (words, said) in ROWS.items():
        post, ours = (cited(numbers, f"{net}-{name}") for net in NETS)
        sooner = name.replace("seconds", "times-sooner")
        if sooner in numbers:
            ours += f", {cited(numbers, sooner)} sooner"
        if f"least-{sooner}" in numbers:
            ours += (
                f" (elsewhere at least {cited(numbers, f'least-{sooner}')})"
            )
        yield f"| {words} | {said} | {post} | {ours} |"


def cited(numbers: Numbers, name: str) -> str:
    """Write a number as prose does, with the mark of its claim."""
    shown = str(numbers[name]).replace("> ", "more than ")
    return f"{shown}<!-- claim:bench-{name} -->"
