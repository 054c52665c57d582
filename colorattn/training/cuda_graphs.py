"""A whole training step as one CUDA graph, and many networks side by side.

A step of this network is hundreds of kernels of a few microseconds each, so
that a GPU mostly waits for the next launch. A graph records them once, from
the drawing of a batch to the update, and launches them together; graphs of
several networks run at the same time on streams of their own. Source:
https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from colorattn.data.augmentation import transform
from colorattn.data.scene import Scene
from colorattn.data.seeds import Use, child_seed
from colorattn.data.stream import draw
from colorattn.data.symbols import Symbols
from colorattn.training.config import EPOCH
from colorattn.training.loop import Progress, Run, mean_loss, set_rate, update

WARM_UP = 3  # steps, whose effect is undone: PyTorch asks for them


class GraphedStep:
    """The training step of a run on a GPU, recorded once and replayed.

    Each call draws the next batch, with the seeds of the run's stream, updates
    the model, and returns the loss, which the next call overwrites. Raises
    ValueError for a run that does not fit in a graph.
    """

    def __init__(self, run: Run, symbols: Symbols):
        """Record the step; the run itself stays as it is."""
        recipe, device = run.experiment.recipe, symbols.images.device
        if device.type != "cuda":
            raise ValueError(
                f"a CUDA graph needs a CUDA device, not {device.type}: take "
                "`train`, which runs everywhere."
            )
        if recipe.num_scenes is not None or run.experiment.scene != Scene():
            raise ValueError(
                "a step in a CUDA graph draws scenes of the standard layout "
                "that never repeat: take `train` for others."
            )
        self.run, self.symbols = run, symbols
        for group in run.optimizer.param_groups:
            group["capturable"] = True
            group["lr"] = torch.tensor(group["lr"], device=device)
        self.randoms = {Use.STREAM: Generator(device)}
        if recipe.augment:
            self.randoms[Use.AUGMENTATION] = Generator(device)
        self.graph = torch.cuda.CUDAGraph()
        self.stream = torch.cuda.Stream(device)
        for random in self.randoms.values():
            self.graph.register_generator_state(random)
        before = deepcopy((run.model.state_dict(), moments(run)))
        self.stream.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(self.stream):
            for _ in range(WARM_UP):
                self.step()
        torch.cuda.synchronize(device)
        with torch.cuda.graph(self.graph, stream=self.stream):
            self.loss = self.step()
        run.model.load_state_dict(before[0])
        for name, value in moments(run).items():
            value.copy_(before[1].get(name, torch.zeros_like(value)))
        torch.cuda.synchronize(device)

    def step(self) -> Float[Tensor, ""]:
        """Draw a batch and make an update."""
        recipe, drawn = self.run.experiment.recipe, self.randoms[Use.STREAM]
        queries = recipe.queries_per_scene
        scenes = recipe.batch_size // queries
        batch = draw(self.symbols, Scene(), scenes, drawn, queries)
        if random := self.randoms.get(Use.AUGMENTATION):
            batch = transform(batch, self.symbols, random, queries)
        return update(self.run, batch)

    def __call__(self) -> Float[Tensor, ""]:
        """Make the next step of the run; wait for nothing."""
        seed, n = self.run.experiment.seed, self.run.step
        assert seed is not None  # `start` has drawn one
        with torch.cuda.stream(self.stream):
            for use, random in self.randoms.items():
                random.manual_seed(child_seed(seed, use, n))
            set_rate(self.run)
            self.graph.replay()
        self.run.step += 1
        return self.loss


def moments(run: Run) -> dict[str, Tensor]:
    """List the tensors that the optimizer keeps, by a name for each."""
    return {
        f"{n}.{name}": value
        for n, weight in enumerate(run.model.parameters())
        for name, value in run.optimizer.state[weight].items()
        if isinstance(value, Tensor)
    }


def train_together(
    runs: Sequence[Run], symbols: Symbols, steps: int
) -> Iterator[list[Progress]]:
    """Make `steps` updates to each of several runs, side by side on one GPU.

    Yields the progress of all at the end of each epoch (of `EPOCH` steps).
    Raises what `GraphedStep` and `train` raise.
    """
    graphs = [GraphedStep(run, symbols) for run in runs]
    losses = torch.zeros(len(runs), EPOCH, device=symbols.images.device)
    for n in range(1, steps + 1):
        for graph, kept in zip(graphs, losses, strict=True):
            loss = graph()
            with torch.cuda.stream(graph.stream):
                kept[(n - 1) % EPOCH].copy_(loss)
        if n % EPOCH == 0:
            torch.cuda.synchronize()
            yield [
                Progress(run.step, mean_loss(list(kept), run))
                for run, kept in zip(runs, losses, strict=True)
            ]
