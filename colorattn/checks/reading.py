"""Checks of chapter 3: what the weights read."""

import torch
import torch.nn.functional as F
from torch import Tensor

from colorattn.checks.attention import close
from colorattn.checks.telling import Answer, begun, returned

NONE = -40.0  # a score that leaves a weight of nearly 0


def glimpses(answer: Answer) -> None:
    """Check `glimpses(queries, keys, values)`: many queries over one map.

    Shapes (n, dim), (dim, i, j), (v, i, j) to (n, v).
    """
    rising = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    queries = torch.zeros(3, 4)  # dim is 4, so its root is 2
    queries[0, 0] = queries[1, 3] = 2
    keys = torch.zeros(4, 2, 3)
    keys[0], keys[3] = rising.log(), (7 - rising).log()
    values = torch.zeros(2, 2, 3)
    values[0], values[1, 0, 0] = rising, 1
    # Weights n/21, (7 - n)/21, and 1/6 in the cell of value n.
    right = torch.tensor([[13 / 3, 1 / 21], [8 / 3, 6 / 21], [3.5, 1 / 6]])

    found = returned(answer(queries, keys, values), (3, 2))

    for message, slip in glimpse_slips(queries, keys, values).items():
        assert not close(found, slip), message
    assert close(found, right), (
        "the first query weighs the cells by 1/21, 2/21, …, 6/21, and their "
        "values are 1 to 6, so its glimpse begins with 91/21; over the three "
        f"queries {right.tolist()}. Yours: {found.tolist()}."
    )

    random = torch.Generator().manual_seed(0)
    queries = torch.randn(2, 11, generator=random)
    keys = torch.randn(11, 3, 5, generator=random)
    values = torch.randn(7, 3, 5, generator=random)
    built_in = F.scaled_dot_product_attention(
        queries, keys.flatten(1).mT, values.flatten(1).mT
    )
    assert close(returned(answer(queries, keys, values), (2, 7)), built_in), (
        "right by hand, but not what PyTorch's attention says of other shapes."
    )


def glimpse_slips(
    queries: Tensor, keys: Tensor, values: Tensor
) -> dict[str, Tensor]:
    """Map messages to what each slip returns."""
    plain = queries @ keys.flatten(1)  # n, cells
    flat = values.flatten(1).T  # cells, v
    by_row = (plain / 2).view(3, 2, 3).softmax(dim=2).flatten(1)
    return {
        "the softmax goes over the queries. It goes over the cells, for each "
        "query on its own.": (plain / 2).softmax(dim=0) @ flat,
        "one softmax for all queries together: each query has weights that "
        "sum to 1.": (plain / 2).flatten().softmax(dim=0).view(3, 6) @ flat,
        "each row of the map has a softmax of its own. Flatten the map "
        "first.": by_row @ flat,
        "divide the scores by the root of dim before the softmax.": (
            plain.softmax(dim=1) @ flat
        ),
        "divide by the root of dim, not of the number of cells.": (
            (plain / 6**0.5).softmax(dim=1) @ flat
        ),
        "divide by the root of dim, not by the number of cells.": (
            (plain / 6).softmax(dim=1) @ flat
        ),
        "you divide by the root of the number of queries: queries have shape "
        "(n, dim), so dim is their second axis.": (
            (plain / 3**0.5).softmax(dim=1) @ flat
        ),
        "a glimpse is a sum, since the weights sum to 1 already; you average "
        "once more over the cells.": (plain / 2).softmax(dim=1) @ flat / 6,
        "all three glimpses are the plain mean of the values: the weights do "
        "not come in.": flat.mean(dim=0).expand(3, 2),
        "the scores mix the values; they go through the softmax first.": (
            plain / 2 @ flat
        ),
    }


def accuracy_at(answer: Answer) -> None:
    """Check `accuracy_at(temperature, scores, values, target)`: a share.

    Shapes (b, i, j), (b, 3, i, j), (b,) to a number from 0 to 1.
    """
    scores, values, target = four_scenes()

    def at(temperature: float) -> float:
        found = begun(answer(temperature, scores, values, target))
        if isinstance(found, Tensor):
            found = returned(found, ()).item()
        assert isinstance(found, int | float), (
            f"return a number; yours is a {type(found).__name__}."
        )
        return round(float(found), 4)

    found = at(1 / 2), at(1.0), at(2.0)
    slips = {
        "a higher temperature makes weights more even, so it divides the "
        "scores; you multiply.": (0.5, 0.5, 0.75),
        "that reads the color of the best cell alone. All cells count, each "
        "by its weight.": (0.75, 0.75, 0.75),
        "the temperature changes nothing. It has to divide the scores, "
        "before the softmax.": (0.5, 0.5, 0.5),
        "each row of the map has a softmax of its own. Flatten the map "
        "first.": (0.25, 0.25, 0.25),
        "return the share of answers that are right, not their number.": (
            (3.0, 2.0, 2.0)
        ),
        "return a share of 1, not a percentage.": (75.0, 50.0, 50.0),
        "that is the share of wrong answers.": (0.25, 0.5, 0.5),
    }
    for message, slip in slips.items():
        assert found != slip, message
    assert found == (0.75, 0.5, 0.5), (
        "of four scenes, three are right at temperature 1/2 and two at 1 and "
        "2: in one scene a good red cell, exp(score) = 4, stands against "
        "three middling blue ones, 2 each, and wins only when it is cold. "
        f"Yours: {', '.join(map(str, found))}."
    )
    assert at(0.01) == 0.75, (
        "at a temperature of 0.01 your answers go wrong: exp(100) overflows. "
        "Subtract the largest score of each scene first, or use softmax."
    )


def four_scenes() -> tuple[Tensor, Tensor, Tensor]:
    """Return scores, values and targets of four scenes on 2 by 5 cells."""
    # Of each scene {(row, column): (exp of the score, color)}.
    cells: dict[int, dict[tuple[int, int], tuple[int, int | None]]] = {
        0: {(0, 0): (4, 0), (0, 1): (2, 2), (1, 0): (2, 2), (1, 1): (2, 2)},
        1: {(0, 2): (3, 1), (0, 4): (1, 0)},
        2: {(0, 3): (5, 1), (0, 1): (1, 2)},
        3: {(0, 4): (1, 2), (1, 0): (4, 1), (1, 1): (4, None)},
    }
    scores = torch.full((4, 2, 5), NONE)
    values = torch.zeros(4, 3, 2, 5)
    for scene, held in cells.items():
        for (i, j), (amount, color) in held.items():
            scores[scene, i, j] = torch.tensor(float(amount)).log()
            if color is not None:
                values[scene, color, i, j] = 1
    return scores, values, torch.tensor([0, 1, 2, 1])
