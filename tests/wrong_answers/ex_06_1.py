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


def positive(image):
    return image > 0


def whole_scene(weights, image, target):
    return purity(torch.ones_like(weights), image, target)


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


def not_divided(weights, image, target):
    return ink_of(weights, image)[target]


def all_colors(weights, image, target):
    return purity(weights, image, slice(None))


WRONG = {
    whole_scene: "the ink in the whole scene",
    partial(purity, ink=positive): "you count pixels",
    against_the_others: "the ink of the other symbols",
    largest: "the largest share",
    weight_of_its_cells: "empty pixels don't count",
    partial(purity, mask=torch.Tensor.repeat): "repeated side by side",
    not_divided: "450 of 1,200",
    all_colors: "return one number",
}
ADVERSARIAL = {purity: "no ink to share"}


def random_input(random):
    """Return what the stream would try: there is ink everywhere."""
    weights = torch.rand(8, 8, generator=random)
    image = torch.randint(256, (3, 64, 64), generator=random).byte()
    return weights / weights.sum(), image, 2
