"""Checks of chapter 3: the weights."""

import torch
from torch import Tensor

from colorattn.checks.telling import Answer, returned


def weights(weights_of: Answer) -> None:
    """Check `weights_of(query, keys)`: (dim,), (dim, i, j) to (i, j)."""
    query = torch.tensor([2.0, 0, 0, 0])  # dim is 4, so its root is 2
    keys = torch.zeros(4, 2, 3)
    rising = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    keys[0] = rising.log()  # divided by the root: scores ln 1, …, ln 6

    found = returned(weights_of(query, keys), (2, 3))

    slips = {
        "these are the scores. Send them through a softmax.": rising.log(),
        "divide the scores by the square root of dim before the softmax.": (
            share(rising**2)  # exp(2 ln n)
        ),
        "divide by the square root of dim, not by dim itself.": (
            share(rising.sqrt())  # exp(ln n / 2)
        ),
        "each row has a softmax of its own. One softmax goes over the whole "
        "map: flatten it first.": rising / rising.sum(dim=1, keepdim=True),
        "each column has a softmax of its own. One softmax goes over the "
        "whole map: flatten it first.": rising / rising.sum(dim=0),
        "divide exp(score) by the sum of all exp(score), not the scores by "
        "their sum.": share(rising.log()),
        "exp(score) is there; now divide by its sum over the map.": rising,
    }
    for message, slip in slips.items():
        assert not close(found, slip), message
    assert close(found, share(rising)), (
        "for scores ln 1, ln 2, …, ln 6 the weights are 1/21, 2/21, …, 6/21; "
        f"yours are {found.flatten().tolist()}."
    )

    # Right for dim 4, and elsewhere? Dim is 9: the same numbers, root 3.
    longer = torch.zeros(9)
    longer[8] = 3.0
    keys = torch.zeros(9, 3, 2)
    keys[8] = rising.view(3, 2).log()
    found = returned(weights_of(longer, keys), (3, 2))
    assert close(found, share(rising).view(3, 2)), (
        "right for dim 4, wrong for dim 9: take dim from the query's shape."
    )

    # exp(100) is more than 32 bits can hold; a softmax never computes it.
    found = returned(
        weights_of(100 * query, torch.eye(4).view(4, 2, 2)), (2, 2)
    )
    assert bool(found.isfinite().all()), (
        "a score of 100 gives nan, because exp(100) overflows. Only "
        "differences count: subtract the largest score first, or use softmax."
    )
    assert close(found, torch.tensor([[1.0, 0], [0, 0]])), (
        "one score is 100 and the others 0, so one weight is 1."
    )


def temperature_for(answer: Answer) -> None:
    """Check `temperature_for(share, gap, cells)`: all of shape (n,)."""
    share = torch.tensor([3 / 4, 9 / 10, 1 / 3, 1 / 2, 2 / 3])
    gap = torch.tensor([3.0, 3, 2, 2, 2]).log()
    cells = torch.tensor([2, 2, 5, 5, 5])
    right = torch.tensor([1, 1 / 2, 1, 1 / 2, 1 / 3])
    odds = (share / (1 - share)).log()

    found = returned(answer(share, gap, cells), (5,))

    slips = {
        "this is how many times colder than 1: a temperature divides, so turn "
        "it over.": 1 / right,
        "right for two cells. With five, four others share the rest: their "
        "number comes into the sum of all exp(score).": gap / odds,
        "a lead of 0 against each of the others: count the others, one fewer "
        "than the cells.": gap / (odds + cells.log()),
        "the gap does not come in: how far ahead is the best cell?": (
            1 / (odds + (cells - 1).log())
        ),
        "take the odds, share / (1 - share), where you have the share.": (
            gap / (share.log() + (cells - 1).log())
        ),
        "a negative temperature would favor the worst cell: look at the "
        "sign.": -right,
    }
    for message, slip in slips.items():
        assert not close(found, slip), message
    assert close(found, right), (
        "two cells, a gap of ln 3: exp gives 3 and 1, so the best weighs 3/4 "
        "at temperature 1, and 9/10 at 1/2. Five cells, a gap of ln 2: 1/3 at "
        f"1, 1/2 at 1/2, 2/3 at 1/3. Yours: {found.tolist()}."
    )


def share(amounts: Tensor) -> Tensor:
    """Divide by the sum of all, so that they sum to 1."""
    return amounts / amounts.sum()


def close(found: Tensor, expected: Tensor) -> bool:
    """Say whether numbers agree but for rounding."""
    return torch.allclose(found.float(), expected.float(), atol=1e-5)
