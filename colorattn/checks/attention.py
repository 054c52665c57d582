"""Checks on attention: weights, temperature, masks and shared keys."""

from typing import Any

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
    started,
    tensor,
)

NONE = -40.0  # a score whose weight is practically 0
ROWS = "each row of the map has a softmax of its own. Flatten the map first."


def attend(answer: Answer) -> str:
    """Exercise 3.1: `my_attend(query, keys)`, for a batch."""
    query = 2 * torch.eye(2, 4)  # dim is 4, and its square root 2
    rising = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    amounts = torch.stack([rising, 7 - rising])
    keys = torch.zeros(2, 4, 2, 3)
    keys[0, 0], keys[1, 1] = amounts.log()  # scaled: scores ln 1, …, ln 6
    scores, right = amounts.log(), amounts / 21

    found, weights = two_maps(answer(query, keys), (2, 2, 3))

    refuse(
        found,
        {
            "divide the scores by the square root of c.": 2 * scores,
            "divide by the square root of c, not by c itself.": scores / 2,
            "return the scores first, then the weights.": right,
        },
    )
    assert close(found, scores), (
        "with these keys the scores of the first map are ln 1, ln 2, …, "
        f"ln 6, from 0 to 1.792; yours are {shown(found[0])}."
    )
    slips = {
        ROWS: amounts / amounts.sum(dim=2, keepdim=True),
        "each column of the map has a softmax of its own. Flatten the map "
        "first.": amounts / amounts.sum(dim=1, keepdim=True),
        "there is one softmax for the whole batch: the weights of each map "
        "sum to 1.": amounts / 42,
        "divide exp(score) by the sum of all exp(score), not the scores by "
        "their sum.": scores / scores.sum(dim=(1, 2), keepdim=True),
        "you have exp(score); now divide it by its sum over the map.": amounts,
        "the weights come from scores that weren't divided by the square "
        "root of c.": amounts**2 / 91,
    }
    refuse(weights, slips)
    assert close(weights, right), (
        "for scores ln 1, ln 2, …, ln 6 the weights are 1/21, 2/21, …, 6/21; "
        f"yours are {shown(weights[0])}."
    )

    longer, keys = torch.zeros(1, 9), torch.zeros(1, 9, 3, 2)  # root 3
    longer[0, 8], keys[0, 8] = 3, rising.view(3, 2).log()
    _, found = two_maps(answer(longer, keys), (1, 3, 2))
    also(found, right[:1].view(1, 3, 2), "c = 9", "take c from the shape")

    # exp(100) is more than 32 bits can hold; a softmax never computes it.
    keys = torch.eye(4).view(1, 4, 2, 2)
    _, found = two_maps(answer(100 * query[:1], keys), (1, 2, 2))
    assert bool(found.isfinite().all()), (
        "a score of 100 gives nan, because exp(100) overflows. Only "
        "differences matter: subtract the largest score, or use softmax."
    )
    also(found, [[[1, 0], [0, 0]]], "scores of 100, 0, 0 and 0")
    return (
        "Try it with a query vector ten times as long: which cells gain "
        "weight, and does the order of the scores change?"
    )


def two_maps(value: Any, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return the scores and the weights that an answer returned."""
    value = started(value)
    assert isinstance(value, tuple | list) and len(value) == 2, (
        "return two tensors, the scores and the weights; yours is a "
        f"{type(value).__name__}."
    )
    scores, weights = value
    return tensor(scores, shape), tensor(weights, shape)


def temperature_for(answer: Answer) -> str:
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
    return (
        "Try a share of 9/10 and a gap of 2 on 4, 64 and 361 cells: the "
        "larger the map, the colder it has to be."
    )


def look_back(answer: Answer) -> str:
    """Exercise 3.3: `look_back(q, k, v)`, self-attention to the past."""
    q, k = torch.zeros(2, 3, 4)  # dim is 4, and its square root 2
    amounts = torch.tensor([1.0, 2, 3])
    q[:, 0], k[:, 0] = 2, amounts.log()  # scores of each word: ln 1, 2, 3
    v = torch.tensor([[6.0, 0], [0, 6], [12, 6]])
    right = torch.tensor([[6.0, 0], [2, 4], [7, 5]])

    found = tensor(answer(q, k, v), (3, 2))
    assert bool(found.isfinite().all()), (
        "some glimpses are nan, because a word has nothing to look at: each "
        "may look at itself."
    )
    refuse(found, look_back_slips(amounts, v))
    assert close(found, right), (
        "with scores ln 1, ln 2, ln 3 the second word has the weights 1/3, "
        "2/3, 0 and the third 1/6, 2/6, 3/6. The three glimpses are "
        f"{shown(right)}; yours are {shown(found)}."
    )

    random = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 5, 3, generator=random)
    v = torch.randn(5, 7, generator=random)
    built_in = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    assert close(tensor(answer(q, k, v), (5, 7)), built_in), (
        "right by hand, but PyTorch's attention differs for other shapes."
    )
    q[:, 0], k[:, 0] = 1e3, torch.arange(5) * 1e3  # scores up to 2 million
    also(
        answer(q, k, v),
        v,
        "scores in the millions",
        "a word to come still gets weight. Give it a score of minus infinity",
    )
    return (
        "PyTorch has it built in: F.scaled_dot_product_attention with "
        "is_causal=True. Now see below what the mask is good for."
    )


def look_back_slips(amounts: Tensor, v: Tensor) -> dict[str, Tensor]:
    """Map messages to what each slip returns for these exp(scores)."""
    past = torch.ones(3, 3).tril()

    def read(table: Tensor) -> Tensor:
        return table / table.sum(dim=1, keepdim=True) @ v

    return {
        "every word sees all words: the scores of later ones must not "
        "count.": read(amounts.expand(3, 3)),
        "the weights of a word no longer sum to 1. Hide the later words "
        "before the softmax, not after it.": past * amounts / 6 @ v,
        "a score of 0 doesn't hide a word, because exp(0) is 1.": read(
            past * amounts + 1 - past
        ),
        "your words look ahead instead of back: row n is word n's, and "
        "column m is the word it looks at.": read(past.T * amounts),
        "divide the scores by the square root of c.": read(past * amounts**2),
        "your softmax runs over the words that look. Take it over those "
        "that are looked at.": past * (1 / past.sum(dim=0)) @ v,
    }


def accuracy_at(answer: Answer) -> str:
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
    return (
        "Nothing in it learns, so all that it gets right below is in the "
        "pixels already."
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
