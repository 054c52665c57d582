"""Wrong answers to exercise 7.3, and the words that each must meet."""

import torch


def run(gradients, rate, step):
    """Keep both running means, and step as a function of (m, v, t) says."""
    m = v = 0.0
    steps = []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        steps.append(-rate * step(m, v, t))
    return steps


def usual(m, v, t):
    return m / (1 - 0.9**t) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)


def uphill(gradients, rate):
    return run(gradients, -rate, usual)


def not_corrected(gradients, rate):
    return run(gradients, rate, lambda m, v, t: m / (v**0.5 + 1e-8))


def no_root(gradients, rate):
    def step(m, v, t):
        return m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-8)

    return run(gradients, rate, step)


def plain(gradients, rate):
    return [-rate * g for g in gradients]


def adversarial_signs(gradients, rate):
    return [-rate * ((g > 0) - (g < 0)) for g in gradients]


def places(gradients, rate):
    steps = run(gradients, rate, usual)
    return [sum(steps[: n + 1]) for n in range(len(steps))]


def slow(gradients, rate):
    m = v = 0.0
    steps = []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.99 * m + 0.01 * g, 0.999 * v + 0.001 * g * g
        steps.append(-rate * m / (1 - 0.99**t) / (v / (1 - 0.999**t)) ** 0.5)
    return steps


def nan_of_zeros(gradients, rate):
    def step(m, v, t):
        if v == 0:
            return float("nan")
        return m / (1 - 0.9**t) / (v / (1 - 0.999**t)) ** 0.5

    return run(gradients, rate, step)


def adversarial_under_the_root(gradients, rate):
    def step(m, v, t):
        return m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-16) ** 0.5

    return run(gradients, rate, step)


WRONG = {
    uphill: "mind the sign",
    not_corrected: "both means are too small",
    no_root: "divide by the root of v",
    plain: "this is plain gradient descent",
    adversarial_signs: "right for a gradient that never changes",
    places: "these are the places after each step",
    slow: "expected -0.1000",
    nan_of_zeros: "divides 0 by 0",
    adversarial_under_the_root: "not to what is under it",
}


def random_input(random):
    """Return a gradient that is the same in seven steps."""
    gradient = 1 + torch.rand(1, generator=random).item()
    return [gradient] * 7, 0.001
