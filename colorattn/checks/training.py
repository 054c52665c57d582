"""Checks on training: the step, its learning rate, its gradients, Adam."""

from collections.abc import Sequence
from math import isnan, log
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from colorattn.checks.answers import (
    Answer,
    also,
    close,
    expect,
    number,
    numbers,
    refuse,
    started,
)


class Constant(nn.Module):
    """A model whose logits are three parameters, for any input."""

    def __init__(self) -> None:
        """Start undecided."""
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(3))

    def forward(self, image: Tensor, query: Tensor) -> tuple[Tensor, ...]:
        """Return logits, scores and weights."""
        flat = torch.ones(len(image), 1, 1)
        return self.logits.expand(len(image), 3), flat, flat


def train_step(answer: Answer) -> str:
    """Exercise 5.1: `my_update(model, optimizer, batch)`."""
    model = Constant()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    batch = SimpleNamespace(
        image=torch.zeros(5, 3, 8, 8, dtype=torch.uint8),
        query=torch.zeros(5, 1, 8, 8, dtype=torch.uint8),
        target=torch.zeros(5, dtype=torch.long),
    )
    # Undecided, each color has 1/3; the gradient is that minus the target.
    once = torch.tensor([2 / 3, -1 / 3, -1 / 3])
    gradient = once.softmax(dim=0) - torch.tensor([1.0, 0, 0])
    twice = once - gradient

    first = started(answer(model, optimizer, batch))
    moved = model.logits.detach().clone()
    assert not isinstance(first, Tensor), (
        "return loss.item(): the tensor would keep the whole forward pass in "
        "memory."
    )
    assert isinstance(first, float), (
        f"return the loss as a number; yours is a {type(first).__name__}."
    )
    assert moved.any(), (
        "the weights have not changed. They need gradients (backward), which "
        "must not be cleared (zero_grad) before they are used (step)."
    )
    assert not close(first, -once.log_softmax(0)[0].item()), (
        "that is the loss after the step; return the loss before it."
    )
    assert close(first, log(3)), (
        f"the first loss of an undecided model is ln 3; yours is {first:.4f}. "
        "Take F.cross_entropy of the logits, not of their softmax."
    )
    expect(moved, once, "call step once, and leave the learning rate to it.")

    answer(model, optimizer, batch)
    found = model.logits.detach()
    assert not close(found, twice + once), (  # once is minus a gradient
        "the second step still includes the gradients of the first, because "
        "backward adds to them. Call zero_grad before it."
    )
    also(found, twice, "the second step")
    return (
        "The chapter learns with it from here on, and compares it with "
        "the package's own loop, bit by bit."
    )


def one_cycle(answer: Answer) -> str:
    """Exercise 5.3: `one_cycle(step, steps, highest)`."""

    def rate(step: int, steps: int = 100, highest: float = 1.0) -> float:
        value = answer(step, steps, highest)
        assert not isinstance(value, Tensor), (
            "return a plain number; yours is a Tensor."
        )
        return number(value)

    slips = {
        "it starts at zero, so the first steps learn nothing: start at 1/25 "
        "of the highest rate.": (0, 0),
        "the peak is at half of the steps; it belongs at 30% of them.": (
            50,
            1,
        ),
        "it rises along a straight line. A cosine, (1 + cos(pi * share)) / 2, "
        "is flat at both ends.": (10, 0.36),
        "it ends at 1/25 of the highest rate. Let it fall to zero, so that "
        "the last steps settle.": (100, 0.04),
    }
    for message, (step, slip) in slips.items():
        refuse(rate(step), {message: slip})
    quarter = "at step 10 a cosine is at a quarter of its height."
    expect(rate(0), 0.04, "for a highest rate of 1, step 0 has 1/25 of it.")
    expect(rate(30), 1, "of 100 steps, step 30 has the highest rate.")
    expect(rate(10), 0.28, quarter)
    for step, right in ((65, 0.5), (100, 0.0)):
        also(rate(step), right, f"step {step} of 100, on the way down")
    also(rate(150, 500, 0.02), 0.02, "step 150 of 500 and a top rate of 0.02")
    assert close(rate(10), 0.28), (
        "when asked for step 10 again, it returns something else: a rate "
        "that depends on earlier calls is lost when a run is resumed."
    )
    assert close(rate(130), 0), (
        "after the last step it rises again, because a cosine does. Keep the "
        "share at 1 there, with min."
    )
    return (
        "A checkpoint doesn't have to store it: a resumed run computes "
        "the same rate from the step alone."
    )


