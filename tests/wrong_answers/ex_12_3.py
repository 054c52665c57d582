"""Wrong answers to exercise 12.3, each with words of the message it meets."""

import torch


def causal(scores, low=-torch.inf, diagonal=1, dim=1):
    hidden = torch.ones_like(scores).triu(diagonal).bool()
    return scores.masked_fill(hidden, low).softmax(dim=dim)


def in_place(scores):
    hidden = torch.ones_like(scores).triu(1).bool()
    return scores.masked_fill_(hidden, -torch.inf).softmax(dim=1)


WRONG = {
    "Every word sees at least itself": lambda s: causal(s, diagonal=0),
    "still sees all": lambda s: s.softmax(dim=1),
    "you mask after the softmax": lambda s: s.softmax(dim=1).tril(),
    "hides the past": lambda s: s.masked_fill(
        torch.ones_like(s).tril(-1).bool(), -torch.inf
    ).softmax(dim=1),
    "is not “no weight”": lambda s: causal(s, low=0.0),
    "runs down the columns": lambda s: causal(s, dim=0),
    "its weights are 1/4, 3/4": lambda s: causal(2 * s),
    "you change the scores": in_place,
}
ADVERSARIAL = {"scores of -5,000": lambda s: causal(s, low=-1000.0)}


def random_input(random):
    return (torch.randn(5, 5, generator=random),)
