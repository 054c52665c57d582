"""The benchmark's numbers: as a table, and as entries of the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median, stdev

from race import Time, middle

from colorattn.claims import Claim, significant


@dataclass(frozen=True)
class Number:
    """A measured number, and how sure it is."""

    value: float  # the median
    unit: str
    what: str  # the sentence that it completes
    bound: bool = False  # the true value is larger than this one
    seeds: int | None = None
    sd: float | None = None  # between seeds

    def __str__(self) -> str:
        """Return what the table shows: three digits, and the unit."""
        value = f"{self.value:#.3g}" if self.value < 100 else ""
        value = (value or f"{self.value:,.0f}").removesuffix(".")
        return f"{'> ' if self.bound else ''}{value} {self.unit}".rstrip()


def rounds(values: Sequence[float], unit: str, what: str) -> Number:
    """Make a number of several rounds on one machine."""
    what = f"{what}; median of {len(values)} rounds"
    return Number(median(values), unit, what)


def seconds(times: list[Time], what: str) -> Number:
    """Make a number of seconds, one for each seed; or a lower bound.

    Where some seed was given up, there is no spread.
    """
    found, n = middle(times), len(times)
    what = f"{what}; median of {n} seeds"
    missed = sum(not time.reached for time in times)
    if not found.reached:
        what = f"{what}, a lower bound: it was not reached"
    elif missed:
        what = f"{what}, {missed} of which did not get there"
    if n < 2 or missed:
        return Number(found.seconds, "s", what, not found.reached)
    sd = stdev(time.seconds for time in times)
    return Number(found.seconds, "s", what, seeds=n, sd=sd)


def ratio(slow: Number, fast: Number, what: str) -> Number | None:
    """Say how many times `fast` goes into `slow`; None where nobody knows."""
    if fast.bound:
        return None
    n = slow.what.partition("; ")[2]
    value = slow.value / fast.value
    return Number(value, "times", f"{what}; {n}", slow.bound)


def claim(number: Number) -> Claim:
    """Make an entry of the ledger."""
    sd = None if number.sd is None else significant(number.sd)
    value, seeds = significant(number.value), number.seeds
    return Claim(value, number.unit, number.what, seeds, sd=sd)


def table(lines: Iterable[Sequence[Number | str | None]]) -> str:
    """Lay lines out in columns: the first to the left, others to the right."""
    texts = [["" if cell is None else str(cell) for cell in x] for x in lines]
    columns = zip_longest(*texts, fillvalue="")
    widths = [max(map(len, column)) for column in columns]
    made = []
    for first, *rest in texts:
        cells = map(str.rjust, rest, widths[1:])
        made.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(made)
