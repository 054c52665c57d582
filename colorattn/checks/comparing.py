"""Checks of chapter 9: names that match, pairs, and several variants."""

from collections.abc import Sequence
from math import isclose

import torch
from torch import Tensor

from colorattn.checks.telling import Answer, begun


def equal_names(answer: Answer) -> None:
    """Check `share_by_names(query, symbols, queried)`: one number, 0 to 1."""
    query = torch.tensor([7, 7, 7, 7, 7, 7])
    symbols = torch.tensor(
        [[7, 1, 2], [7, 7, 2], [1, 2, 3], [1, 7, 3], [7, 7, 7], [3, 4, 7]]
    )
    queried = torch.tensor([0, 1, 0, 0, 2, 2])

    found = number(answer(query, symbols, queried))

    slips = {
        "where two symbols have the query's name you count the queried one as "
        "found for sure. One of the two is drawn: count a half.": 13 / 18,
        "where no symbol has the query's name you count nothing. One still "
        "has to answer, and guesses: count a third.": (3 + 1 / 3 - 0.5) / 6,
        "argmax takes the first of several equal names, and the first symbol "
        "where none is equal. Share the chance among those that match.": 3 / 6,
        "that is how many scenes; divide by their number.": 19 / 6,
    }
    for message, slip in slips.items():
        assert not isclose(found, slip, abs_tol=1e-4), message
    assert isclose(found, 19 / 36, abs_tol=1e-4), (
        "the six scenes are right with the chances 1, 1/2, 1/3, 0, 1/3 and 1, "
        f"in the mean 0.528; yours is {found:.3f}."
    )

    found = number(answer(query[:1], torch.tensor([[1, 2]]), queried[:1]))
    assert isclose(found, 0.5, abs_tol=1e-4), (
        "right for three symbols, wrong for two: who guesses between two is "
        f"right half of the time; yours is {found:.3f}."
    )


def paired(answer: Answer) -> None:
    """Check `paired_interval(variant, base, t)`: (low, high) of the mean."""
    base = torch.tensor([80.0, 90.0, 70.0, 85.0])
    variant = torch.tensor([83.0, 92.0, 75.0, 87.0])  # 3, 2, 5, 2 above
    low, high = ends(answer(variant, base, 4.0))
    sd = 2**0.5  # of the differences: squares 0, 1, 4, 1; sum 6, over 3
    assert low < high, f"return low before high; yours are {low} and {high}."
    assert not isclose((low + high) / 2, -3, abs_tol=1e-4), (
        "the sign: variant less base, so that a gain is positive."
    )
    assert isclose((low + high) / 2, 3, abs_tol=1e-4), (
        "the differences 3, 2, 5 and 2 have the mean 3, and the interval lies "
        f"evenly around it; yours is {low:.3f} to {high:.3f}."
    )
    reach = high - 3
    spread = base.var().item() + variant.var().item()
    slips = {
        "this takes the spread of both groups, as if seeds were not paired. "
        "Subtract seed by seed, then take the spread of what is left.": 4
        * (spread / 4) ** 0.5,
        "divide the squares by n - 1, not by n: the mean is taken from the "
        "same differences.": 4 * 1.5**0.5 / 2,
        "that is where one more seed may fall. The mean of n differences is "
        "known better: divide by the root of n.": 4 * sd,
        "the spread is not multiplied by t.": sd / 2,
        "divide by the root of n, not by n.": 4 * sd / 4,
    }
    for message, slip in slips.items():
        assert not isclose(reach, slip, rel_tol=1e-4), message
    assert isclose(reach, 4 * sd / 2, rel_tol=1e-4), (
        "differences 3, 2, 5 and 2 have the sd 1.414. With t = 4 the reach is "
        f"4 · 1.414 / 2 = 2.828; yours is {reach:.3f}."
    )
    low, high = ends(answer(base[:2], variant[:2], 1.0))  # -3 and -2
    assert isclose(high - low, 1.0, rel_tol=1e-4), (
        "right for four seeds, wrong for two: take n from the values."
    )


def corrected(answer: Answer) -> None:
    """Check `corrected(chances)`: Holm's p-values, in the order given."""

    def found(*chances: float) -> list[float]:
        value = begun(answer(list(chances)))
        assert isinstance(value, Sequence | Tensor), (
            f"return a list; yours is a {type(value).__name__}."
        )
        assert len(value) == len(chances), (
            f"{len(chances)} chances go in, {len(value)} come out."
        )
        return [float(each) for each in value]

    values = found(0.03, 0.001, 0.02, 0.6)
    slips = {
        "all are multiplied by their number. That is Bonferroni's correction, "
        "which is harsher: the second smallest needs one less.": [
            0.12,
            0.004,
            0.08,
            2.4,
        ],
        "all are multiplied by their number. That is Bonferroni's correction: "
        "the second smallest needs one less.": [0.12, 0.004, 0.08, 1.0],
        "right, but sorted. Give them back in the order in which they came.": [
            0.004,
            0.06,
            0.06,
            0.6,
        ],
        "the factors go the wrong way: the smallest gets the largest.": [
            0.09,
            0.001,
            0.04,
            2.4,
        ],
    }
    for message, slip in slips.items():
        assert not near(values, slip), message
    assert near(values, [0.06, 0.004, 0.06, 0.6]), (
        "in order 0.001, 0.02, 0.03 and 0.6, times 4, 3, 2 and 1: 0.004, "
        f"0.06, 0.06 and 0.6. Yours, as given: {values}."
    )
    values = found(0.03, 0.02)
    assert not near(values, [0.03, 0.04]), (
        "after correction 0.02 has become 0.04 and 0.03 has stayed: but 0.03 "
        "cannot be surer than 0.02. None falls below the one before it."
    )
    assert near(values, [0.04, 0.04]), (
        f"0.03 and 0.02 both become 0.04; yours: {values}."
    )
    values = found(0.5, 0.7, 0.9)
    assert max(values) <= 1, (
        f"a probability of {max(values):g}: none is above 1."
    )
    assert near(values, [1, 1, 1]), (
        f"0.5, 0.7 and 0.9 all become 1; yours: {values}."
    )


def number(value: object) -> float:
    """Return what an answer returned, if it is one number."""
    value = begun(value)
    if isinstance(value, Tensor):
        assert value.numel() == 1, (
            f"return one number; yours is of shape {tuple(value.shape)}."
        )
        return value.item()
    assert isinstance(value, int | float), (
        f"return a number; yours is a {type(value).__name__}."
    )
    return float(value)


def ends(value: object) -> tuple[float, float]:
    """Return what an answer returned, if it is two numbers."""
    value = begun(value)
    assert isinstance(value, Sequence | Tensor) and len(value) == 2, (
        f"return two numbers, low and high; yours is {value!r}."
    )
    return float(value[0]), float(value[1])


def near(found: list[float], expected: Sequence[float]) -> bool:
    """Say whether numbers agree but for rounding."""
    return all(
        isclose(a, b, abs_tol=1e-6)
        for a, b in zip(found, expected, strict=True)
    )
