"""Checks of chapter 5: what several runs, or several batches, tell."""

from collections.abc import Sequence
from math import isclose

import torch
from torch import Tensor

from colorattn.checks.telling import Answer, begun


def next_run(answer: Answer) -> None:
    """Check `next_run(values, t)`: (low, high) for the next seed's value."""
    five = [8.0, 8.0, 10.0, 12.0, 12.0]  # mean 10; squares sum to 16; sd 2
    low, high = pair(answer(five, 5.0))
    assert (low, high) != (8.0, 12.0), (
        "that is the range of the runs so far. One more run may well fall "
        "outside it: go t times the spread to both sides of the mean."
    )
    assert low < high, f"return low before high; yours are {low} and {high}."
    assert isclose((low + high) / 2, 10, abs_tol=1e-6), (
        "the mean of 8, 8, 10, 12, 12 is 10, and the interval lies evenly "
        f"around it; yours is {low:.3f} to {high:.3f}."
    )
    slips = {
        "the spread is not multiplied by t.": 2 * 1.2**0.5,
        "divide the squares by n - 1, not by n: the mean is taken from the "
        "same runs, so they lie too near to it.": 5 * (16 / 5 * 1.2) ** 0.5,
        "sd / sqrt(n) says how well the mean is known. A new run also has "
        "its own spread: sd * sqrt(1 + 1 / n).": 5 * 2 / 5**0.5,
        "right if the mean were known. It is taken from n runs, which adds "
        "sd² / n to the variance: sd * sqrt(1 + 1 / n).": 5 * 2.0,
        "sd² * (1 + 1 / n) is the variance: take its root.": 5 * 4 * 1.2,
    }
    for message, slip in slips.items():
        assert not isclose(high - 10, slip, rel_tol=1e-5), message
    assert isclose(high - 10, 5 * 2 * 1.2**0.5, rel_tol=1e-5), (
        "five runs with mean 10 and sd 2, and t = 5: the reach is "
        f"5 * 2 * sqrt(1 + 1/5) = 10.954; yours is {high - 10:.3f}."
    )

    low, high = pair(answer([9.0, 10.0, 11.0], 3.0))  # sd 1
    assert isclose(high - low, 6 * (4 / 3) ** 0.5, rel_tol=1e-5), (
        "right for five runs, wrong for three: take n from the values."
    )


def pair(value: object) -> tuple[float, float]:
    """Return what an answer returned, if it is two numbers."""
    begun(value)
    assert isinstance(value, Sequence) and len(value) == 2, (
        f"return two numbers, low and high; yours is {value!r}."
    )
    return float(value[0]), float(value[1])


def agreement(answer: Answer) -> None:
    """Check `agreement(gradients)`: mean cosine of all pairs of rows."""

    def found(rows: Tensor) -> float:
        value = begun(answer(rows))
        number = value.numel() == 1 if isinstance(value, Tensor) else True
        assert number, (
            f"return one number; yours has shape {tuple(value.shape)}."
        )
        return float(value)

    # Cosines: 24/25 between the first two, then -4/5 and -3/5.
    value = found(torch.tensor([[3.0, 4], [4, 3], [0, -2]]))
    slips = {
        "a row agrees with itself perfectly, which says nothing: leave the "
        "n pairs of a row with itself out.": (3 - 0.88) / 9,
        "that is the mean dot product. A long gradient would count more: "
        "divide each row by its length first.": 10 / 3,
        "that is the sum over pairs; divide by their number.": -0.44,
        "that is the sum over pairs, each counted twice; divide by their "
        "number.": -0.88,
        "opposite gradients cancel, so their cosine counts with its sign.": (
            2.36 / 3
        ),
        "each row is compared with the next one only. Take all pairs.": 0.18,
        "each row is compared with the first one only. Take all pairs.": 0.08,
    }
    for message, slip in slips.items():
        assert not isclose(value, slip, abs_tol=1e-4), message
    assert isclose(value, -0.44 / 3, abs_tol=1e-4), (
        "(3, 4), (4, 3) and (0, -2) have the cosines 0.96, -0.8 and -0.6, in "
        f"the mean -0.147; yours is {value:.3f}."
    )
    five = torch.zeros(5, 7)
    five[:, 2] = torch.tensor([1.0, 1, 1, 1, -7])
    value = found(five)
    assert isclose(value, 0.2, abs_tol=1e-4), (
        "right for three rows. Of five, four alike and one opposite, 6 pairs "
        f"agree and 4 do not: 2/10; yours is {value:.3f}."
    )
    assert isclose(found(torch.eye(3, 2)), 0, abs_tol=1e-4), (
        "a gradient of zeros gives nan, because its length is 0. It agrees "
        "with nothing: count it as 0."
    )
