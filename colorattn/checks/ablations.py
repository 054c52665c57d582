"""Checks of chapter 7: paired intervals, many comparisons, Adam's steps."""

from collections.abc import Sequence
from math import isclose, isnan, sqrt

import torch

from colorattn.checks.seeds import pair
from colorattn.checks.telling import Answer, begun


def paired(answer: Answer) -> None:
    """Check `paired_interval(variant, base, t)`: (low, high) of the mean."""
    base = [50.0, 52.0, 51.0, 54.0, 53.0]
    variant = [51.0, 53.0, 54.0, 59.0, 58.0]  # ahead by 1, 1, 3, 5, 5; sd 2
    low, high = pair(answer(variant, base, 5.0))
    assert low < high, f"return low before high; yours are {low} and {high}."
    middle, reach = (low + high) / 2, (high - low) / 2
    assert not isclose(middle, -3, abs_tol=1e-6), (
        "the variant is ahead by 1, 1, 3, 5 and 5 points: subtract the base "
        "from the variant, so that a gain is positive."
    )
    assert isclose(middle, 3, abs_tol=1e-6), (
        "the differences 1, 1, 3, 5, 5 have the mean 3, and the interval lies "
        f"evenly around it; the middle of yours is {middle:.3f}."
    )
    slips = {
        "these are two heaps of runs, not pairs: take the five differences "
        "first, and then their spread.": 5 * sqrt((11.5 + 2.5) / 5),
        "sorted, the runs lose their partners: a pair has one seed.": 5
        * sqrt(14 / 4 / 5),
        "divide the squares by n - 1, not by n.": 5 * sqrt(16 / 5 / 5),
        "that is where a single difference may fall. The mean of five is "
        "known better: divide by sqrt(n).": 5 * 2.0,
        "that is the interval for one more pair, as in chapter 5. Here we ask "
        "for the mean: sd / sqrt(n).": 5 * 2 * sqrt(1.2),
        "the spread is not multiplied by t.": 2 / sqrt(5),
    }
    for message, slip in slips.items():
        assert not isclose(reach, slip, rel_tol=1e-5), message
    assert isclose(reach, 5 * 2 / sqrt(5), rel_tol=1e-5), (
        "five differences with sd 2, and t = 5: the reach is 5 * 2 / sqrt(5) "
        f"= 4.472; yours is {reach:.3f}."
    )

    low, high = pair(answer([9.0, 10.0, 14.0], [8.0, 8.0, 11.0], 3.0))
    assert isclose(high - low, 6 / sqrt(3), rel_tol=1e-5), (
        "right for five pairs, wrong for three: take n from the values."
    )


def stepped_down(answer: Answer) -> None:
    """Check `holm(chances)`: the corrected p-values, in the same order."""
    found = numbers(answer([0.04, 0.01, 0.03, 0.005]), 4)
    slips = {
        "each is multiplied by 4, which is Bonferroni's correction. Holm's "
        "multiplies the smallest by 4, the next by 3, and so on.": (
            [0.16, 0.04, 0.12, 0.02]
        ),
        "0.03 became 0.06, and 0.04, which was larger, is now smaller: none "
        "may fall below one that was smaller before.": (
            [0.04, 0.03, 0.06, 0.02]
        ),
        "the numbers are right and in another order. Give them back in the "
        "order in which they came.": [0.02, 0.03, 0.06, 0.06],
        "the largest is multiplied by 4. The smallest has to pass the "
        "hardest test.": [0.16, 0.16, 0.16, 0.16],
        "nothing is corrected yet.": [0.04, 0.01, 0.03, 0.005],
    }
    for message, slip in slips.items():
        assert not alike(found, slip), message
    assert alike(found, [0.06, 0.03, 0.06, 0.02]), (
        "0.005 * 4 = 0.02, 0.01 * 3 = 0.03, 0.03 * 2 = 0.06, and 0.04 * 1 is "
        f"raised to 0.06. Expected 0.06, 0.03, 0.06, 0.02; yours {found}."
    )
    found = numbers(answer([0.7, 0.6]), 2)
    assert max(found) <= 1, f"a p-value is at most 1; yours are {found}."
    assert alike(found, [1.0, 1.0]), (
        "right for four chances, wrong for two: take their number from the "
        f"list. Of 0.7 and 0.6 both become 1; yours are {found}."
    )


def adam(answer: Answer) -> None:
    """Check `adam_steps(gradients, rate)`: the steps of one parameter."""
    found = numbers(answer([2.0, -1.0, 4.0], 0.1), 3)
    first = {
        "a step goes against its gradient: mind the sign.": 0.1,
        "in the first step both means are too small, since they begin at "
        "zero. Divide m by 1 - 0.9**t and v by 1 - 0.999**t.": -0.1
        * 0.2
        / sqrt(0.004),
        "divide by the root of v, not by v.": -0.1 * 2 / 4,
        "this is plain gradient descent: the gradient times the rate.": -0.2,
    }
    for message, slip in first.items():
        assert not isclose(found[0], slip, rel_tol=1e-4), message
    expected = by_torch([2.0, -1.0, 4.0], 0.1)
    assert not alike(found, [-0.1, 0.1, -0.1]), (
        "right for a gradient that never changes. Adam divides a running mean "
        "of gradients by the root of a running mean of squares, and these "
        "remember."
    )
    places = [sum(expected[: n + 1]) for n in range(3)]
    assert not alike(found, places), (
        "these are the places after each step. Return the steps themselves."
    )
    assert alike(found, expected, 1e-5), (
        f"expected {rounded(expected)}; yours are {rounded(found)}."
    )
    found = numbers(answer([0.0, 1.0], 0.1), 2)
    assert not any(map(isnan, found)), (
        "a gradient of 0 divides 0 by 0. Add 1e-8 to the root."
    )
    faint = [2e-8, 2e-8]
    assert alike(numbers(answer(faint, 0.1), 2), by_torch(faint, 0.1), 1e-4), (
        "right for usual gradients, wrong for tiny ones: add 1e-8 to the "
        "root, not to what is under it."
    )


def by_torch(gradients: Sequence[float], rate: float) -> list[float]:
    """Return the steps of PyTorch's own Adam."""
    place = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([place], lr=rate)
    steps = []
    for gradient in gradients:
        before = place.item()
        place.grad = torch.full_like(place, gradient)
        optimizer.step()
        steps.append(place.item() - before)
    return steps


def numbers(value: object, n: int) -> list[float]:
    """Return what an answer returned, if it is so many numbers."""
    begun(value)
    assert isinstance(value, Sequence | torch.Tensor) and len(value) == n, (
        f"return a list of {n} numbers; yours is {value!r}."
    )
    return [float(each) for each in value]


def alike(
    found: Sequence[float], expected: Sequence[float], most: float = 1e-9
) -> bool:
    """Say whether numbers agree but for rounding."""
    return all(
        isclose(a, b, rel_tol=most, abs_tol=1e-12)
        for a, b in zip(found, expected, strict=True)
    )


def rounded(values: Sequence[float]) -> str:
    """Write numbers with four places."""
    return ", ".join(f"{value:.4f}" for value in values)
