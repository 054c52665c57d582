"""Wrong answers to exercise 7.2, and the words that each must meet."""

import torch


def stepped(chances, factors, floor=True):
    """Step through the chances from the smallest, with these factors."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    made, least = [0.0] * len(chances), 0.0
    for factor, n in zip(factors, order, strict=True):
        value = min(factor * chances[n], 1.0)
        least = max(least, value) if floor else value
        made[n] = least
    return made


def bonferroni(chances):
    return [min(len(chances) * p, 1.0) for p in chances]


def no_floor(chances):
    return stepped(chances, range(len(chances), 0, -1), floor=False)


def in_order(chances):
    return sorted(stepped(chances, range(len(chances), 0, -1)))


def largest_first(chances):
    return [min(len(chances) * max(chances), 1.0)] * len(chances)


def nothing(chances):
    return list(chances)


def beyond_one(chances):
    order = sorted(range(len(chances)), key=chances.__getitem__)
    made, least = [0.0] * len(chances), 0.0
    for rank, n in enumerate(order):
        least = max(least, (len(chances) - rank) * chances[n])
        made[n] = least
    return made


def adversarial_four(chances):
    return stepped(chances, [4, 3, 2, 1] if len(chances) > 3 else [1, 1])


WRONG = {
    bonferroni: "which is Bonferroni's correction",
    no_floor: "none may fall below one that was smaller",
    in_order: "in the order in which they came",
    largest_first: "The smallest has to pass the hardest test",
    nothing: "nothing is corrected yet",
    beyond_one: "a p-value is at most 1",
    adversarial_four: "right for four chances, wrong for two",
}


def random_input(random):
    """Return the chances of four variants."""
    return (torch.rand(4, generator=random).tolist(),)
