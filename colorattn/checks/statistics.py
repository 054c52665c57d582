"""Checks on statistics: intervals, corrected p-values, shares of variance."""

from math import exp, log
from statistics import mean, stdev

import torch

from colorattn.checks.answers import (
    Answer,
    also,
    close,
    expect,
    number,
    numbers,
    refuse,
)


def prediction_interval(answer: Answer) -> str:
    """Exercise 5.2: `next_run(values, t)`."""
    five = [8.0, 8.0, 10.0, 12.0, 12.0]  # mean 10; squares sum to 16; sd 2
    middle, reach = interval(answer(five, 5.0))
    expect(middle, 10, "the interval is symmetric around the runs' mean.")
    slips = {
        "that's the range of the runs so far. One more run may well fall "
        "outside it: go t times the spread to both sides of the mean.": 2.0,
        "the spread isn't multiplied by t.": 2 * 1.2**0.5,
        "divide the sum of squares by n - 1, not by n: the same runs gave "
        "the mean, so they are closer to it.": 5 * (16 / 5 * 1.2) ** 0.5,
        "that's how far off the mean of the old runs may be. A new run also "
        "differs from it by a spread of its own.": 5 * 2 / 5**0.5,
        "right if the mean were known. It was estimated from a few runs, and "
        "its own error adds to the variance.": 10,
        "you multiply t by a variance. What reaches to either side is its "
        "square root.": 5 * 4 * 1.2,
    }
    refuse(reach, slips)
    assert close(reach, 5 * 2 * 1.2**0.5), (
        "for five runs with mean 10 and standard deviation 2, and t = 5, the "
        f"reach is 10.954; yours is {reach:.3f}. Which two variances add up?"
    )

    _, reach = interval(answer([9.0, 10.0, 11.0], 3.0))  # sd 1
    also(reach, 3 * (4 / 3) ** 0.5, "three runs", "take n from the values")
    return (
        "Try a hundred runs with the same spread: the mean is then known "
        "well, and yet the interval for the next run hardly shrinks. Why?"
    )


def interval(value: object) -> tuple[float, float]:
    """Return the middle and the half-width of the interval in an answer."""
    low, high = numbers(value, 2, ", low and high")
    assert low < high, f"return low before high; yours are {low} and {high}."
    return (low + high) / 2, (high - low) / 2


def paired_interval(answer: Answer) -> None:
    """Exercise 7.1: `paired_interval(variant, base, t)`."""
    base = [50.0, 52.0, 51.0, 54.0, 53.0]
    variant = [51.0, 53.0, 54.0, 59.0, 58.0]  # ahead by 1, 1, 3, 5, 5; sd 2
    middle, reach = interval(answer(variant, base, 5.0))
    assert not close(middle, -3), (
        "the variant is ahead by 1, 1, 3, 5 and 5 points: subtract the base "
        "from the variant, so that a gain is positive."
    )
    expect(middle, 3, "it is symmetric around the mean of 1, 1, 3, 5, 5.")
    slips = {
        "you treat the runs as two independent groups, not as pairs: take "
        "the five differences first, then their "
        "spread.": 5 * ((11.5 + 2.5) / 5) ** 0.5,
        "sorting separates the runs from their partners: the two runs of a "
        "pair share a seed.": 5 * (14 / 4 / 5) ** 0.5,
        "divide the sum of squares by n - 1, not by n.": 4.0,
        "that is where a single difference may fall. The mean of five is "
        "known better: divide by sqrt(n).": 5 * 2.0,
        "that is the interval for one more pair, as in chapter 5. Here we "
        "want the one for the mean: sd / sqrt(n).": 5 * 2 * 1.2**0.5,
        "the spread is not multiplied by t.": 2 / 5**0.5,
    }
    refuse(reach, slips)
    assert close(reach, 5 * 2 / 5**0.5), (
        "for five differences with sd 2, and t = 5, the reach is "
        f"5 * 2 / sqrt(5) = 4.472; yours is {reach:.3f}."
    )

    _, reach = interval(answer([9.0, 10.0, 14.0], [8.0, 8.0, 11.0], 3.0))
    also(reach, 3 / 3**0.5, "three pairs", "take n from the values")


def holm(answer: Answer) -> None:
    """Exercise 7.2: `holm_by_hand(chances)`."""
    found = numbers(answer([0.04, 0.01, 0.03, 0.005]), 4)
    slips = {
        "each is multiplied by 4, which is Bonferroni's correction. Holm "
        "multiplies the smallest by 4, the next by 3, and so "
        "on.": [0.16, 0.04, 0.12, 0.02],
        "0.03 became 0.06, and 0.04, which was larger, is now smaller: no "
        "p-value may fall below one that was smaller "
        "before.": [0.04, 0.03, 0.06, 0.02],
        "the numbers are right but in the wrong order. Return them in the "
        "order in which they were given.": [0.02, 0.03, 0.06, 0.06],
        "the largest is multiplied by 4. It is the smallest that has to pass "
        "the strictest test.": [0.16, 0.16, 0.16, 0.16],
        "nothing is corrected yet.": [0.04, 0.01, 0.03, 0.005],
    }
    refuse(found, slips)
    assert close(found, [0.06, 0.03, 0.06, 0.02]), (
        "0.005 * 4 = 0.02, 0.01 * 3 = 0.03, 0.03 * 2 = 0.06, and 0.04 * 1 is "
        f"raised to 0.06. Expected [0.06, 0.03, 0.06, 0.02]; yours is {found}."
    )
    found = numbers(answer([0.7, 0.6]), 2)
    assert max(found) <= 1, f"a p-value is at most 1; yours are {found}."
    also(found, [1, 1], "0.7 and 0.6", "take n from the list")


