"""Checks of chapter 9: names that match, descriptions, and luck."""

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
    query_index = torch.tensor([0, 1, 0, 0, 2, 2])

    found = number(answer(query, symbols, query_index))

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

    found = number(answer(query[:1], torch.tensor([[1, 2]]), query_index[:1]))
    assert isclose(found, 0.5, abs_tol=1e-4), (
        "right for three symbols, wrong for two: who guesses between two is "
        f"right half of the time; yours is {found:.3f}."
    )


def descriptions(answer: Answer) -> None:
    """Check `alike(one, other)`: (places, dim), (places, dim) to a number."""
    one = torch.tensor([[-1.0], [0.0], [1.0]])
    other = torch.tensor([[-1.0, 1], [0, -2], [1, 1]])  # centered already

    found = number(answer(one, other))

    slips = {
        "square the numbers of the matrix between the two before you add them "
        "up, as the formula has it.": 2 / 40**0.5 / 2,
        "that is its root: the formula has squares above, and no root.": (
            4 / 40**0.5 / 2
        )
        ** 0.5,
        "below stand the lengths of the two matrices as lists of numbers "
        "(`norm`), not their traces.": 4 / 16,
        "nothing is divided yet: the value must not depend on how long the "
        "vectors are.": 4.0,
    }
    for message, slip in slips.items():
        assert not isclose(found, slip, rel_tol=1e-3), message
    assert isclose(found, 4 / 40**0.5 / 2, rel_tol=1e-3), (
        "above stands 2² + 0², below 2 times the root of 2² + 6²: 0.316; "
        f"yours is {found:.3f}."
    )

    found = number(answer(one + 10, other - 3))
    assert isclose(found, 4 / 40**0.5 / 2, rel_tol=1e-3), (
        "a number that is added to every place says nothing of the places: "
        f"subtract each feature's mean first. Yours is {found:.3f}."
    )
    found = number(answer(other, 7 * other))
    assert isclose(found, 1.0, rel_tol=1e-3), (
        "a description and 7 times the same are alike: 1; yours is "
        f"{found:.3f}."
    )


def luck(answer: Answer) -> None:
    """Check `share_of_luck(right)`: (places, scenes) of bool to a number."""
    right = torch.tensor(
        [[1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 0, 1], [1, 0, 0, 0]]
    ).bool()

    found = number(answer(right))  # scenes: 1, 1/2, 0 and 3/4

    within, whole = (1 / 4 + 3 / 16) / 4, 9 / 16 * 7 / 16
    places = (3 / 16 + 1 / 4 + 3 / 16 + 3 / 16) / 4
    slips = {
        "the mean goes over scenes, for each place. Take it over places, for "
        "each scene.": places / whole,
        "that is the other part, what scenes differ by. Luck is what is left "
        "within a scene.": 1 - within / whole,
        "divide by the variance of all answers, p (1 - p) of the mean p.": (
            within
        ),
        "that is the root of it; variances add up, their roots do not.": (
            within / whole
        )
        ** 0.5,
        "that is the share of scenes that are right in some places and wrong "
        "in others. One that is right in 63 of 64 is hardly luck.": 1 / 2,
        "that is the share of wrong answers in scenes that are right "
        "somewhere. Wrong in 63 of 64 places is hardly bad luck.": 3 / 7,
    }
    for message, slip in slips.items():
        assert not isclose(found, slip, abs_tol=1e-4), message
    assert isclose(found, within / whole, abs_tol=1e-4), (
        "the scenes are right in 1, 1/2, 0 and 3/4 of the places; p (1 - p) "
        "is 0.109 on average, and 0.246 of the mean p: a share of 0.444. "
        f"Yours is {found:.3f}."
    )
    found = number(answer(torch.ones(2, 3).bool()))
    assert found == 0, (
        "where every answer is right there is no luck to speak of: return 0. "
        f"Yours is {found:g}."
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
