"""Wrong answers to exercise 2.1, each with words of the message it meets."""

import torch
import torch.nn.functional as F


def sums(image, query, rows, columns):
    a, b = query.shape
    maps = torch.zeros(3, rows, columns)
    for i in range(rows):
        for j in range(columns):
            window = image[:, i : i + a, j : j + b]
            maps[:, i, j] = (window * query).sum(dim=(1, 2))
    return maps


def size(image, query):
    return tuple(
        n - k + 1 for n, k in zip(image.shape[1:], query.shape, strict=True)
    )


def turned(image, query):
    return sums(image.float(), query.flip(0, 1), *size(image, query))


def means(image, query):
    found = sums(image.float(), query, *size(image, query))
    return found / query.numel()


def over_the_edge(image, query):
    wide = F.pad(image.float(), (1, 1, 1, 0))
    return sums(wide, query, *image.shape[1:])


def one_too_few(image, query):
    rows, columns = size(image, query)
    return sums(image.float(), query, rows - 1, columns - 1)


def one_map(image, query):
    return sums(image.float(), query, *size(image, query)).sum(dim=0)


def best_places(image, query):
    return sums(image.float(), query, *size(image, query)).amax(dim=(1, 2))


def upside_down(image, query):
    return sums(image.float(), query.flip(0), *size(image, query))


def adversarial_bytes(image, query):
    return sums(image, query, *size(image, query))


WRONG = {
    turned: "turned by half a turn",
    means: "these are means",
    over_the_edge: "hang over the edge",
    one_too_few: "the last row and the last column",
    one_map: "keep the three channels apart",
    best_places: "yours has (3,)",
    upside_down: "the dot product is 6, yours 3",
    adversarial_bytes: "wraps around",
}


def random_input(random):
    """Return what a check that draws at random would try: floats."""
    image = torch.rand(3, 11, 13, generator=random)
    return image, torch.rand(5, 7, generator=random)
