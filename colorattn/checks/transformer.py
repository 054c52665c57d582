"""Checks on transformers: places, a second look, masks, and an experiment."""

from math import pi

import torch
from torch import Tensor

from colorattn.checks.answers import Answer, also, close, refuse, tensor

SLOT = 32  # px, of a row of three symbols


def ring(places: int, dim: int) -> Tensor:
    """Return the chapter's codes of places on a ring: sines, then cosines."""
    turns = 2 * pi / places * torch.arange(1, dim // 2 + 1)
    angles = torch.arange(places)[:, None] * turns
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def turn(answer: Answer) -> str:
    """Exercise 12.1: `turn(steps, places, dim)`."""
    found = tensor(answer(1, 4, 2), (2, 2))
    right = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])
    slips = {
        "that turns to the left: it brings each place to the one before "
        "it.": right.T,
        "that moves by half of the ring.": -torch.eye(2),
        "cosines come first in yours. In the codes, sines come "
        "first.": torch.eye(2).flip(0),
    }
    refuse(found, slips)
    assert close(found, right), (
        "on a ring of four places, one step is a quarter turn. It takes "
        "(sin, cos) = (0, 1) to (1, 0), and (1, 0) to (0, -1)."
    )
    for steps, places, dim in ((1, 5, 4), (4, 12, 8), (-2, 7, 6)):
        codes = ring(places, dim)
        found = tensor(answer(steps, places, dim), (dim, dim))
        moved = codes @ found.T
        also(
            moved,
            codes.roll(-steps, 0),
            f"{steps} steps on a ring of {places} with dim {dim}",
            "pair n of sine and cosine goes round n times, so it turns by n "
            "times the angle.",
        )
    return (
        "Turning by a and then by b is turning by a + b: multiply two of your "
        "matrices and compare."
    )


def second_look(answer: Answer) -> str:
    """Exercise 12.2: `second_look(first, codes, move)`."""
    codes = 2 * ring(4, 2)
    move = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])  # one step to the right
    first = torch.tensor([0.0, 1.0, 0.0, 0.0])
    found = tensor(answer(first, codes, move), (4,))
    right = by_formula(first, codes, move)
    refuse(found, second_slips(first, codes, move))
    assert close(found, right), (
        "the first look is at place 1, so the second is mostly at place 2, "
        f"with weights {right.tolist()}."
    )
    spread = torch.tensor([0.1, 0.5, 0.3, 0.1, 0.0])
    random = torch.Generator().manual_seed(0)
    codes = torch.randn(5, 6, generator=random)
    move = torch.randn(6, 6, generator=random)
    found = tensor(answer(spread, codes, move), (5,))
    refuse(found, second_slips(spread, codes, move))
    also(found, by_formula(spread, codes, move), "a first look that spreads")
    return (
        "What the first look reads is a place and no color. That's why a "
        "second look can start from there."
    )


def by_formula(
    first: Tensor, codes: Tensor, move: Tensor, root: float = 0.5
) -> Tensor:
    """Return the weights of the second look."""
    query = move @ (first @ codes)
    return (codes @ query / codes.shape[1] ** root).softmax(dim=0)


def second_slips(
    first: Tensor, codes: Tensor, move: Tensor
) -> dict[str, Tensor]:
    """Map messages to what each slip returns."""
    one = torch.eye(len(first))[first.argmax()]
    scores = codes @ (move @ (first @ codes)) / codes.shape[1] ** 0.5
    still = by_formula(first, codes, torch.eye(len(move)))
    back = by_formula(first, codes, move.T)
    unscaled = by_formula(first, codes, move, 0.0)
    slips = {
        "you look at the place that you came from: move the code that you "
        "read before you look again.": still,
        "you move the other way. The moved code is `move @ code`.": back,
        "divide the scores by the root of the dim.": unscaled,
        "these are scores. Apply a softmax to them.": scores,
    }
    if not close(one, first):
        slips[
            "you read the code of the heaviest place alone. Attention reads "
            "all of them, each with its weight."
        ] = by_formula(one, codes, move)
    return slips