def mean_cosine(answer: Answer) -> str:
    """Exercise 5.4: `agreement(gradients)`, the mean cosine of all pairs."""
    # Cosines: 24/25 between the first two, then -4/5 and -3/5.
    found = number(answer(torch.tensor([[3.0, 4], [4, 3], [0, -2]])))
    slips = {
        "the cosine of a row with itself is always 1, which tells nothing: "
        "leave out the n pairs of a row with itself.": (3 - 0.88) / 9,
        "that is the mean dot product, in which a long gradient counts more: "
        "divide each row by its length first.": 10 / 3,
        "that is the sum over all pairs; divide it by their number.": -0.44,
        "that is the sum over all pairs, each counted twice; divide it by "
        "their number.": -0.88,
        "opposite gradients cancel: a cosine counts with its sign.": 2.36 / 3,
        "you compare each row with the next one only. Take all pairs.": 0.18,
        "you compare each row with the first one only. Take all pairs.": 0.08,
    }
    refuse(found, slips)
    assert close(found, -0.44 / 3), (
        "(3, 4), (4, 3) and (0, -2) have the cosines 0.96, -0.8 and -0.6, "
        f"whose mean is -0.147; yours is {found:.3f}."
    )
    five = torch.zeros(5, 7)
    five[:, 2] = torch.tensor([1.0, 1, 1, 1, -7])
    also(number(answer(five)), 0.2, "five rows, four alike and one opposite")
    assert close(number(answer(torch.eye(3, 2))), 0), (
        "a gradient of zeros gives nan, because its length is 0. It agrees "
        "with nothing: count it as 0."
    )
    return (
        "A yardstick for the experiment below: two random gradients of "
        "6,000 numbers have a cosine of about 1 / sqrt(6000), or 0.013."
    )


def adam(answer: Answer) -> str:
    """Exercise 7.3: `adam_steps(gradients, rate)`."""
    gradients = [2.0, -1.0, 4.0]
    found = numbers(answer(gradients, 0.1), 3)
    slips = {
        "a step goes against its gradient: check the sign.": 0.1,
        "in the first step both means are too small, because they start at "
        "zero. Divide m by 1 - 0.9**t and v by "
        "1 - 0.999**t.": -0.1 * 0.2 / 0.004**0.5,
        "divide by the root of v, not by v.": -0.1 * 2 / 4,
        "this is plain gradient descent: the gradient times the rate.": -0.2,
    }
    refuse(found[0], slips)
    expected = steps_by_torch(gradients, 0.1)
    slips = {
        "right for a gradient that never changes. Adam divides a "
        "running mean of gradients by the root of a running mean of squares, "
        "and both depend on earlier steps.": [-0.1, 0.1, -0.1],
        "these are the positions after each step. Return the steps "
        "themselves.": [sum(expected[: n + 1]) for n in range(3)],
    }
    refuse(found, slips)
    expect(found, expected, "the steps differ from those of PyTorch's Adam.")
    assert not any(map(isnan, numbers(answer([0.0, 1.0], 0.1), 2))), (
        "a gradient of 0 divides 0 by 0. Add 1e-8 to the root."
    )
    faint = [2e-8, 2e-8]
    found = numbers(answer(faint, 0.1), 2)
    assert close(found, steps_by_torch(faint, 0.1)), (
        "right for usual gradients, but wrong for tiny ones: add 1e-8 to the "
        "root, not to what is under it."
    )
    return (
        "A gradient of 2 and one of 0.02 make the same first step. That's why "
        "a loss ten times as large changes little, and a learning rate ten "
        "times as large changes a lot."
    )


