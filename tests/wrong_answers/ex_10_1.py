"""Wrong answers to exercise 10.1, and the words that each must meet."""

import torch


def scored(keys, vectors):
    """Return scores by scene, question and place, without the root."""
    each = vectors.view(len(keys), -1, keys.shape[1])
    return torch.einsum("nqc,ncij->nqij", each, keys)


def over_map(scores):
    return scores.flatten(2).softmax(dim=2).view_as(scores).flatten(0, 1)


def turned(keys, vectors):
    each = vectors.view(-1, len(keys), keys.shape[1])
    scores = torch.einsum("qnc,ncij->qnij", each, keys) / 2
    return over_map(scores)


def three(keys, vectors):
    each = torch.arange(len(vectors)) // 3 % len(keys)
    scores = torch.einsum("bc,bcij->bij", vectors, keys[each])
    scores = scores / keys.shape[1] ** 0.5
    return scores.flatten(1).softmax(dim=1).view_as(scores)


WRONG = {
    "looks at the keys of another scene": turned,
    "divide the scores by the square root of dim": (
        lambda *x: over_map(scored(*x))
    ),
    "sum to 1 over its whole map": (
        lambda *x: (scored(*x) / 2).softmax(dim=3).flatten(0, 1)
    ),
}
ADVERSARIAL = {"wrong for 2 queries about each of 3 scenes": three}


def random_input(random):
    """Return the keys of two scenes, and three questions about each."""
    keys = torch.randn(2, 5, 3, 4, generator=random)
    return keys, torch.randn(6, 5, generator=random)
