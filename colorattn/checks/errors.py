"""Checks on errors by class and by family of classes."""

import torch

from colorattn.checks.answers import Answer, also, close, refuse, tensor


def accuracy_by_class(answer: Answer) -> str:
    """Exercise 8.1: `share_by_class(right, asked)`."""
    right = torch.tensor([True, False, True, True, False, True, True])
    asked = torch.tensor([9, 9, 9, 9, 2, 2, 5])

    found = tensor(answer(right, asked), (10,))
    seen = found[[9, 2, 5]].tolist()
    slips = {
        "these are the numbers of correct answers. Divide by how often each "
        "class is asked for.": [3, 1, 1],
        "you divide by the number of all scenes. Divide by the number of "
        "scenes that ask for the class.": [3 / 7, 1 / 7, 1 / 7],
        "you divide by the number of all correct answers. Divide by the "
        "number of scenes that ask for the class.": [3 / 5, 1 / 5, 1 / 5],
    }
    refuse(seen, slips)
    assert close(seen, [0.75, 0.5, 1]), (
        "class 9 is asked for four times, and three answers are correct: "
        f"0.75; class 2 has 0.5, and class 5 has 1. Yours: {seen}."
    )
    assert bool(found[[0, 1]].isnan().all()), (
        "no scene asks for class 0 or 1, so they have no accuracy: nan, not "
        f"{found[0].item():g}. 0 / 0 is nan unless you prevent it."
    )

    # No scene asks for class 9, but the result needs ten entries all the same.
    few = torch.tensor([True, False, True])
    found = answer(few, torch.tensor([1, 1, 0]))
    assert found is not None and found.shape == (10,), (
        "if no scene asks for class 9, your result has fewer than ten "
        "entries. bincount takes minlength."
    )
    return (
        "The mean of 0.75, 0.5 and 1 is 0.75, although 5 of 7 answers are "
        "correct, or 0.71. A mean over classes and a mean over scenes agree "
        "only if all classes are asked for equally often."
    )


def has_relative(answer: Answer) -> str:
    """Exercise 8.3: `in_company(asked, classes, family)`."""
    classes = torch.tensor([[6, 0, 1], [6, 7, 8], [5, 1, 7], [0, 5, 9]])
    asked = torch.tensor([6, 6, 7, 0])
    family = torch.tensor([0, 1, 0, 0, 0, 2, 0, 2, 3, 2])  # 5, 7, 9 are shoes
    right = [True, False, True, False]

    found = tensor(answer(asked, classes, family), (4,))
    slips = {
        "every scene has one symbol of the query's family: the queried one. "
        "Look for a second.": [True] * 4,
        "in the last scene 5 and 9 are related to each other. Only relatives "
        "of the queried class count.": [True, False, True, True],
        "no two symbols of a scene have the same class. Compare families: "
        "family[classes] is the family of each symbol.": [False] * 4,
    }
    refuse(found, slips)
    assert close(found, right), (
        "scene 0 asks for a shirt next to a T-shirt, scene 2 for a sneaker "
        "next to a sandal; scenes 1 and 3 have no relative. Expected True, "
        f"False, True, False; yours is {found.tolist()}."
    )

    # Family numbers are labels: 0 is one of them, and order has no meaning.
    renamed = torch.tensor([7, 0, 7, 7, 7, 4, 7, 4, 9, 4])
    found = tensor(answer(asked, classes, renamed), (4,))
    also(found, right, "other family numbers", "only test them for equality")

    # A scene may have two symbols, and the second one may be queried.
    found = answer(torch.tensor([0, 7]), classes[:2, :2], family)
    found, right = tensor(found, (2,)), [True, False]
    also(found, right, "two symbols", "take their number from the shape")
    return (
        "It needs neither a network nor its answers, so you can split the "
        "scenes before you know where the errors are."
    )