def steps_by_torch(gradients: Sequence[float], rate: float) -> list[float]:
    """Return the steps of PyTorch's own Adam."""
    place = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([place], lr=rate)
    steps = []
    for gradient in gradients:
        before = place.item()
        place.grad = torch.full_like(place, gradient)
        optimizer.step()
        steps.append(place.item() - before)
    return steps


def lost_time(answer: Answer) -> str:
    """Exercise 11.3: `lost(every, save, between)`, a share of the time."""

    def share(every: int, save: int, between: int) -> float:
        return number(answer(every, save, between))

    found = share(200, 1, 1000)  # 1/200 to saving, 100/1000 to failures
    slips = {
        "a failure costs a whole interval only if it comes right before the "
        "next checkpoint: on average it costs half of one.": 0.205,
        "that is only what saving costs; add what failures cost.": 0.005,
        "that is only what failures cost; add what saving costs.": 0.1,
        "that is in percent; return a share, 0 to 1.": 10.5,
        "those are the seconds that an interval loses; divide them by its "
        "length.": 21,
    }
    refuse(found, slips)
    expect(
        found,
        0.105,
        "saving for 1 s every 200 s costs 0.005, and a failure every 1,000 s "
        "costs 100 s of them, on average.",
    )
    also(share(100, 1, 1000), 0.06, "an interval of 100 s")
    also(share(200, 3, 1000), 0.115, "a checkpoint that takes 3 s")
    also(share(100, 1, 250), 0.21, "a failure every 250 s")
    return (
        "Rare saving loses work and frequent saving loses time; where both "
        "cost the same, their sum is smallest."
    )


def floor_time(answer: Answer) -> str:
    """Exercise 11.1: `floor(flops, moved, rate, bandwidth)`, in seconds."""

    def floor(*facts: float) -> float:
        return number(answer(*facts))

    slips = {
        "both happen at the same time, so don't add them.": 3.5,
        "both have to be done, so the shorter one isn't enough.": 0.5,
        "a time is an amount divided by a rate, not the other way.": 2.0,
    }
    found = floor(6.0, 1.0, 2.0, 2.0)  # 3 s of arithmetic, 0.5 s of memory
    refuse(found, slips)
    expect(found, 3.0, "6 operations at 2 a second, and 1 byte at 2 a second.")
    memory = floor(6.0, 8.0, 2.0, 2.0)
    also(memory, 4.0, "8 bytes", "then memory takes longer.")
    also(floor(6.0, 8.0, 2.0, 4.0), 3.0, "a memory twice as fast")
    return (
        "Divide your own step's time by its floor: if the ratio is large, "
        "neither arithmetic nor memory is what you wait for."
    )


def launch_cost(answer: Answer) -> str:
    """Exercise 11.2: `fixed_and_each(sizes, times)`: a and b of a line."""

    def line(sizes: list[int], times: list[float]) -> list[float]:
        return numbers(answer(sizes, times), 2, ", a and b")

    found = line([10, 20, 40], [3.0, 5.0, 9.0])  # 1 + 0.2 n
    inverse, point, ratio = [-47, 5], [3.0, 0.2], [0.75, 0.225]
    slips = {
        "first the fixed cost a, then b, the cost of each question.": [0.2, 1],
        "b is the rise divided by the run, and you have run by rise.": inverse,
        "a is the time at n = 0: go back from a point, along the line.": point,
        "b is the slope of the line, not a whole step divided by its "
        "size.": ratio,
    }
    refuse(found, slips)
    right = [1.0, 0.2]
    expect(found, right, "the line through (10, 3), (20, 5), and (40, 9).")
    ends = line([10, 20, 50], [3.0, 9.0, 11.0])
    also(ends, right, "points off the line", "use the two ends.")
    return (
        "a / b is the batch whose questions cost as much as the launches: "
        "below it, larger batches are nearly free."
    )
