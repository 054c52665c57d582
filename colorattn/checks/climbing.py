"""Checks of chapter 10: shared keys, what a part is worth, the widest net."""

from collections.abc import Sequence
from math import exp, isclose, log
from statistics import mean, stdev

import torch

from colorattn.checks.telling import Answer, begun, returned


def in_a_row(answer: Answer) -> None:
    """Check `look(keys, vectors)`: weights of several questions a scene."""
    random = torch.Generator().manual_seed(0)
    for scenes, questions in ((2, 3), (3, 2)):
        keys = torch.randn(scenes, 4, 2, 5, generator=random)
        vectors = 3 * torch.randn(scenes * questions, 4, generator=random)
        found = returned(answer(keys, vectors), (scenes * questions, 2, 5))

        each = torch.arange(scenes).repeat_interleave(questions)
        scores = torch.einsum("bc,bcij->bij", vectors, keys[each])
        right = over_map(scores / 2)  # the root of 4
        order = torch.arange(scenes).repeat(questions)
        turned = torch.einsum("bc,bcij->bij", vectors, keys[order]) / 2
        slips = {
            "each question looks at the keys of another scene. The questions "
            "of one scene follow one another: rows go scene by scene.": (
                over_map(turned)
            ),
            "divide the scores by the square root of dim.": over_map(scores),
            "the weights of one question sum to 1 over its whole map. Yours "
            "do so over rows or columns, or over all questions at once.": None,
        }
        sums = found.sum(dim=(1, 2))
        for message, slip in slips.items():
            wrong = (
                not torch.allclose(sums, torch.ones_like(sums), atol=1e-4)
                if slip is None
                else torch.allclose(found, slip, atol=1e-5)
            )
            assert not wrong, message
        assert torch.allclose(found, right, atol=1e-5), (
            f"wrong for {questions} questions about each of {scenes} scenes: "
            "how many there are follows from the two shapes."
        )


def over_map(scores: torch.Tensor) -> torch.Tensor:
    """Take the softmax over the whole map."""
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def worth(answer: Answer) -> None:
    """Check `worth_of(without, with_it, t)`: mean, low and high, in times."""
    for without, with_it, t in (
        ([0.02, 0.09, 0.08], [0.01, 0.03, 0.02], 4.303),
        ([0.1, 0.4], [0.05, 0.1], 12.706),
    ):
        found = triple(answer(without, with_it, t))

        n, pairs = len(with_it), list(zip(without, with_it, strict=True))
        logs = [log(a / b) for a, b in pairs]
        middle, sd = mean(logs), stdev(logs)
        right = [exp(middle + k * t * sd / n**0.5) for k in (0, -1, 1)]
        slips = {
            "that is how many points lie between the two. Divide, pair by "
            "pair.": mean(a - b for a, b in pairs),
            "turned around: errors without the part stand above, those with "
            "it below.": 1 / right[0],
            "that is the mean of the factors. One half and two have the mean "
            "1.25, but together they are nothing: take the mean of the "
            "logarithms.": mean(a / b for a, b in pairs),
            "you divide the sums. Divide within each pair: a seed that does "
            "badly in both would count more than the others.": (
                mean(without) / mean(with_it)
            ),
            "still a logarithm: the exponential leads back to a factor.": (
                middle
            ),
        }
        for message, slip in slips.items():
            assert not isclose(found[0], slip, rel_tol=1e-4), message
        assert isclose(found[0], right[0], rel_tol=1e-4), (
            f"for {without} without and {with_it} with it the worth is "
            f"{right[0]:.3f}; yours is {found[0]:.3f}."
        )
        ends = {
            "the reach is how far single factors scatter. The mean is known "
            "better: divide by the root of the number of pairs.": n**0.5,
            "the reach is not multiplied by t.": 1 / t,
            "right for five pairs, wrong for others: the root is that of "
            "their number.": (n / 5) ** 0.5,
            "divide the squares by n - 1, since their mean was taken from "
            "the same numbers.": ((n - 1) / n) ** 0.5,
        }
        reach = t * sd / n**0.5
        for message, factor in ends.items():
            slip = exp(middle + factor * reach)
            assert not isclose(found[2], slip, rel_tol=1e-4), message
        assert not isclose(found[2], right[0] + reach, rel_tol=1e-4), (
            "the reach belongs to the logarithms: add it there, and lead "
            "both ends back with the exponential."
        )
        assert isclose(found[1], right[1], rel_tol=1e-4), (
            f"the low end is {right[1]:.3f}; yours is {found[1]:.3f}."
        )
        assert isclose(found[2], right[2], rel_tol=1e-4), (
            f"the high end is {right[2]:.3f}; yours is {found[2]:.3f}."
        )


def triple(value: object) -> list[float]:
    """Return what an answer returned, if it is three numbers."""
    value = begun(value)
    assert isinstance(value, Sequence) and len(value) == 3, (
        "return three numbers: the mean, the low end, the high end."
    )
    return [float(each) for each in value]


def widest(answer: Answer) -> None:
    """Check `widest(kernels, budget)`: the most channels for one encoder."""
    kernels, budget = (7, 3, 3, 3, 3, 3), 12_668

    found = begun(answer(kernels, budget))

    assert isinstance(found, int), (
        f"return a whole number; yours is a {type(found).__name__}."
    )
    assert found != 16, (
        "the kernels are shared, the norms are not: images and queries have "
        "one each after every convolution. 16 channels are too many by 128."
    )
    assert found != 14, (
        "there is room for 15. One encoder for both reads brightness: its "
        "first convolution has a single channel to read, not three."
    )
    assert found <= 15, (
        f"{found} channels need more than {budget:,} parameters. Every layer "
        "but the first reads as many channels as it makes."
    )
    assert found > 11, (
        "there is room for 15: one set of kernels serves both, count it once."
    )
    assert found == 15, f"there is room for 15 channels; yours are {found}."
    # 25 w + w, twice 25 w² + w, 12 w for norms, 12 for the head: 50 w² + 40 w
    # + 12.
    found = begun(answer((5, 5, 5), 50 * 49 + 40 * 7 + 12))
    assert found != 6, (
        "exactly as many as the budget is still within it. Or you count more "
        "for the head than twelve."
    )
    assert found == 7, (
        f"right for kernels {kernels}, wrong for (5, 5, 5) and 2,742: there 7 "
        f"channels use the budget up, and yours are {found}."
    )
    found = begun(answer((3, 3), 9 * 16 + 19 * 4 + 11))
    assert found != 4, (
        "the head has twelve parameters as well: it makes the budget too "
        "small by one."
    )
    assert found == 3, f"for (3, 3) and 231 it is 3; yours is {found}."