def bootstrap(answer: Answer) -> None:
    """Exercise 8.2: `resampled_share(right, queries, symbols, counts)`."""
    right = torch.tensor([1.0, 0.0, 1.0, 1.0])
    queries = torch.tensor([0, 1, 2, 3])  # the drawing of each query
    symbols = torch.tensor([4, 4, 5, 5])  # the drawing of each queried symbol
    counts = torch.tensor([3.0, 1.0, 0.0, 1.0, 2.0, 1.0])

    found = number(answer(right, queries, symbols, counts))
    slips = {
        "you use the counts of the queries only. A scene comes up as often "
        "as both of its drawings say: multiply their counts.": (3 + 0 + 1) / 5,
        "you use the counts of the symbols only. A scene comes up as often "
        "as both of its drawings say: multiply their counts.": (2 + 1 + 1) / 6,
        "you add the counts. A query that comes up three times, with a "
        "symbol that comes up twice, makes six scenes: "
        "multiply.": (5 + 1 + 2) / (5 + 3 + 1 + 2),
        "divide by the sum of the weights, not by the number of scenes: the "
        "new sample has a different size.": (6 + 0 + 1) / 4,
        "this is the plain mean. Weight each scene by the counts of its two "
        "drawings.": 3 / 4,
    }
    refuse(found, slips)
    expect(found, 7 / 9, "of 6 + 2 + 0 + 1 scenes, 6 + 0 + 1 are correct.")


def variance_within_scenes(answer: Answer) -> None:
    """Exercise 9.3: `share_of_luck(right)`."""
    right = torch.tensor(
        [[1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 0, 1], [1, 0, 0, 0]]
    ).bool()

    found = number(answer(right))  # scenes: 1, 1/2, 0 and 3/4

    within, total = (1 / 4 + 3 / 16) / 4, 9 / 16 * 7 / 16
    root = (within / total) ** 0.5
    over_scenes = (3 / 16 + 1 / 4 + 3 / 16 + 3 / 16) / 4
    slips = {
        "you take the mean over scenes, for each place. Take it over places, "
        "for each scene.": over_scenes / total,
        "that is the other part, the differences between scenes. Luck is "
        "what is left within a scene.": 1 - within / total,
        "divide by the variance of all answers, p (1 - p) of the mean "
        "p.": within,
        "that is the square root; variances add up, their roots don't.": root,
        "that is the share of scenes that are right in some places and wrong "
        "in others. One that is right in 63 of 64 is hardly luck.": 1 / 2,
        "that is the share of wrong answers in scenes that are right "
        "somewhere. Wrong in 63 of 64 places is hardly bad luck.": 3 / 7,
    }
    refuse(found, slips)
    assert close(found, within / total), (
        "the scenes are right in 1, 1/2, 0 and 3/4 of the places; p (1 - p) "
        "is 0.109 on average, and 0.246 for the mean p: a share of 0.444. "
        f"Yours is {found:.3f}."
    )
    found = number(answer(torch.ones(2, 3).bool()))
    assert found == 0, (
        "if every answer is right, there is no luck to divide up: return 0. "
        f"Yours is {found:g}."
    )


def error_ratio(answer: Answer) -> None:
    """Exercise 10.2: `worth_of(without, with_it, t)`."""
    for without, with_it, t in (
        ([0.02, 0.09, 0.08], [0.01, 0.03, 0.02], 4.303),
        ([0.1, 0.4], [0.05, 0.1], 12.706),
    ):
        value = answer(without, with_it, t)
        found, low, high = numbers(value, 3, ", mean, low and high")

        n, pairs = len(with_it), list(zip(without, with_it, strict=True))
        logs = [log(a / b) for a, b in pairs]
        middle, reach = mean(logs), t * stdev(logs) / n**0.5
        right = exp(middle)
        slips = {
            "that is a difference in points. Divide the two numbers of each "
            "pair.": mean(a - b for a, b in pairs),
            "that is upside down: divide the errors without the part by "
            "those with it.": 1 / right,
            "that is the mean of the ratios. One half and two have the mean "
            "1.25, but together they cancel: take the mean of the "
            "logarithms.": mean(a / b for a, b in pairs),
            "you divide the sums. Divide within each pair: otherwise a seed "
            "that does badly in both counts more than the "
            "others.": mean(without) / mean(with_it),
            "that is still a logarithm: take its exponential.": middle,
        }
        refuse(found, slips)
        assert close(found, right), (
            f"for {without} without the part and {with_it} with it the ratio "
            f"is {right:.3f}; yours is {found:.3f}."
        )
        ends = {
            "the reach is the spread of single ratios. The mean is known "
            "better: divide by the root of the number of pairs.": n**0.5,
            "the reach is not multiplied by t.": 1 / t,
            "right for five pairs, but wrong for others: take the root of "
            "their number.": (n / 5) ** 0.5,
            "divide the sum of squares by n - 1, because their mean comes "
            "from the same numbers.": ((n - 1) / n) ** 0.5,
        }
        for message, factor in ends.items():
            refuse(high, {message: exp(middle + factor * reach)})
        assert not close(high, right + reach), (
            "the reach belongs to the logarithms: add it there, and take the "
            "exponential of both ends."
        )
        expect(low, exp(middle - reach), "the low end is wrong.")
        expect(high, exp(middle + reach), "the high end is wrong.")
