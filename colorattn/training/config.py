"""Experiments: everything that must be known to repeat a run.

The four experiments whose trained networks the course stores have names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from colorattn.data.scene import Scene
from colorattn.data.symbols import check_choice
from colorattn.model.colornet import ColorNetConfig, Normalization
from colorattn.model.encoder import EncoderConfig

Changes = Mapping[str, Any]  # from dotted fields to their values
EPOCH = 79  # steps; times 128 scenes this is the post's 10,000 samples


@dataclass(frozen=True)
class Recipe:
    """How a model is trained; the defaults are the post's.

    Raises ValueError for unknown choices and numbers that do not fit together.
    """

    optimizer: str = "adam"  # or "adamw", "muon", or plain "sgd"
    learning_rate: float = 1e-3  # the highest, where there is a schedule
    schedule: str = "constant"  # or "one-cycle"
    batch_size: int = 128
    queries_per_scene: int = 1  # consecutive; they share the scene's keys
    augment: bool = False  # transform each drawing slightly, at random
    epochs: int = 300
    num_scenes: int | None = None  # to train on; None: they never repeat
    pretrain: int = 0  # epochs in which the encoders first learn the classes
    warmup: float = 0.3  # share of the steps in which one-cycle rises

    def __post_init__(self) -> None:
        if self.num_scenes is not None and self.num_scenes < 1:
            raise ValueError(
                f"num_scenes cannot be {self.num_scenes}: give 1 or more "
                "scenes to repeat, or None for scenes that never repeat."
            )
        queries = self.queries_per_scene
        if queries < 1 or self.batch_size % queries:
            raise ValueError(
                f"a batch of {self.batch_size} queries cannot have {queries} "
                "about each scene: make batch_size a multiple of "
                "queries_per_scene."
            )
        if queries > 1 and self.num_scenes is not None:
            raise ValueError(
                "repeated scenes are reshuffled in each pass, which separates "
                "the queries about one scene: set queries_per_scene to 1."
            )
        if self.pretrain < 0:
            raise ValueError(
                f"pretrain cannot be {self.pretrain} epochs: give 0 or more."
            )
        optimizers = "adam", "adamw", "muon", "sgd"
        check_choice(self.optimizer, optimizers, "optimizer")
        check_choice(self.schedule, ("constant", "one-cycle"), "schedule")

    @property
    def steps(self) -> int:
        """The updates of a whole run."""
        return self.epochs * EPOCH


@dataclass(frozen=True)
class Experiment:
    """The dataset, layout, network, recipe and seed of one run.

    Raises ValueError for more queries about a scene than it has symbols.
    """

    dataset: str = "mnist"
    scene: Scene = Scene()
    model: ColorNetConfig = ColorNetConfig()
    recipe: Recipe = Recipe()
    seed: int | None = None  # None: one is drawn, and recorded, at the start

    def __post_init__(self) -> None:
        if self.recipe.queries_per_scene > self.scene.num_symbols:
            raise ValueError(
                f"a scene of {self.scene.num_symbols} symbols cannot have "
                f"{self.recipe.queries_per_scene} distinct queries: set "
                f"queries_per_scene to {self.scene.num_symbols} at most."
            )


def from_json(saved: dict[str, Any]) -> Experiment:
    """Undo `asdict`. Raises KeyError, TypeError or ValueError for others."""
    model = dict(saved["model"])
    for part in ("image_encoder", "query_encoder"):
        if model[part] is not None:
            values: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in model[part].items()
            }
            model[part] = EncoderConfig(**values)
    model["normalization"] = Normalization(**model["normalization"])
    scene, recipe = Scene(**saved["scene"]), Recipe(**saved["recipe"])
    network = ColorNetConfig(**model)
    return Experiment(saved["dataset"], scene, network, recipe, saved["seed"])


def vary(base: Any, changes: Changes) -> Any:
    """Return an experiment with some dotted fields changed.

    Raises ValueError for a field that does not exist, naming those that do,
    and for a value that does not fit the others.
    """
    own: dict[str, Any] = {}
    deeper: dict[str, dict[str, Any]] = {}
    for path, value in changes.items():
        name, _, rest = path.partition(".")
        known = [f.name for f in fields(base)] if is_dataclass(base) else []
        if name not in known:
            raise ValueError(
                f"{type(base).__name__} has no field {name!r}: choose from "
                f"{known}."
            )
        if rest:
            deeper.setdefault(name, {})[rest] = value
        else:
            own[name] = value
    for name, parts in deeper.items():
        own[name] = vary(getattr(base, name), parts)
    return replace(base, **own)


POST = Experiment()
BEST = Experiment(
    model=ColorNetConfig(
        image_encoder=EncoderConfig(
            channels=(16, 12, 14, 16, 16, 24),
            kernels=(7, 3, 3, 3, 3, 3),  # a key sees a whole symbol
            strides=(4, 1, 1, 1, 1, 1),
            dilations=(1, 1, 1, 1, 1, 1),
            last_relu=False,
        ),
        query_encoder=None,
        query_pooling="center",
        readout="image_sum",
        head_scale=4.0,
    ),
    recipe=Recipe(
        "adamw", 1e-2, "one-cycle", 126, queries_per_scene=3, augment=True
    ),
)
NAMED = {
    "post-mnist": POST,
    "post-fashion": Experiment("fashion", recipe=Recipe(epochs=100)),
    "best-mnist": BEST,
    # Digits slant, clothes do not: rotating clothes costs accuracy.
    "best-fashion": vary(
        BEST, {"dataset": "fashion", "recipe.augment": False}
    ),
}
