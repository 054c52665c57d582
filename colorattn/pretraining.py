"""Teach the encoders the classes first: an idea that the post did not try.

For some epochs both encoders look at single drawings and share one linear
layer that names the class. So a key and a query vector of one class come to
point the same way. Then the layer is thrown away, and training begins.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Int64, UInt8
from torch import Tensor, nn

from colorattn.experiment import EPOCH
from colorattn.model import ColorNetImage
from colorattn.scene import COLORS
from colorattn.seeds import Use, child_seed, generator
from colorattn.symbols import Symbols
from colorattn.training import Run


def pretrain(run: Run, symbols: Symbols) -> None:
    """Pre-train a run's encoders for as many epochs as its recipe says.

    Changes the weights in place and leaves the run's optimizer and step as
    they are: call it once, before the first step. It has an Adam of its own,
    at PyTorch's learning rate. Raises ValueError for a model without encoders.
    """
    recipe, seed = run.experiment.recipe, run.experiment.seed
    if recipe.pretrain == 0:
        return
    assert seed is not None  # `begin` has drawn one
    model = run.model
    if not isinstance(model, ColorNetImage):
        raise ValueError(
            f"a {type(model).__name__} has no encoders to pre-train: set "
            "recipe.pretrain to 0."
        )
    dim = model.config.image_encoder.channels[-1]
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(child_seed(seed, Use.PRETRAINING))
        namer = nn.Linear(dim, len(symbols.counts))
    namer = namer.to(symbols.images.device)
    optimizer = torch.optim.Adam(
        [*model.parameters(), *namer.parameters()], fused=True
    )
    model.train()
    for n in range(recipe.pretrain * EPOCH):
        random = generator(
            seed, Use.PRETRAINING, n, device=symbols.images.device
        )
        image, query, label = drawings(symbols, recipe.batch_size, random)
        optimizer.zero_grad()
        loss = F.cross_entropy(namer(query_vectors(model, query)), label)
        loss += F.cross_entropy(namer(key_vectors(model, image)), label)
        loss.backward()
        optimizer.step()


def drawings(
    symbols: Symbols, n: int, random: torch.Generator
) -> tuple[
    UInt8[Tensor, "n 3 28 28"], UInt8[Tensor, "n 1 28 28"], Int64[Tensor, "n"]
]:
    """Draw n drawings: each in a random color, in white, and its class."""
    device = random.device
    total = len(symbols.images)
    chosen = torch.randint(total, (n,), generator=random, device=device)
    color = torch.randint(len(COLORS), (n,), generator=random, device=device)
    white = symbols.pixels(chosen).unsqueeze(1)
    image = white * F.one_hot(color, len(COLORS)).byte()[:, :, None, None]
    return image, white, symbols.labels(chosen)


def query_vectors(model: ColorNetImage, query: Tensor) -> Tensor:
    """Return what `forward` compares the keys with."""
    return model.pool(model.encode_query(model.normalize(query)))


def key_vectors(model: ColorNetImage, image: Tensor) -> Tensor:
    """Return one key for each image, pooled as the queries are."""
    return model.pool(
        model.encode_image(model.prepare(model.normalize(image)))
    )