def causal(answer: Answer) -> str:
    """Exercise 12.3: `causal(scores)`."""
    amounts = torch.tensor([[2.0, 5, 4], [1, 3, 6], [1, 2, 5]])
    right = torch.tensor([[8.0, 0, 0], [2, 6, 0], [1, 2, 5]]) / 8

    found = tensor(answer(amounts.log()), (3, 3))

    assert bool(found.isfinite().all()), (
        "some weights are nan: a word that sees nothing has nothing to "
        "divide by. Every word sees at least itself."
    )
    share = by_row(amounts)
    zeroed = by_row(amounts.tril() + torch.ones(3, 3).triu(1))
    slips = {
        "every word still sees all of them.": share,
        "you mask after the softmax, so that the weights of a row no longer "
        "sum to 1. Mask the scores.": share.tril(),
        "that hides the past. The future is to the right of the "
        "diagonal.": by_row(amounts.triu()),
        "a score of 0 is not “no weight”, since exp(0) is 1. What is hidden "
        "gets minus infinity.": zeroed,
        "the softmax runs down the columns. Each row is a word that "
        "asks.": amounts.tril() / amounts.tril().sum(dim=0),
    }
    refuse(found, slips)
    assert close(found, right), (
        "the second word sees amounts 1 and 3, so its weights are 1/4, 3/4 "
        "and 0."
    )
    random = torch.Generator().manual_seed(0)
    scores = torch.randn(7, 7, generator=random)
    before = scores.clone()
    hidden = torch.ones(7, 7).triu(1).bool()
    expected = scores.masked_fill(hidden, -torch.inf).softmax(dim=1)
    also(tensor(answer(scores), (7, 7)), expected, "seven words")
    low = torch.tensor([[-5000.0, 0.0], [-5000.0, -5000.0]])
    also(
        tensor(answer(low), (2, 2)),
        [[1, 0], [0.5, 0.5]],
        "scores of -5,000",
        "any number can be a score, so what is hidden gets minus infinity.",
    )
    assert torch.equal(scores, before), (
        "right, but you change the scores that you were given. Return new "
        "ones: `masked_fill` without the underscore."
    )
    return (
        "The same line hides the future in language models, whatever their "
        "size."
    )


def by_row(amounts: Tensor) -> Tensor:
    """Divide each row by its sum."""
    return amounts / amounts.sum(dim=1, keepdim=True)


def accuse(answer: Answer) -> str:
    """Exercise 12.4: `accuse(image, query_index, target)`."""
    random = torch.Generator().manual_seed(0)
    image = torch.zeros(6, 3, SLOT, 3 * SLOT, dtype=torch.uint8)
    query_index = torch.tensor([0, 1, 2, 2, 1, 0])
    colors = torch.tensor([[0, 1, 2], [2, 0, 1], [1, 2, 0]]).repeat(2, 1)
    for n in range(6):
        for k in range(3):
            ink = torch.randint(1, 256, (20, 20), generator=random)
            at = slice(SLOT * k + 5, SLOT * k + 25)
            image[n, colors[n, k], 6:26, at] = ink.byte()
    each = torch.arange(6)
    target = colors[each, (query_index + 1) % 3]
    before = image.clone()

    found = tensor(answer(image, query_index, target), tuple(image.shape))

    assert torch.equal(image, before), (
        "you change the images that you were given. Work on a copy: "
        "`image.clone()`."
    )
    for n, queried in enumerate(query_index.tolist()):
        # The queried symbol, the answer to its right, and the third one.
        old, new = (slots_from(rows[n], queried) for rows in (before, found))
        for k, which in enumerate(("queried symbol", "answer")):
            assert torch.equal(new[k], old[k]), (
                f"the {which} has changed. A network that looks must still be "
                "able to be right, so leave it alone."
            )
        part = new[2]
        assert not torch.equal(part, old[2]), (
            "nothing has changed: what could a network that rules colors out "
            "get wrong here?"
        )
        assert part.max() > 0, (
            "you have erased the third symbol. Fewer symbols may confuse "
            "either network; keep it, and give it another color."
        )
        others = part.clone()
        others[target[n]] = 0
        assert others.max() == 0, (
            "the third symbol has ink in a color that isn't the answer's. "
            "Take its old color away, and paint it in the answer's."
        )
        assert torch.equal(part[target[n]], old[2].amax(dim=0)), (
            "the third symbol has to keep its shape: move its ink, as it is, "
            "to the answer's channel."
        )
    return (
        "You've changed only what a network that looks doesn't need: that's "
        "what makes it evidence."
    )


def slots_from(row: Tensor, first: int) -> tuple[Tensor, ...]:
    """Cut a row into thirds, from a slot on and around the ring."""
    return row.roll(-SLOT * first, dims=2).split(SLOT, dim=2)
