"""Checks on attention: weights, temperature, glimpses and shared keys."""

import torch
import torch.nn.functional as F
from torch import Tensor

from colorattn.checks.answers import (
    Answer,
    also,
    close,
    number,
    refuse,
    shown,
    tensor,
)

NONE = -40.0  # a score whose weight is practically 0
ROWS = "each row of the map has a softmax of its own. Flatten the map first."


def attention_weights(answer: Answer) -> None:
    """Exercise 3.1: `weights_of(query, keys)`."""
    query = torch.tensor([2.0, 0, 0, 0])  # dim is 4, so its root is 2
    keys = torch.zeros(4, 2, 3)
    rising = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    keys[0] = rising.log()  # divided by the root: scores ln 1, …, ln 6
    right = share(rising)

    found = tensor(answer(query, keys), (2, 3))

    no_root, by_dim = share(rising**2), share(rising**0.5)  # twice, half ln n
    slips = {
        "these are the scores. Apply a softmax to them.": rising.log(),
        "divide the scores by the square root of dim, before the "
        "softmax.": no_root,
        "divide by the square root of dim, not by dim itself.": by_dim,
        ROWS: rising / rising.sum(dim=1, keepdim=True),
        "each column of the map has a softmax of its own. Flatten the map "
        "first.": rising / rising.sum(dim=0),
        "divide exp(score) by the sum of all exp(score), not the scores by "
        "their sum.": share(rising.log()),
        "you have exp(score); now divide it by its sum over the map.": rising,
    }
    refuse(found, slips)
    assert close(found, right), (
        "for scores ln 1, ln 2, …, ln 6 the weights are 1/21, 2/21, …, 6/21; "
        f"yours are {shown(found)}."
    )

    longer, keys = torch.zeros(9), torch.zeros(9, 3, 2)  # the root is 3
    longer[8], keys[8] = 3, rising.view(3, 2).log()
    found = tensor(answer(longer, keys), (3, 2))
    also(found, right.view(3, 2), "dim 9", "take dim from the query's shape")

    # exp(100) is more than 32 bits can hold; a softmax never computes it.
    found = tensor(answer(100 * query, torch.eye(4).view(4, 2, 2)), (2, 2))
    assert bool(found.isfinite().all()), (
        "a score of 100 gives nan, because exp(100) overflows. Only "
        "differences matter: subtract the largest score, or use softmax."
    )
    also(found, [[1, 0], [0, 0]], "scores of 100, 0, 0 and 0")


def share(amounts: Tensor) -> Tensor:
    """Divide by the sum, so that all sum to 1."""
    return amounts / amounts.sum()


def temperature_for(answer: Answer) -> None:
    """Exercise 3.2: `temperature_for(share, gap, cells)`."""
    share = torch.tensor([3 / 4, 9 / 10, 1 / 3, 1 / 2, 2 / 3])
    gap = torch.tensor([3.0, 3, 2, 2, 2]).log()
    cells = torch.tensor([2, 2, 5, 5, 5])
    right = torch.tensor([1, 1 / 2, 1, 1 / 2, 1 / 3])
    log_odds, log_others = (share / (1 - share)).log(), (cells - 1).log()

    found = tensor(answer(share, gap, cells), (5,))

    all_cells = gap / (log_odds + cells.log())
    no_gap = 1 / (log_odds + log_others)
    no_odds = gap / (share.log() + log_others)
    slips = {
        "this is the factor by which the scores must grow. A temperature "
        "divides them, so take the reciprocal.": 1 / right,
        "right for two cells. With five, four others share the rest: their "
        "number is part of the sum of all exp(score).": gap / log_odds,
        "count only the other cells, one fewer than all.": all_cells,
        "the gap is missing: how far ahead is the best cell?": no_gap,
        "use the odds, share / (1 - share), instead of the share.": no_odds,
        "a negative temperature favors the worst cell: mind the sign.": -right,
    }
    refuse(found, slips)
    assert close(found, right), (
        "with two cells and a gap of ln 3, exp gives 3 and 1, so the best "
        "one has a weight of 3/4 at temperature 1 and 9/10 at 1/2. With five "
        "cells and a gap of ln 2 it is 1/3 at 1, 1/2 at 1/2, and 2/3 at 1/3. "
        f"Yours: {shown(found)}."
    )


def glimpses(answer: Answer) -> None:
    """Exercise 3.3: `glimpses(queries, keys, values)`."""
    rising = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    queries = torch.zeros(3, 4)  # dim is 4, so its root is 2
    queries[0, 0] = queries[1, 3] = 2
    keys = torch.zeros(4, 2, 3)
    keys[0], keys[3] = rising.log(), (7 - rising).log()
    values = torch.zeros(2, 2, 3)
    values[0], values[1, 0, 0] = rising, 1
    # Weights n/21, (7 - n)/21, and 1/6 in the cell of value n.
    right = torch.tensor([[13 / 3, 1 / 21], [8 / 3, 6 / 21], [3.5, 1 / 6]])

    found = tensor(answer(queries, keys, values), (3, 2))
    refuse(found, glimpse_slips(queries, keys, values))
    assert close(found, right), (
        "the first query weights the cells by 1/21, 2/21, …, 6/21, and their "
        "values are 1 to 6, so its glimpse starts with 91/21. The three "
        f"glimpses are {shown(right)}; yours are {shown(found)}."
    )

    random = torch.Generator().manual_seed(0)
    queries = torch.randn(2, 11, generator=random)
    keys = torch.randn(11, 3, 5, generator=random)
    values = torch.randn(7, 3, 5, generator=random)
    built_in = F.scaled_dot_product_attention(
        queries, keys.flatten(1).mT, values.flatten(1).mT
    )
    found = tensor(answer(queries, keys, values), (2, 7))
    assert close(found, built_in), (
        "right by hand, but PyTorch's attention differs for other shapes."
    )


