"""Many networks in one: their weights stacked, their steps vectorized.

`torch.func` runs one network's step for a whole stack of weights, with one
kernel where N networks launch N. Batch norm's running statistics are stacked
like weights, and each network keeps its own. Source: the tutorial
https://pytorch.org/tutorials/intermediate/ensembling.html
"""

from collections.abc import Sequence
from copy import deepcopy

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor
from torch.func import functional_call, grad, stack_module_state, vmap

from colorattn.data.stream import Batch
from colorattn.training.loop import OPTIMIZERS, Run, learning_rate

State = dict[str, Tensor]  # of all networks: each tensor has one more axis


class Stack:
    """Runs of one experiment with several seeds, trained as one."""

    def __init__(self, runs: Sequence[Run]):
        """Stack the weights of runs, which stay as they are."""
        first = runs[0]
        self.recipe, self.step = first.experiment.recipe, first.step
        models = [deepcopy(run.model) for run in runs]
        for model in models:  # vmap's batch norm knows no other format
            model.to(memory_format=torch.contiguous_format)
        parts = stack_module_state(models)
        self.weights: State = parts[0]
        self.buffers: State = parts[1]
        self.shape = models[0].to("meta")  # without weights
        self.optimizer = OPTIMIZERS[self.recipe.optimizer](
            self.weights.values(), lr=self.recipe.learning_rate, fused=True
        )

    def update(self, batches: Sequence[Batch]) -> Float[Tensor, "networks"]:
        """Make one update of each network, with a batch of its own."""
        queries = self.recipe.queries_per_scene
        image = torch.stack([batch.image[::queries] for batch in batches])
        query = torch.stack([batch.query for batch in batches])
        target = torch.stack([batch.target for batch in batches])
        rate = learning_rate(self.recipe, self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        gradients, losses = vmap(grad(self.loss, has_aux=True))(
            dict(self.weights), self.buffers, image, query, target
        )
        for name, weight in self.weights.items():
            weight.grad = gradients[name]
        self.optimizer.step()
        self.step += 1
        return losses.detach()

    def loss(
        self,
        weights: State,
        buffers: State,
        image: Tensor,
        query: Tensor,
        target: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Return the loss of one network, twice: `grad` uses up the first."""
        self.shape.train()
        state = weights, buffers
        logits, _, _ = functional_call(self.shape, state, (image, query))
        loss = F.cross_entropy(logits, target)
        return loss, loss
