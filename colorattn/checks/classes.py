"""Checks of chapter 8: classes, relatives and how sure a share is."""

import torch

from colorattn.checks.telling import Answer, begun, returned


def by_class(answer: Answer) -> None:
    """Check `by_class(right, asked)`: (scenes,), (scenes,) to (10,)."""
    right = torch.tensor([True, False, True, True, False, True, True])
    asked = torch.tensor([9, 9, 9, 9, 2, 2, 5])

    found = returned(answer(right, asked), (10,)).float()

    seen = found[[9, 2, 5]].tolist()
    assert seen != [3.0, 1.0, 1.0], (
        "these count the right answers. Divide by how often each class is "
        "asked for."
    )
    assert not close(seen, [3 / 7, 1 / 7, 1 / 7]), (
        "each class is divided by the number of all scenes. Divide it by the "
        "scenes that ask for it."
    )
    assert not close(seen, [3 / 5, 1 / 5, 1 / 5]), (
        "each class is divided by all right answers. Divide it by the scenes "
        "that ask for it."
    )
    assert close(seen, [0.75, 0.5, 1.0]), (
        "class 9 is asked for four times and found three times: 0.75; class 2 "
        f"has 0.5, class 5 has 1. Yours: {seen}."
    )
    assert bool(found[[0, 1]].isnan().all()), (
        "nobody asks for class 0 or 1, so they have no share: nan, not "
        f"{found[0].item():g}. 0 out of 0 is nan if you do not prevent it."
    )

    # Class 9 is not asked for: a count must have ten places all the same.
    few = torch.tensor([True, False, True])
    found = answer(few, torch.tensor([1, 1, 0]))
    assert found is not None and found.shape == (10,), (
        "where no scene asks for class 9 the result has fewer than ten "
        "places. bincount takes minlength."
    )


def relatives(answer: Answer) -> None:
    """Check `has_relative(asked, classes, family)`: to (scenes,) of bool."""
    classes = torch.tensor([[6, 0, 1], [6, 7, 8], [5, 1, 7], [0, 5, 9]])
    asked = torch.tensor([6, 6, 7, 0])
    family = torch.tensor([0, 1, 0, 0, 0, 2, 0, 2, 3, 2])  # 5, 7, 9 are shoes

    found = returned(answer(asked, classes, family), (4,)).tolist()

    assert found != [True] * 4, (
        "every scene has one symbol of the query's family: the queried one. "
        "Ask for a second."
    )
    assert found != [True, False, True, True], (
        "in the last scene 5 and 9 are relatives of each other. Only those of "
        "the class that is asked for count."
    )
    assert found != [False] * 4, (
        "no two symbols of a scene have one class. Compare families: "
        "family[classes] is the family of each symbol."
    )
    assert found == [True, False, True, False], (
        "scene 0 asks for a shirt beside a T-shirt, scene 2 for a sneaker "
        "beside a sandal; scenes 1 and 3 have no relative. Expected True, "
        f"False, True, False; yours {found}."
    )

    # Family numbers are names; 0 is one like the others, and order is free.
    renamed = torch.tensor([7, 0, 7, 7, 7, 4, 7, 4, 9, 4])
    found = returned(answer(asked, classes, renamed), (4,)).tolist()
    assert found == [True, False, True, False], (
        "right for these numbers of families, wrong for others: compare them "
        "for equality, and use them for nothing else."
    )

    # A scene may have two symbols, and the second be asked for.
    found = answer(torch.tensor([0, 7]), classes[:2, :2], family)
    assert returned(found, (2,)).tolist() == [True, False], (
        "right for three symbols, wrong for two: take their number from the "
        "shape of classes."
    )


def resampled(answer: Answer) -> None:
    """Check `resampled_share(right, queries, symbols, counts)`: a number."""
    right = torch.tensor([1.0, 0.0, 1.0, 1.0])
    queries = torch.tensor([0, 1, 2, 3])  # which drawing asks
    symbols = torch.tensor([4, 4, 5, 5])  # which drawing is asked for
    counts = torch.tensor([3.0, 1.0, 0.0, 1.0, 2.0, 1.0])

    found = returned(
        torch.as_tensor(begun(answer(right, queries, symbols, counts))), ()
    ).item()

    slips = {
        "counts of the queries only. A scene comes as often as both of its "
        "drawings say: multiply their counts.": (3 + 0 + 1) / (3 + 1 + 0 + 1),
        "counts of the symbols only. A scene comes as often as both of its "
        "drawings say: multiply their counts.": (2 + 1 + 1) / (2 + 2 + 1 + 1),
        "the counts are added. A query that comes three times, with a "
        "symbol that comes twice, makes six scenes: multiply.": (5 + 1 + 2)
        / (5 + 3 + 1 + 2),
        "divide by the sum of the weights, not by the number of scenes: "
        "the new sample has another size.": (6 + 0 + 1) / 4,
        "this is the plain mean. Weigh each scene by the counts of its two "
        "drawings.": 3 / 4,
    }
    for message, slip in slips.items():
        assert abs(found - slip) > 1e-6, message
    # Weights 6, 2, 0, 1; right are the first, the third and the fourth.
    assert abs(found - 7 / 9) < 1e-6, (
        "the scenes come 6, 2, 0 and 1 times, and 6 + 0 + 1 of these 9 are "
        f"right: 0.778. Yours: {found:.3f}."
    )


def close(found: list[float], expected: list[float]) -> bool:
    """Say whether numbers agree but for rounding."""
    return torch.allclose(
        torch.tensor(found), torch.tensor(expected), atol=1e-5
    )
