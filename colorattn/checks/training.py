"""Checks of chapter 5: the update and its rate."""

from math import isclose, log
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from colorattn.checks.telling import Answer, begun


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

    first = begun(answer(model, optimizer, batch))
    moved = model.logits.detach().clone()
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


def one_cycle(answer: Answer) -> None:
    """Check `one_cycle(step, steps, highest)`: the rate of that step."""

    def rate(step: int, steps: int = 100, highest: float = 1.0) -> float:
        value = begun(answer(step, steps, highest))
        assert isinstance(value, float | int), (
            f"return a number; yours is a {type(value).__name__}."
        )
        return float(value)

    def same(found: float, expected: float) -> bool:
        return isclose(found, expected, abs_tol=1e-6)

    start, third, turn = rate(0), rate(10), rate(30)
    assert not same(start, 0.0), (
        "it begins at zero, so the first steps teach nothing: begin at 1/25 "
        "of the highest rate."
    )
    assert same(start, 0.04), (
        "with a highest rate of 1, step 0 has 1/25 = 0.04; yours has "
        f"{start:g}."
    )
    assert not same(rate(50), 1.0), (
        "the top is at half of the steps: it belongs at 30 % of them."
    )
    assert same(turn, 1.0), (
        f"of 100 steps, step 30 has the highest rate, 1; yours has {turn:g}."
    )
    assert not same(third, 0.36), (
        "it rises along a straight line. A cosine, (1 + cos(pi * share)) / 2, "
        "is flat at both ends."
    )
    assert same(third, 0.28), (
        "a third of the way up, the cosine is at a quarter of its height: "
        f"0.04 + 0.96 / 4 = 0.28; yours is {third:g}."
    )
    assert not same(rate(100), 0.04), (
        "it ends at 1/25 of the highest rate. Let it fall to zero, so that "
        "the last steps settle."
    )
    for step, expected in ((65, 0.5), (100, 0.0)):
        assert same(rate(step), expected), (
            f"right up to the top. On the way down, step {step} of 100 has "
            f"{expected}; yours has {rate(step):g}."
        )
    assert same(rate(150, 500, 0.02), 0.02), (
        "right for 100 steps and a highest rate of 1; of 500 steps, number "
        "150 has the highest rate, here 0.02."
    )
    assert same(rate(10), 0.28), (
        "asked again for step 10, it answers something else: a rate that "
        "depends on earlier calls is lost when a run is resumed."
    )
    assert same(rate(130), 0.0), (
        "after the last step it rises again, because a cosine does. Keep the "
        "share at 1 there, with min."
    )
