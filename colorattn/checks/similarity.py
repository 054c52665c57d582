"""Checks on comparing two descriptions: by class names, by linear CKA."""

import torch

from colorattn.checks.answers import Answer, also, expect, number, refuse


def matching_names(answer: Answer) -> str:
    """Exercise 9.1: `share_by_names(query, symbols, query_index)`."""
    query = torch.tensor([7, 7, 7, 7, 7, 7])
    symbols = torch.tensor(
        [[7, 1, 2], [7, 7, 2], [1, 2, 3], [1, 7, 3], [7, 7, 7], [3, 4, 7]]
    )
    query_index = torch.tensor([0, 1, 0, 0, 2, 2])

    found = number(answer(query, symbols, query_index))
    slips = {
        "if two symbols have the query's name, you count the queried one as "
        "found for certain. One of the two is drawn at random: count a "
        "half.": 13 / 18,
        "if no symbol has the query's name, you count nothing. The rule "
        "still has to guess: count a third.": (3 + 1 / 3 - 0.5) / 6,
        "argmax takes the first of several equal names, and the first symbol "
        "if none is equal. Divide the probability among those that "
        "match.": 3 / 6,
        "that is a number of scenes; divide it by how many there are.": 19 / 6,
    }
    refuse(found, slips)
    expect(found, 19 / 36, "the scenes count 1, 1/2, 1/3, 0, 1/3 and 1.")

    found = number(answer(query[:1], torch.tensor([[1, 2]]), query_index[:1]))
    also(found, 0.5, "two symbols", "a guess is right half of the time")
    return (
        "Because you added up probabilities, there's no luck in the result: "
        "the same names always give the same number."
    )


def linear_cka(answer: Answer) -> str:
    """Exercise 9.2: `alike(one, other)`, linear CKA."""
    one = torch.tensor([[-1.0], [0.0], [1.0]])
    other = torch.tensor([[-1.0, 1], [0, -2], [1, 1]])  # centered already
    right = 4 / (2 * 40**0.5)

    found = number(answer(one, other))
    slips = {
        "square the entries of the matrix between the two before you add "
        "them up, as the formula says.": right / 2,
        "that is its square root: the formula has squares in the numerator, "
        "and no root.": right**0.5,
        "the denominator has the norms of the two matrices (`norm`), not "
        "their traces.": 4 / 16,
        "nothing is divided yet: the result must not depend on the length of "
        "the vectors.": 4.0,
    }
    refuse(found, slips)
    expect(found, right, "it is 2² + 0², divided by 2 times √(2² + 6²).")

    found = number(answer(one + 10, other - 3))
    also(found, right, "features with a mean: subtract it from each first")
    found = number(answer(other, 7 * other))
    also(found, 1, "a description and 7 times the same")
    return (
        "Try alike(x, x @ r) with a random matrix r, and again with "
        "torch.linalg.qr(r).Q. Which of the two mixes features without a "
        "trace?"
    )
