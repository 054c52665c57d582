"""Wrong answers to exercise 6.3, each with words of the message it meets."""

import torch


def matches(answers, colors):
    return (answers == colors).float()


def all_different(answers, colors):
    same = answers.sort(dim=1).values == colors.sort(dim=1).values
    return same.all(dim=1).float().mean()


def each_image(answers, colors):
    return matches(answers, colors).amin(dim=1)


WRONG = {
    "the share of correct answers": lambda *x: matches(*x).mean(),
    "at least one correct answer": lambda *x: matches(*x).amax(dim=1).mean(),
    "three different answers are not three correct ones": all_different,
    "that is how many images": lambda *x: each_image(*x).sum(),
    "not a percentage": lambda *x: 100 * each_image(*x).mean(),
    "all answers are correct on two of six images": (
        lambda *x: matches(*x)[:, 0].mean()
    ),
    "yours is a tensor of shape (6,)": each_image,
}
ADVERSARIAL = {
    "wrong for two": lambda *x: (matches(*x).sum(dim=1) == 3).float().mean(),
}


def random_input(random):
    """Return what a net would give: most answers are right."""
    colors = torch.rand(13, 3, generator=random).argsort(dim=1)
    wrong = torch.rand(13, 3, generator=random) < 0.2
    return torch.where(wrong, (colors + 1) % 3, colors), colors
