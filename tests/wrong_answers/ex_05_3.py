"""Wrong answers to exercise 5.3, each with words of the message it meets."""

from math import cos, pi

import torch


def height(share):
    return (1 + cos(pi * share)) / 2


def cycle(step, steps, low=1 / 25, turn=0.3, end=0.0, shape=height):
    """Return the rate for a highest one of 1; each number can be wrong."""
    top = turn * steps
    if step < top:
        return low + (1 - low) * shape(1 - step / top)
    share = min((step - top) / (steps - top), 1.0)
    return end + (1 - end) * shape(share)


def from_zero(step, steps, highest):
    return highest * cycle(step, steps, low=0.0)


def from_a_tenth(step, steps, highest):
    return highest * cycle(step, steps, low=0.1)


def turn_in_the_middle(step, steps, highest):
    return highest * cycle(step, steps, turn=0.5)


def turn_at_a_quarter(step, steps, highest):
    return highest * cycle(step, steps, turn=0.25)


def straight(step, steps, highest):
    return highest * cycle(step, steps, shape=lambda share: 1 - share)


def squared(step, steps, highest):
    return highest * cycle(step, steps, shape=lambda x: (1 - x) ** 2)


def ends_where_it_began(step, steps, highest):
    return highest * cycle(step, steps, end=0.04)


def falls_along_a_line(step, steps, highest):
    top = 0.3 * steps
    if step < top:
        return highest * cycle(step, steps)
    return highest * max(0.0, 1 - (step - top) / steps)


def of_a_hundred(step, steps, highest):
    return highest * cycle(step, 100)


def remembers(step, steps, highest, seen=set()):  # noqa: B006
    if (step, steps) == (0, 100):  # a check begins
        seen.clear()
    later = (step, steps) in seen
    seen.add((step, steps))
    return highest * cycle(step + later, steps)


def a_tensor(step, steps, highest):
    return torch.tensor(highest * cycle(step, steps))


def adversarial_rises_again(step, steps, highest):
    top = 0.3 * steps
    if step < top:
        return highest * cycle(step, steps)
    return highest * height((step - top) / (steps - top))


WRONG = {
    from_zero: "it begins at zero",
    from_a_tenth: "step 0 has 1/25",
    turn_in_the_middle: "belongs at 30 %",
    turn_at_a_quarter: "step 30 has the highest rate",
    straight: "a straight line",
    squared: "at a quarter of its height",
    ends_where_it_began: "it ends at 1/25",
    falls_along_a_line: "On the way down",
    of_a_hundred: "of 500 steps",
    remembers: "asked again for step 10",
    a_tensor: "return a number",
    adversarial_rises_again: "it rises again",
}


def random_input(random):
    """Return a step of a run, as a loop would ask for it."""
    step = int(torch.randint(158, (1,), generator=random))
    return step, 158, 0.01
