"""Hops: who looks where in a trained transformer, and without some heads."""

import torch
import traitlets
from jaxtyping import Float
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch
from colorattn.figures.tokens import row_looks
from colorattn.model.transformer import Transformer
from colorattn.widgets.live import Live, script, synced, to_bytes

SHOWN = 3  # rows of the static picture


class Hops(Live):
    """The weights of every head in some rows, with any heads muted.

    All of it is computed beforehand: muting is a choice among 2 to the power
    of the number of heads. Raises ValueError without rows.
    """

    _esm = script("hops")

    images = synced(traitlets.Bytes())  # n 3 h w
    queries = synced(traitlets.Bytes())  # n 28 28
    size = synced(traitlets.List())  # height and width of a row
    targets = synced(traitlets.List())
    heads = synced(traitlets.List())  # their names, block by block
    tokens = synced(traitlets.Int())  # the last one is the query
    weights = synced(traitlets.Bytes())  # n 2^heads heads asking asked
    chances = synced(traitlets.List())  # n 2^heads 3
    row = synced(traitlets.Int(0))
    asking = synced(traitlets.Int())
    muted = synced(traitlets.List())

    def __init__(
        self,
        rows: Batch,
        net: Transformer,
        tokens: Float[Tensor, "n tokens features"],
    ):
        """Start with the query asking, and all heads on.

        The first row is one whose answer isn't the color that the queried
        symbol has, if there is one: there the second look can be seen.
        """
        if len(rows) == 0:
            raise ValueError("give at least one row.")
        weights, chances = with_heads_muted(net, tokens)
        heads = heads_of(net, tokens)
        names = [f"block {n + 1}, head {h + 1}" for n, h in heads]
        cells = tokens.shape[1] - 1
        own = rows.colors[torch.arange(len(rows)), rows.query_index]
        few, colors = rows[:SHOWN], chances[:SHOWN, 0].argmax(dim=1)
        looks = {
            name: weights[:SHOWN, 0, k, cells, :cells]
            for k, name in enumerate(names)
        }
        super().__init__(
            row_looks(
                few.image,
                few.query[:, 0],
                looks,
                [f"answer: {COLORS[int(color)]}" for color in colors],
            ),
            images=to_bytes(rows.image),
            queries=to_bytes(rows.query),
            size=list(rows.image.shape[2:]),
            targets=rows.target.tolist(),
            heads=names,
            tokens=tokens.shape[1],
            weights=to_bytes((255 * weights).round().byte()),
            chances=chances.tolist(),
            row=int((own != rows.target).int().argmax()),
            asking=cells,
        )

    def __repr__(self) -> str:
        """Return a text that is the same on every machine."""
        return f"<Hops of {len(self.heads)} heads in {len(self.targets)} rows>"


@torch.no_grad()
def with_heads_muted(
    net: Transformer, tokens: Float[Tensor, "n tokens features"]
) -> tuple[
    Float[Tensor, "n mutes heads asking asked"], Float[Tensor, "n mutes 3"]
]:
    """Return weights, and color probabilities, for every choice of heads.

    Choice number m mutes head k if bit k of m is set.
    """
    heads = heads_of(net, tokens)
    weights, chances = [], []
    for choice in range(2 ** len(heads)):
        mute: dict[int, list[int]] = {}
        for k, (n, h) in enumerate(heads):
            if choice >> k & 1:
                mute.setdefault(n, []).append(h)
        logits, maps = net(tokens, mute)
        weights.append(torch.cat(maps, dim=1))
        chances.append(logits[:, -1].softmax(dim=1))
    return torch.stack(weights, dim=1), torch.stack(chances, dim=1)


@torch.no_grad()
def heads_of(
    net: Transformer, tokens: Float[Tensor, "n tokens features"]
) -> list[tuple[int, int]]:
    """List the heads of a network, each by its block and its number."""
    _, maps = net(tokens[:1])
    return [(n, h) for n, w in enumerate(maps) for h in range(w.shape[1])]
