"""Wrong answers to exercise 6.3, each with words of the message it meets."""

import torch


def each_answer(answers, colors):
    return (answers == colors).float().mean()


def any_answer(answers, colors):
    return (answers == colors).any(dim=1).float().mean()


def all_different(answers, colors):
    same = answers.sort(dim=1).values == colors.sort(dim=1).values
    return same.all(dim=1).float().mean()


def how_many(answers, colors):
    return (answers == colors).all(dim=1).sum()


def percentage(answers, colors):
    return 100 * (answers == colors).all(dim=1).float().mean()


def first_symbol(answers, colors):
    return (answers == colors)[:, 0].float().mean()


def each_image(answers, colors):
    return (answers == colors).all(dim=1).float()


def adversarial_three(answers, colors):
    return ((answers == colors).sum(dim=1) == 3).float().mean()


WRONG = {
    each_answer: "the share of right answers",
    any_answer: "one right answer is enough",
    all_different: "three different answers are not three right ones",
    how_many: "that is how many images",
    percentage: "not a percentage",
    first_symbol: "two have all their answers right",
    each_image: "yours is a tensor of shape (6,)",
    adversarial_three: "wrong for two",
}


def random_input(random):
    """Return what a net would give: most answers are right."""
    colors = torch.rand(13, 3, generator=random).argsort(dim=1)
    wrong = torch.rand(13, 3, generator=random) < 0.2
    return torch.where(wrong, (colors + 1) % 3, colors), colors