def glimpse_slips(
    queries: Tensor, keys: Tensor, values: Tensor
) -> dict[str, Tensor]:
    """Map messages to what each slip returns."""
    plain = queries @ keys.flatten(1)  # n, cells
    flat = values.flatten(1).T  # cells, v
    scores = plain / 2
    by_row = scores.view(3, 2, 3).softmax(dim=2).flatten(1)

    def read(divisor: float) -> Tensor:
        return (plain / divisor).softmax(dim=1) @ flat

    return {
        "your softmax is over the queries. Take it over the cells, "
        "separately for each query.": scores.softmax(dim=0) @ flat,
        "there is one softmax for all queries together: each query has "
        "weights that sum to 1.": share(scores.exp()) @ flat,
        ROWS: by_row @ flat,
        "divide the scores by the root of dim before the softmax.": read(1.0),
        "divide by the root of dim, not of the number of cells.": read(6**0.5),
        "divide by the root of dim, not by the number of cells.": read(6.0),
        "you divide by the root of the number of queries. In their shape "
        "(n, dim), dim is second.": read(3**0.5),
        "a glimpse is a sum, because the weights already sum to 1; you "
        "average over the cells again.": read(2.0) / 6,
        "all three glimpses are the plain mean of the values: the weights "
        "have no effect.": flat.mean(dim=0).expand(3, 2),
        "you mix the values with the scores; apply the softmax to them "
        "first.": scores @ flat,
    }


def accuracy_at(answer: Answer) -> None:
    """Exercise 3.4: `accuracy_at(temperature, scores, values, target)`."""
    scores, values, target = four_scenes()

    def at(temperature: float) -> float:
        return number(answer(temperature, scores, values, target))

    found = [at(1 / 2), at(1.0), at(2.0)]
    slips = {
        "a higher temperature makes the weights more even, so it divides the "
        "scores; you multiply.": [0.5, 0.5, 0.75],
        "that uses the color of the best cell alone. All cells count, each "
        "with its weight.": [0.75, 0.75, 0.75],
        "the temperature has no effect. It has to divide the scores before "
        "the softmax.": [0.5, 0.5, 0.5],
        ROWS: [0.25, 0.25, 0.25],
        "return the share of correct answers, not their number.": [3, 2, 2],
        "return a share between 0 and 1, not a percentage.": [75, 50, 50],
        "that is the share of wrong answers.": [0.25, 0.5, 0.5],
    }
    refuse(found, slips)
    assert close(found, [0.75, 0.5, 0.5]), (
        "of four scenes, three are right at temperature 1/2 and two at 1 and "
        "2. In one of them a strong red cell, exp(score) = 4, competes with "
        "three weaker blue ones, 2 each, and wins only at low temperature. "
        f"Yours: {shown(found)}."
    )
    assert close(at(0.01), 0.75), (
        "at a temperature of 0.01 your answers go wrong: exp(100) overflows. "
        "Subtract the largest score of each scene first, or use softmax."
    )


def four_scenes() -> tuple[Tensor, Tensor, Tensor]:
    """Return scores, values and targets of four scenes on 2 by 5 cells."""
    # Of each scene {(row, column): (exp of the score, color)}.
    cells: list[dict[tuple[int, int], tuple[int, int | None]]] = [
        {(0, 0): (4, 0), (0, 1): (2, 2), (1, 0): (2, 2), (1, 1): (2, 2)},
        {(0, 2): (3, 1), (0, 4): (1, 0)},
        {(0, 3): (5, 1), (0, 1): (1, 2)},
        {(0, 4): (1, 2), (1, 0): (4, 1), (1, 1): (4, None)},
    ]
    scores, values = torch.full((4, 2, 5), NONE), torch.zeros(4, 3, 2, 5)
    for scene, places in enumerate(cells):
        for (i, j), (amount, color) in places.items():
            scores[scene, i, j] = torch.tensor(float(amount)).log()
            if color is not None:
                values[scene, color, i, j] = 1
    return scores, values, torch.tensor([0, 1, 2, 1])


def shared_keys(answer: Answer) -> str:
    """Exercise 10.1: `look(keys, vectors)`, several queries per scene."""
    random = torch.Generator().manual_seed(0)
    for scenes, queries in ((2, 3), (3, 2)):
        keys = torch.randn(scenes, 4, 2, 5, generator=random)
        vectors = 3 * torch.randn(scenes * queries, 4, generator=random)
        own = torch.arange(scenes).repeat_interleave(queries)
        turns = torch.arange(scenes).repeat(queries)
        scores = torch.einsum("bc,bcij->bij", vectors, keys[own])
        others = torch.einsum("bc,bcij->bij", vectors, keys[turns])

        found = tensor(answer(keys, vectors), (scenes * queries, 2, 5))
        assert close(found.sum(dim=(1, 2)), torch.ones(scenes * queries)), (
            "the weights of one query sum to 1 over its whole map. Yours do "
            "so over rows or columns, or over all queries at once."
        )
        slips = {
            "each query looks at the keys of another scene. All queries of "
            "one scene come before those of the next.": over_map(others / 2),
            "divide the scores by the square root of dim.": over_map(scores),
        }
        refuse(found, slips)
        assert close(found, over_map(scores / 2)), (
            f"wrong for {queries} queries about each of {scenes} scenes: "
            "take their number from the two shapes."
        )
    return (
        "Language models do the same with everything they have read: its keys "
        "are made once and kept for all the queries to come."
    )


def over_map(scores: Tensor) -> Tensor:
    """Take the softmax over the whole map."""
    return scores.flatten(1).softmax(dim=1).view_as(scores)
