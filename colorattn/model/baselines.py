"""Baselines: how far you get without learning anything.

Each is called like the network and returns the same. Source: the post, for the
convolution.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from colorattn.data.symbols import check_choice
from colorattn.model.attention import Answer, Image

ImageBytes = UInt8[Tensor, "batch 3 height width"]
QueryBytes = UInt8[Tensor, "batch 1 side side"]
Query = Float[Tensor, "batch 1 side side"]  # 0 to 1, as all floats here
Pictures = Float[Tensor, "*n height width"]
Maps = Float[Tensor, "batch 3 i j"]  # of windows, by their upper left pixel
FAINT = 1e-3  # squared length below which a window counts as empty


class Uniform(nn.Module):
    """Attention with uniform weights: it answers with the most inked color."""

    def __init__(self, cells: int = 8):
        """Take the number of cells along a side of the map."""
        super().__init__()
        self.cells = cells

    def forward(self, image: ImageBytes, query: QueryBytes) -> Answer:
        """Return logits, scores and weights of each (image, query)."""
        glimpse = image.float().mean(dim=(2, 3)) / 255
        scores = glimpse.new_zeros(len(image), self.cells, self.cells)
        return glimpse, scores, scores + 1 / self.cells**2


def correlate(image: Image, query: Query) -> Maps:
    """Return the dot product of each query with every window of its image."""
    kernels = query.repeat_interleave(image.shape[1], dim=0)
    channels = image.flatten(0, 1)  # each with a kernel of its own
    maps = F.conv2d(channels[None], kernels, groups=len(channels))
    return maps.view(*image.shape[:2], *maps.shape[2:])


def convolve(image: Image, query: Query) -> Maps:
    """Convolve in the sense of mathematics: the query rotated by 180°."""
    return correlate(image, query.flip(2, 3))


def normalize(image: Image, query: Query) -> Maps:
    """Return the `match` of each query with every window, −1 to 1.

    A window without ink, shorter than `FAINT`, matches nothing.
    """
    pattern = centered(query)
    length = pattern.square().sum(dim=(2, 3), keepdim=True).sqrt()
    total = window_sums(image, query.shape[2])
    squares = window_sums(image.square(), query.shape[2])
    spread = squares - total.square() / query.shape[2] ** 2
    products = correlate(image, pattern / length)
    return products / spread.clamp(min=FAINT).sqrt()


def window_sums(image: Image, side: int) -> Maps:
    """Sum each square window: bands of ones add up its rows and columns."""

    def band(pixels: int) -> Float[Tensor, "windows pixels"]:
        ones = image.new_ones(pixels - side + 1, pixels)
        return ones.triu().tril(side - 1)  # window n holds n to n + side - 1

    rows, columns = (band(pixels) for pixels in image.shape[2:])
    return rows @ image @ columns.mT


def match(
    patches: Float[Tensor, "*#n height width"],
    query: Float[Tensor, "*#n height width"],
) -> Float[Tensor, "..."]:
    """Compare patches with a query: Pearson's correlation, −1 to 1.

    The cosine between the two, each minus its mean; 0 for a patch of one
    color. Leading axes are broadcast.
    """
    a, b = centered(patches).flatten(-2), centered(query).flatten(-2)
    lengths = (a.square().sum(dim=-1) * b.square().sum(dim=-1)).sqrt()
    return torch.einsum("...p,...p->...", a, b) / lengths.clamp(min=1e-9)


def centered(pictures: Pictures) -> Pictures:
    """Subtract the mean of each picture."""
    return pictures - pictures.mean(dim=(-2, -1), keepdim=True)


def blur(pictures: Pictures, sigma: float) -> Pictures:
    """Blur with a Gaussian of sigma px; 0 leaves pictures as they are."""
    if sigma == 0:
        return pictures

    def bell(pixels: int) -> Float[Tensor, "pixels pixels"]:
        place = torch.arange(pixels, device=pictures.device) / sigma
        heights = torch.exp(-(place[:, None] - place).square() / 2)
        return heights / heights.sum(dim=1).max()

    rows, columns = (bell(pixels) for pixels in pictures.shape[-2:])
    return rows @ pictures @ columns


def upright(
    drawings: Float[Tensor, "n side side"],
) -> Float[Tensor, "n side side"]:
    """Deskew: shift each row until the axis of the ink is vertical.

    The slant is the slope of a regression of the ink's column on its row.
    """
    side = drawings.shape[1]
    place = torch.arange(side, device=drawings.device) - (side - 1) / 2  # px
    ink = drawings / drawings.sum(dim=(1, 2), keepdim=True).clamp(min=1e-9)
    middle = torch.einsum("nij,i->n", ink, place)
    row = place - middle[:, None]
    slant = torch.einsum("nij,ni,j->n", ink, row, place)
    slant /= torch.einsum("nij,ni->n", ink, row.square()).clamp(min=1e-9)
    shear = torch.eye(2, 3, device=drawings.device).repeat(len(drawings), 1, 1)
    shear[:, 0, 1] = slant
    shear[:, 0, 2] = -slant * middle * 2 / side  # the middle row stays put
    grid = F.affine_grid(shear, [len(drawings), 1, side, side], False)
    moved = F.grid_sample(drawings[:, None], grid, align_corners=False)
    return moved.squeeze(1)


# How windows are compared, and the factor of the scores before the softmax: a
# match of 1 counts like two standardized patches of 784 pixels, whose dot
# product divided by the square root of 784 is 28.
METHODS: dict[str, tuple[Callable[[Image, Query], Maps], float]] = {
    "convolution": (convolve, 1.0),
    "correlation": (correlate, 1.0),
    "normalized": (normalize, 28.0),
}


class Matching(nn.Module):
    """Answer with the channel that has the best-matching window."""

    def __init__(self, method: str = "correlation", sigma: float = 0.0):
        """Take a method of `METHODS` (or ValueError), and a blur in px."""
        super().__init__()
        check_choice(method, METHODS, "method")
        self.compare, self.sharpness = METHODS[method]
        self.sigma = sigma

    def forward(self, image: ImageBytes, query: QueryBytes) -> Answer:
        """Return logits, scores and weights of each (image, query).

        A score belongs to the pixel on which its window is centered. Near
        the edges there is none: scores are minus infinity, weights 0.
        """
        x, gamma = (blur(p.float() / 255, self.sigma) for p in (image, query))
        maps = self.sharpness * self.compare(x, gamma)
        before = query.shape[2] // 2
        after = query.shape[2] - 1 - before
        edges = (before, after, before, after)
        scores = F.pad(maps.amax(dim=1), edges, value=-torch.inf)
        weights = scores.flatten(1).softmax(dim=1).view_as(scores)
        return maps.amax(dim=(2, 3)), scores, weights
