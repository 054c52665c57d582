"""Checks of chapter 1: the stream of scenes."""

import torch

from colorattn.checks.telling import Answer, returned


def color_of(answer: Answer) -> None:
    """Check `color_of(classes, colors, asked)`: the color, or -1.

    Shapes (batch, symbols), (batch, symbols), (batch,) to (batch,).
    """
    classes = torch.tensor([[7, 2, 5], [1, 0, 9], [4, 8, 3], [6, 1, 2]])
    colors = torch.tensor([[1, 2, 0], [2, 0, 1], [1, 2, 0], [0, 2, 1]])
    asked = torch.tensor([7, 9, 3, 1])

    found = returned(answer(classes, colors, asked), (4,)).tolist()

    assert found != [0, 2, 2, 1], (
        "that is the place of the symbol in its row. Take the color that "
        "stands at this place."
    )
    assert found != [2, 0, 1, 2], (
        "colors[n, k] is the color of symbol k; you read it as the symbol "
        "that has color k."
    )
    assert found == [1, 1, 0, 2], (
        "scene 0 holds a 7, a 2 and a 5 of colors 1, 2 and 0, so a query for "
        "7 has the answer 1; over the four scenes 1, 1, 0, 2. Yours: "
        f"{', '.join(map(str, found))}."
    )

    # Not in the stream, but chapter 6 asks it: a class that is not there.
    absent = torch.tensor([7, 8, 3, 0])
    found = returned(answer(classes, colors, absent), (4,)).tolist()
    assert found == [1, -1, 0, -1], (
        "scene 1 holds a 1, a 0 and a 9. A query for 8 has no answer: return "
        f"-1 there. Yours: {found[1]}."
    )

    # A scene may have two symbols, and a batch one scene.
    found = answer(classes[:1, :2], colors[:1, :2], torch.tensor([2]))
    assert returned(found, (1,)).tolist() == [2], (
        "right for three symbols, wrong for two: take the number of symbols "
        "from the shape of classes."
    )
