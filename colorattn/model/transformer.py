"""From one query to many: self-attention, and blocks of a transformer.

`attend_all` is `attend` for many queries at once; a `Block` is what language
models repeat. Source: Vaswani et al. (2017); norms first: Xiong et al. (2020).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import pi, sqrt

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from colorattn.data.symbols import check_choice
from colorattn.model.colornet import initialize

PARTS = ("residual", "norm", "mlp")  # of a block; each can be left out
Heads = Collection[int]  # by their numbers
Tokens = Float[Tensor, "batch tokens dim"]
Codes = Float[Tensor, "places dim"]
Weights = Float[Tensor, "*batch asking asked"]  # of each head, in a block
Visible = Bool[Tensor, "asking asked"]  # True where a query sees a key


def attend_all(
    queries: Float[Tensor, "*batch asking dim"],
    keys: Float[Tensor, "*batch asked dim"],
    visible: Visible | None = None,
) -> tuple[Weights, Weights]:
    """Weigh every key for every query: scores, and weights that sum to 1.

    A key that a query cannot see gets the score minus infinity: no weight.
    """
    scores = queries @ keys.mT / sqrt(queries.shape[-1])
    if visible is not None:
        scores = scores.masked_fill(~visible, -torch.inf)
    return scores, scores.softmax(dim=-1)


def place_codes(places: int, dim: int, ring: bool = False) -> Codes:
    """Encode places: sines, then cosines, of angles that grow with the place.

    On a line they grow by 1 down to 1/10,000 (Vaswani et al.), on a ring by 1,
    2, … turns in all. To move along is to turn each pair by a fixed angle.
    """
    pair = torch.arange(dim // 2)
    line, circle = 1e4 ** (-2 / dim * pair), 2 * pi / places * (pair + 1)
    angles = torch.arange(places)[:, None] * (circle if ring else line)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


@dataclass(frozen=True)
class TransformerConfig:
    """The parts of a transformer; the defaults read a row of three symbols.

    Raises ValueError for heads that do not divide the dim, or unknown parts.
    """

    features: int = 28  # of a token, before its embedding
    answers: int = 3
    dim: int = 32  # of a token in the blocks
    heads: int = 2
    blocks: int = 2
    expansion: int = 2  # hidden units of the MLP, in dims
    without: tuple[str, ...] = ()  # parts of the blocks
    # Keys start equal to queries, larger by this factor, so that at first like
    # looks at like; 0: independent. Compare Trockman & Kolter (2023).
    matched_start: float = 1.7

    def __post_init__(self) -> None:
        if self.dim % self.heads:
            raise ValueError(f"{self.heads} heads must divide dim {self.dim}.")
        for part in self.without:
            check_choice(part, PARTS, "part of a block")


class SelfAttention(nn.Module):
    """Every token asks all tokens; each head has a slice of the dim."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.heads = config.heads
        self.query = nn.Linear(config.dim, config.dim)
        self.key = nn.Linear(config.dim, config.dim)
        self.value = nn.Linear(config.dim, config.dim)
        self.output = nn.Linear(config.dim, config.dim)

    @torch.no_grad()
    def match(self, factor: float) -> None:
        """Make keys equal to queries, and both larger by a factor."""
        self.query.weight.mul_(factor)
        self.query.bias.zero_()
        self.key.load_state_dict(self.query.state_dict())

    def forward(
        self, x: Tokens, mute: Heads = (), visible: Visible | None = None
    ) -> tuple[Tokens, Weights]:
        """Return what each token read, and the weights of every head."""
        query, key, value = (
            layer(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        _, weights = attend_all(query, key, visible)
        kept = [float(head not in mute) for head in range(self.heads)]
        read = weights @ value * x.new_tensor(kept)[:, None, None]
        return self.output(read.transpose(1, 2).reshape(x.shape)), weights


class Block(nn.Module):
    """Self-attention, then an MLP; each adds what it finds to the tokens."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        dim, hidden = config.dim, config.expansion * config.dim
        norm = nn.Identity if "norm" in config.without else nn.LayerNorm
        self.norm1, self.norm2 = norm(dim), norm(dim)
        self.attention = SelfAttention(config)
        layers = nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim)
        self.mlp = nn.Sequential(*layers)
        self.without = config.without

    def forward(
        self, x: Tokens, mute: Heads = (), visible: Visible | None = None
    ) -> tuple[Tokens, Weights]:
        """Return the tokens after the block, and the weights of its heads."""
        keep = 0.0 if "residual" in self.without else 1.0
        read, weights = self.attention(self.norm1(x), mute, visible)
        x = keep * x + read
        if "mlp" not in self.without:
            x = keep * x + self.mlp(self.norm2(x))
        return x, weights


class Transformer(nn.Module):
    """Blocks over tokens with codes of their places; zeros hide the places."""

    codes: Tensor  # a buffer, not trained

    def __init__(self, config: TransformerConfig, codes: Codes, seed: int = 0):
        super().__init__()
        norm = nn.Identity if "norm" in config.without else nn.LayerNorm
        self.register_buffer("codes", codes)
        with torch.random.fork_rng(devices=[]):
            self.embed = nn.Linear(config.features, config.dim)
            blocks = [Block(config) for _ in range(config.blocks)]
            self.blocks = nn.ModuleList(blocks)
            self.norm = norm(config.dim)
            self.head = nn.Linear(config.dim, config.answers)
            initialize(self, seed)
        for block in blocks if config.matched_start else ():
            block.attention.match(config.matched_start)

    def forward(
        self,
        tokens: Float[Tensor, "batch tokens features"],
        mute: Mapping[int, Heads] | None = None,
        visible: Mapping[int, Visible] | None = None,
    ) -> tuple[Float[Tensor, "batch tokens answers"], list[Weights]]:
        """Return logits for every token, and the weights of each block.

        `mute={1: [0]}` silences the first head of the second block, and
        `visible={1: mask}` says who sees whom in it.
        """
        x = self.embed(tokens) + self.codes[: tokens.shape[1]]
        mute, visible, maps = mute or {}, visible or {}, []
        for n, block in enumerate(self.blocks):
            x, weights = block(x, mute.get(n, ()), visible.get(n))
            maps.append(weights)
        return self.head(self.norm(x)), maps
