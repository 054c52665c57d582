"""Checks of chapter 5: the update."""

from math import isclose, log
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from colorattn.checks.telling import Answer, NotStarted


class Bias(nn.Module):
    """A model whose logits are three parameters, whatever it is shown."""

    def __init__(self) -> None:
        """Begin undecided."""
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(3))

    def forward(self, image: Tensor, query: Tensor) -> tuple[Tensor, ...]:
        """Return logits, scores and weights."""
        flat = torch.ones(len(image), 1, 1)
        return self.logits.expand(len(image), 3), flat, flat


def update(answer: Answer) -> None:
    """Check `update(model, optimizer, batch)`: one step, and its loss."""
    model = Bias()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    batch = SimpleNamespace(
        image=torch.zeros(5, 3, 8, 8, dtype=torch.uint8),
        query=torch.zeros(5, 1, 8, 8, dtype=torch.uint8),
        target=torch.zeros(5, dtype=torch.long),
    )
    # Undecided, each color has 1/3; the gradient is that minus the target.
    once = torch.tensor([2 / 3, -1 / 3, -1 / 3])
    slope = once.softmax(dim=0) - torch.tensor([1.0, 0, 0])

    first = answer(model, optimizer, batch)
    moved = model.logits.detach().clone()
    if first is None or first is ...:
        raise NotStarted(
            "the function returns nothing yet. Write its body, end it with "
            "a return, and run both cells again."
        )
    assert not isinstance(first, Tensor), (
        "return loss.item(): the tensor would keep every number of the "
        "forward pass in memory."
    )
    assert isinstance(first, float), (
        f"return the loss as a number; yours is a {type(first).__name__}."
    )
    assert moved.any(), (
        "the weights have not moved. They need gradients (backward), which "
        "nothing may clear (zero_grad) before they are used (step)."
    )
    assert not isclose(first, -once.log_softmax(0)[0].item(), abs_tol=1e-4), (
        "that is the loss after the step; return the one before it."
    )
    assert isclose(first, log(3), abs_tol=1e-4), (
        f"the first loss of an undecided model is ln 3; yours is {first:.4f}. "
        "Take F.cross_entropy of the logits, not of their softmax."
    )
    assert torch.allclose(moved, once, atol=1e-5), (
        "one step of the optimizer leads to (2/3, -1/3, -1/3); yours leads "
        f"to {moved.tolist()}. Call step once, and leave the rate to it."
    )

    answer(model, optimizer, batch)
    found = model.logits.detach()
    kept = torch.tensor([-2 / 3, 1 / 3, 1 / 3])  # the first gradient
    assert not torch.allclose(found, once - slope - kept, atol=1e-5), (
        "the second step still holds the gradients of the first: backward "
        "adds to them. Call zero_grad before it."
    )
    assert torch.allclose(found, once - slope, atol=1e-5), (
        "the first step is right, the second is not: it leads to "
        f"{found.tolist()} instead of {(once - slope).tolist()}."
    )
