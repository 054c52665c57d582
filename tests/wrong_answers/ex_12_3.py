"""Wrong answers to exercise 12.3, each with words of the message it meets."""

from functools import partial

import torch


def causal(scores, low=-torch.inf, hide=torch.triu, diagonal=1, dim=1):
    hidden = hide(torch.ones_like(scores), diagonal).bool()
    return scores.masked_fill(hidden, low).softmax(dim=dim)


def in_place(scores):
    hidden = torch.ones_like(scores).triu(1).bool()
    return scores.masked_fill_(hidden, -torch.inf).softmax(dim=1)


WRONG = {
    "Every word sees at least itself": partial(causal, diagonal=0),
    "still sees all": lambda s: s.softmax(dim=1),
    "you mask after the softmax": lambda s: s.softmax(dim=1).tril(),
    "hides the past": partial(causal, hide=torch.tril, diagonal=-1),
    "is not “no weight”": partial(causal, low=0.0),
    "runs down the columns": partial(causal, dim=0),
    "its weights are 1/4, 3/4": lambda s: causal(2 * s),
    "you change the scores": in_place,
}
ADVERSARIAL = {"scores of -5,000": partial(causal, low=-1000.0)}


def random_input(random):
    return (torch.randn(5, 5, generator=random),)
