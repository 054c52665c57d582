"""Wrong answers to exercise 6.1, each with words of the message it meets."""

from functools import partial

import torch


def enlarged(weights, height, width):
    mask = weights.repeat_interleave(height, dim=0)
    return mask.repeat_interleave(width, dim=1)


def ink_of(weights, image, mask=enlarged, ink=torch.Tensor.float):
    """Return the ink of each color under the weights."""
    (rows, columns), (height, width) = weights.shape, image.shape[1:]
    weights = mask(weights, height // rows, width // columns)
    return (ink(image) * weights).sum(dim=(1, 2))


def purity(weights, image, target, **slip):
    ink = ink_of(weights, image, **slip)
    return ink[target] / ink.sum()


def against_the_others(weights, image, target):
    share = purity(weights, image, target)
    return share / (1 - share)


def largest(weights, image, target):
    ink = ink_of(weights, image)
    return ink.max() / ink.sum().clamp(min=1e-9)


def weight_of_its_cells(weights, image, target):
    rows, columns = weights.shape
    height, width = image.shape[1] // rows, image.shape[2] // columns
    cells = image[target].unflatten(0, (rows, height))
    cells = cells.unflatten(2, (columns, width)).amax(dim=(1, 3))
    return weights[cells > 0].sum()


WRONG = {
    "the ink in the whole scene": (
        lambda w, i, t: purity(torch.ones_like(w), i, t)
    ),
    "you count pixels": partial(purity, ink=lambda image: image > 0),
    "the ink of the other symbols": against_the_others,
    "the largest share": largest,
    "empty pixels don't count": weight_of_its_cells,
    "repeated side by side": partial(purity, mask=torch.Tensor.repeat),
    "450 of 1,200": lambda w, i, t: ink_of(w, i)[t],
    "return one number": lambda w, i, t: purity(w, i, slice(None)),
}
ADVERSARIAL = {"no ink to share": purity}


def random_input(random):
    """Return what the stream would try: there is ink everywhere."""
    weights = torch.rand(8, 8, generator=random)
    image = torch.randint(256, (3, 64, 64), generator=random).byte()
    return weights / weights.sum(), image, 2
