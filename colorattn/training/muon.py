"""Muon: filters take orthogonal steps, all other parameters those of AdamW.

The step of a filter, as a matrix with a row for each output channel, is
replaced by the nearest one whose singular values are all about 1: it turns
every direction equally, also those in which the gradient is weak.
"""

from math import sqrt
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

Matrices = Float[Tensor, "n rows columns"]
MOMENTUM = 0.6
RATE = 10.0  # of filters, times that of AdamW
ITERATIONS = 3
QUINTIC = 3.4445, -4.7750, 2.0315  # steep at 0, near 1 around 1


class Muon(torch.optim.AdamW):
    """AdamW with other steps for filters, whose length it keeps fixed.

    PyTorch's own Muon takes matrices alone, one after the other and in
    bfloat16. Source: Jordan et al. (2024), for the step and the coefficients;
    Jordan (2024, airbench), for the fixed length, which norms make harmless.
    """

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Make one update, after which filters have no gradient any more."""
        for group in self.param_groups:
            given = [p for p in group["params"] if p.grad is not None]
            filters = [p for p in given if p.ndim == 4]
            steps = orthogonal([self.pushed(p) for p in filters])
            for p, step in zip(filters, steps, strict=True):
                p.mul_(sqrt(min(len(p), p[0].numel())) / p.norm())
                p.sub_(RATE * group["lr"] * step)
                p.grad = None  # so that AdamW leaves it alone
        return super().step(closure)

    def pushed(self, parameter: Tensor) -> Tensor:
        """Return the gradient with Nesterov's momentum."""
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
            state["step"] = torch.zeros(())  # AdamW asks for it when loaded
        momentum = state["momentum"].mul_(MOMENTUM).add_(parameter.grad)
        return parameter.grad + MOMENTUM * momentum


def orthogonal(tensors: list[Tensor]) -> list[Tensor]:
    """Bring the singular values of each, as a matrix, near 1.

    Newton and Schulz's iteration, for all at once: zeros fill up smaller
    matrices and stay zeros.
    """
    if not tensors:
        return []
    rows = max(len(tensor) for tensor in tensors)
    columns = max(tensor[0].numel() for tensor in tensors)
    x: Matrices = tensors[0].new_zeros(len(tensors), rows, columns)
    for matrix, tensor in zip(x, tensors, strict=True):
        matrix[: len(tensor), : tensor[0].numel()] = tensor.flatten(1)
    x /= x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    a, b, c = QUINTIC
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return [
        matrix[: len(tensor), : tensor[0].numel()].view_as(tensor)
        for matrix, tensor in zip(x, tensors, strict=True)
    ]
