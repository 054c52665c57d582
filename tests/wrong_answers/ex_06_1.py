"""Wrong answers to exercise 6.1, each with words of the message it meets."""

import torch


def mask_of(weights, image):
    height, width = image.shape[1:]
    rows, columns = weights.shape
    mask = weights.repeat_interleave(height // rows, dim=0)
    return mask.repeat_interleave(width // columns, dim=1)


def ink_of(weights, image):
    return (image * mask_of(weights, image)).sum(dim=(1, 2))


def whole_scene(weights, image, target):
    ink = image.float().sum(dim=(1, 2))
    return ink[target] / ink.sum()


def pixels_with_ink(weights, image, target):
    ink = ((image > 0) * mask_of(weights, image)).sum(dim=(1, 2))
    return ink[target] / ink.sum()


def against_the_others(weights, image, target):
    ink = ink_of(weights, image)
    return ink[target] / (ink.sum() - ink[target])


def largest(weights, image, target):
    ink = ink_of(weights, image)
    return ink.max() / ink.sum().clamp(min=1e-9)


def weight_of_its_cells(weights, image, target):
    rows, columns = weights.shape
    height, width = image.shape[1] // rows, image.shape[2] // columns
    cells = image[target].unflatten(0, (rows, height))
    cells = cells.unflatten(2, (columns, width)).amax(dim=(1, 3))
    return weights[cells > 0].sum()


def side_by_side(weights, image, target):
    rows, columns = weights.shape
    height, width = image.shape[1:]
    mask = weights.repeat(height // rows, width // columns)
    ink = (image * mask).sum(dim=(1, 2))
    return ink[target] / ink.sum()


def not_divided(weights, image, target):
    return ink_of(weights, image)[target]


def all_colors(weights, image, target):
    ink = ink_of(weights, image)
    return ink / ink.sum()


def adversarial_no_ink(weights, image, target):
    ink = ink_of(weights, image)
    return ink[target] / ink.sum()


WRONG = {
    whole_scene: "the ink in the whole scene",
    pixels_with_ink: "you count pixels",
    against_the_others: "the ink of the other symbols",
    largest: "the largest share",
    weight_of_its_cells: "empty pixels do not count",
    side_by_side: "repeated side by side",
    not_divided: "450/1200",
    all_colors: "return one number",
    adversarial_no_ink: "no ink to share",
}


def random_input(random):
    """Return what the stream would try: there is ink everywhere."""
    weights = torch.rand(8, 8, generator=random)
    image = torch.randint(256, (3, 64, 64), generator=random).byte()
    return weights / weights.sum(), image, 2
