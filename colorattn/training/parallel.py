"""Data-parallel training: several processes train one network.

    torchrun --nproc-per-node 2 -m colorattn.training.parallel post-mnist

You can copy this file and change it: it is all that a cluster needs, beside
the package. On GPUs the processes talk by NCCL, on CPUs by gloo. With
`--max-restarts`, set TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1, or a process may
wait for one that was killed (github.com/pytorch/pytorch/issues/135712).

Each update is made with `batches` batches of the stream, of which a process
takes those whose number has its rank as the remainder. So no scene is used
twice, none is left out, and the updates are those of one process with one
large batch, up to rounding, however many processes there are.
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from safetensors.torch import save as to_bytes
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from colorattn.data import symbols
from colorattn.data.stream import Batch, Batches
from colorattn.files import write
from colorattn.training import checkpoint
from colorattn.training.config import EPOCH, NAMED, Experiment
from colorattn.training.loop import stream_of, train, train_step


class Sum(torch.autograd.Function):
    """Add up a tensor over all processes, and its gradient on the way back."""

    @staticmethod
    def forward(context: Any, value: Tensor) -> Tensor:
        """Return the sum, which is the same in every process."""
        total = value.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        """Each process used the sum: add up what they ask of it."""
        total = gradients[0].clone()
        dist.all_reduce(total)
        return total


class SharedNorm(nn.BatchNorm2d):
    """Batch norm whose statistics are those of all processes' examples.

    What `nn.SyncBatchNorm` is on GPUs, on any device. Processes must have
    equally many examples.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalize each channel."""
        if not self.training:
            return super().forward(x)
        workers, axes = dist.get_world_size(), (0, 2, 3)
        mean = Sum.apply(x.mean(axes)) / workers
        centered = x - mean[:, None, None]
        var = Sum.apply(centered.square().mean(axes)) / workers
        self.remember(mean.detach(), var.detach(), workers * x[:, 0].numel())
        scale = self.weight / (var + self.eps).sqrt()
        return centered * scale[:, None, None] + self.bias[:, None, None]

    @torch.no_grad()
    def remember(self, mean: Tensor, var: Tensor, n: int) -> None:
        """Update the running statistics, as PyTorch does."""
        assert self.momentum and self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(var * n / (n - 1), self.momentum)


def share_norms(model: nn.Module) -> None:
    """Let the batch norms of a model use the statistics of all processes."""
    for module in model.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = SharedNorm


def shares(
    stream: Batches, step: int, batches: int, rank: int = 0, workers: int = 1
) -> Iterator[Batch]:
    """Yield a process's share of each update, from a step on.

    Update t uses the batches from t * batches to (t + 1) * batches - 1.
    Raises ValueError where processes would get unequal shares.
    """
    if batches % workers:
        raise ValueError(
            f"{workers} processes cannot share {batches} batches equally: set "
            f"--batches to a multiple of {workers}."
        )
    while True:
        numbers = range(step * batches, (step + 1) * batches)
        yield join([stream.batch(n) for n in numbers if n % workers == rank])
        step += 1


def join(parts: list[Batch]) -> Batch:
    """Make one batch of several."""
    names = [field.name for field in fields(Batch)]
    return Batch(*(torch.cat([getattr(p, n) for p in parts]) for n in names))


def main() -> None:
    """Train as one of the processes that `torchrun` has started."""
    options = parser().parse_args()
    here = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    gpu = torch.cuda.device_count() >= here  # one for each process
    dist.init_process_group("nccl" if gpu else "gloo")
    rank, workers = dist.get_rank(), dist.get_world_size()
    device = torch.device("cpu")
    if gpu:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    else:
        torch.set_num_threads(1)

    experiment: Experiment = replace(NAMED[options.name], seed=options.seed)
    recipe = replace(experiment.recipe, epochs=options.epochs, pretrain=0)
    experiment = replace(experiment, recipe=recipe)
    run, _ = checkpoint.resume(experiment, options.out, device=device)
    share_norms(run.model)
    together = replace(run, model=DistributedDataParallel(run.model))
    drawings = symbols.load(experiment.dataset, "train").to(device)
    stream = stream_of(run, drawings)
    mine = shares(stream, run.step, options.batches, rank, workers)
    if options.gradients:
        train_step(together, next(mine))
        if rank == 0:
            save_gradients(run.model, options.gradients)
    else:
        for progress in train(together, mine, recipe.steps - run.step):
            run.step = progress.step
            if rank == 0:
                checkpoint.save(run, options.out)
                epoch = progress.step // EPOCH
                print(f"epoch {epoch}: loss {progress.loss:.3f}", flush=True)
    dist.destroy_process_group()


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    about = "Train one network with several processes: see torchrun --help."
    found = argparse.ArgumentParser(description=about)
    add = found.add_argument
    add("name", choices=NAMED)
    add("--seed", type=int, default=0)
    add("--epochs", type=int, default=2)
    add("--batches", type=int, default=2, help="for each update, in all (2)")
    path = Path("_runs/parallel.safetensors")
    add("--out", type=Path, default=path, help=f"the checkpoint ({path})")
    text = "make one update and save its gradients here instead"
    add("--gradients", type=Path, help=text)
    return found


def save_gradients(model: nn.Module, path: Path) -> None:
    """Save the gradients of the last update, by the parameters' names."""
    found = {
        name: weight.grad.cpu().contiguous()
        for name, weight in model.named_parameters()
        if weight.grad is not None
    }
    write(path, to_bytes(found))


if __name__ == "__main__":
    main()
