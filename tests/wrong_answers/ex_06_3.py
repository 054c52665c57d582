"""Wrong answers to exercise 6.3, each with words of the message it meets."""

import torch


def matches(answers, colors):
    return (answers == colors).float()


def each_answer(answers, colors):
    return matches(answers, colors).mean()


def any_answer(answers, colors):
    return matches(answers, colors).amax(dim=1).mean()


def all_different(answers, colors):
    same = answers.sort(dim=1).values == colors.sort(dim=1).values
    return same.all(dim=1).float().mean()


def each_image(answers, colors):
    return matches(answers, colors).amin(dim=1)


def how_many(answers, colors):
    return each_image(answers, colors).sum()


def percentage(answers, colors):
    return 100 * each_image(answers, colors).mean()


def first_symbol(answers, colors):
    return matches(answers, colors)[:, 0].mean()


def three(answers, colors):
    return (matches(answers, colors).sum(dim=1) == 3).float().mean()


WRONG = {
    each_answer: "the share of correct answers",
    any_answer: "at least one correct answer",
    all_different: "three different answers are not three correct ones",
    how_many: "that is how many images",
    percentage: "not a percentage",
    first_symbol: "all answers are correct on two of six images",
    each_image: "yours is a tensor of shape (6,)",
}
ADVERSARIAL = {three: "wrong for two"}


def random_input(random):
    """Return what a net would give: most answers are right."""
    colors = torch.rand(13, 3, generator=random).argsort(dim=1)
    wrong = torch.rand(13, 3, generator=random) < 0.2
    return torch.where(wrong, (colors + 1) % 3, colors), colors
