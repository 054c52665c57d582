"""Descent: keys and a query that learn from the color alone."""

from collections.abc import Sequence

import traitlets
from jaxtyping import Float
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.attention import learning_arrows
from colorattn.widgets.live import Live, script, synced

STEPS = 0, 5, 10, 20, 50  # of the static picture
Arrows = tuple[Float[Tensor, "2"], Float[Tensor, "n 2"]]  # query and keys


class Descent(Live):
    """Gradient descent on the color loss, one step at a time.

    `starts` are named arrows to begin with; the first are shown. `values`
    are the colors of the keys, and `target` is the color that the query asks
    for. Raises ValueError without a start, and for a color that no key has.
    """

    _esm = script("descent")

    names = synced(traitlets.List())  # of the keys
    values = synced(traitlets.List())  # n 3
    starts = synced(traitlets.List())  # name, query and keys of each
    rate = synced(traitlets.Float())
    target = synced(traitlets.Int())  # 0 red, 1 green, 2 blue
    query = synced(traitlets.List())  # 2
    key_vectors = synced(traitlets.List())  # n 2
    step = synced(traitlets.Int(0))

    def __init__(
        self,
        starts: dict[str, Arrows],
        values: Float[Tensor, "n 3"],
        names: Sequence[str],
        target: int,
        rate: float,
    ):
        """Start with the first arrows, before any step."""
        if not starts:
            raise ValueError("give at least one start: a query and keys.")
        missing = [COLORS[c] for c in range(3) if not values[:, c].any()]
        if missing:
            raise ValueError(f"no key is {missing[0]}: each color needs one.")
        query, keys = next(iter(starts.values()))
        history = {0: (query, keys)}
        for step in range(STEPS[-1]):
            history[step + 1] = descend(*history[step], values, target, rate)
        super().__init__(
            learning_arrows({n: history[n] for n in STEPS}, values, names),
            names=list(names),
            values=values.tolist(),
            starts=[
                [name, q.tolist(), k.tolist()]
                for name, (q, k) in starts.items()
            ],
            rate=rate,
            target=target,
            query=query.tolist(),
            key_vectors=keys.tolist(),
        )

    def __repr__(self) -> str:
        """Return a text that is the same on every machine."""
        starts = ", ".join(name for name, _, _ in self.starts)
        return f"<Descent of {len(self.names)} keys; starts: {starts}>"


def descend(
    query: Float[Tensor, "2"],
    keys: Float[Tensor, "n 2"],
    values: Float[Tensor, "n 3"],
    target: int,
    rate: float,
) -> Arrows:
    """Return query and keys after one step down the color loss.

    The loss is minus the logarithm of the target's share of the glimpse.
    """
    weights = (keys @ query).softmax(dim=0)
    right = weights * values[:, target]
    slopes = weights - right / right.sum()  # of the loss, by each score
    return query - rate * slopes @ keys, keys - rate * slopes.outer(query)
