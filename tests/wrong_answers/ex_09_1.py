"""Wrong answers to exercise 9.1, and the words that each must meet."""

import torch


def sure_of_ties(query, symbols, query_index):
    match = (symbols == query[:, None]).float()
    match[match.sum(dim=1) == 0] = 1 / 3
    return match.gather(1, query_index[:, None]).mean()


def sure_only(query, symbols, query_index):
    match = (symbols == query[:, None]).float()
    share = match / match.sum(dim=1, keepdim=True).clamp(min=1)
    return share.gather(1, query_index[:, None]).mean()


def first_match(query, symbols, query_index):
    picked = (symbols == query[:, None]).int().argmax(dim=1)
    return (picked == query_index).float().mean()


def counted(query, symbols, query_index):
    match = (symbols == query[:, None]).float()
    match[match.sum(dim=1) == 0] = 1
    share = match / match.sum(dim=1, keepdim=True)
    return share.gather(1, query_index[:, None]).sum()


def each_scene(query, symbols, query_index):
    match = (symbols == query[:, None]).float()
    match[match.sum(dim=1) == 0] = 1
    return (match / match.sum(dim=1, keepdim=True)).gather(
        1, query_index[:, None]
    )


def adversarial_three_symbols(query, symbols, query_index):
    match = (symbols == query[:, None]).float()
    match[match.sum(dim=1) == 0] = 1 / 3
    share = match / match.sum(dim=1, keepdim=True).clamp(min=1)
    return share.gather(1, query_index[:, None]).mean()


def random_input(random):
    """Names of three symbols, most of them right."""
    symbols = torch.randint(10, (101, 3), generator=random)
    query_index = torch.randint(3, (101,), generator=random)
    query = torch.randint(10, (101,), generator=random)
    return query, symbols, query_index


WRONG = {
    sure_of_ties: "found for sure",
    sure_only: "One still has to answer, and guesses",
    first_match: "argmax takes the first of several equal names",
    counted: "divide by their number",
    each_scene: "return one number",
    adversarial_three_symbols: "right for three symbols, wrong for two",
}
