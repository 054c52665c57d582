"""Wrong answers to exercise 3.2, each with words of the message it meets."""

import torch


def odds(share):
    return (share / (1 - share)).log()


def turned_over(share, gap, cells):
    return (odds(share) + (cells - 1).log()) / gap


def two_cells(share, gap, cells):
    return gap / odds(share)


def no_gap(share, gap, cells):
    return 1 / (odds(share) + (cells - 1).log())


def share_for_odds(share, gap, cells):
    return gap / (share.log() + (cells - 1).log())


def wrong_sign(share, gap, cells):
    return gap / -(odds(share) + (cells - 1).log())


def of_the_first(share, gap, cells):
    return (gap / (odds(share) + (cells - 1).log()))[0]


def others_not_logged(share, gap, cells):
    return gap / (odds(share) + cells - 1)


def adversarial_all_cells(share, gap, cells):
    return gap / (odds(share) + cells.log())


WRONG = {
    turned_over: "turn it over",
    two_cells: "right for two cells",
    no_gap: "the gap does not come in",
    share_for_odds: "take the odds",
    wrong_sign: "look at the sign",
    of_the_first: "of shape (5,); yours has ()",
    others_not_logged: "exp gives 3 and 1",
    adversarial_all_cells: "one fewer than the cells",
}


def random_input(random):
    """Return what a check that draws large maps would try."""
    share = 0.5 + 0.4 * torch.rand(7, generator=random)
    gap = 1 + 5 * torch.rand(7, generator=random)
    return share, gap, torch.randint(10**6, 10**7, (7,), generator=random)
