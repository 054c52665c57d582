"""Pre-train the encoders to classify single drawings.

For some epochs both encoders share one linear classifier, which is then
discarded, so that keys and query vectors of the same class come to point the
same way. The post suggests it; it did not try it.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Int64, UInt8
from torch import Generator, Tensor, nn

from colorattn.data.scene import COLORS
from colorattn.data.seeds import Use, child_seed, generator
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.training.config import EPOCH
from colorattn.training.loop import Run


def pretrain(run: Run, symbols: Symbols) -> None:
    """Pre-train a run's encoders for `recipe.pretrain` epochs.

    Call it once, before the first step. It uses an Adam of its own, with
    PyTorch's default learning rate. Raises ValueError for a model without
    encoders.
    """
    recipe, seed, model = run.experiment.recipe, run.experiment.seed, run.model
    if recipe.pretrain == 0:
        return
    assert seed is not None  # `start` has drawn one
    if not isinstance(model, ColorNetImage):
        raise ValueError(
            f"a {type(model).__name__} has no encoders to pre-train: set "
            "recipe.pretrain to 0."
        )
    dim = model.config.image_encoder.dim
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(child_seed(seed, Use.PRETRAINING))
        classifier = nn.Linear(dim, len(symbols.counts))
    device = symbols.images.device
    classifier = classifier.to(device)
    learned = [*model.parameters(), *classifier.parameters()]
    optimizer = torch.optim.Adam(learned, fused=True)
    model.train()
    for n in range(recipe.pretrain * EPOCH):
        random = generator(seed, Use.PRETRAINING, n, device=device)
        drawn = labeled_drawings(symbols, recipe.batch_size, random)
        image, query, label = drawn
        optimizer.zero_grad()
        loss = F.cross_entropy(classifier(query_vectors(model, query)), label)
        loss += F.cross_entropy(classifier(key_vectors(model, image)), label)
        loss.backward()
        optimizer.step()


def labeled_drawings(
    symbols: Symbols, n: int, random: Generator
) -> tuple[
    UInt8[Tensor, "n 3 28 28"], UInt8[Tensor, "n 1 28 28"], Int64[Tensor, "n"]
]:
    """Draw n drawings: in a random color, in white, and their classes."""
    total, device = len(symbols.images), random.device
    chosen = torch.randint(total, (n,), generator=random, device=device)
    color = torch.randint(len(COLORS), (n,), generator=random, device=device)
    white = symbols.images_of(chosen).unsqueeze(1)
    image = white * F.one_hot(color, len(COLORS)).byte()[:, :, None, None]
    return image, white, symbols.labels(chosen)


def query_vectors(model: ColorNetImage, query: Tensor) -> Tensor:
    """Return the query vectors, as `forward` computes them."""
    return model.pool(model.encode_query(model.normalize(query)))


def key_vectors(model: ColorNetImage, image: Tensor) -> Tensor:
    """Return one key for each image, pooled like the queries."""
    sight = model.prepare(model.normalize(image))
    return model.pool(model.encode_image(sight))
