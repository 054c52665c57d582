"""An experiment: all that must be known to repeat a run, and nothing else.

A variant changes one field (`dataclasses.replace`). The four experiments
whose nets the course stores have names.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from colorattn.encoder import EncoderConfig
from colorattn.model import ColorNetConfig, Normalization
from colorattn.scene import Scene

EPOCH = 79  # steps; times 128 scenes this is the post's 10,000 samples


@dataclass(frozen=True)
class Recipe:
    """How a model is trained; the defaults are the post's.

    Raises ValueError for an optimizer or a schedule that does not exist, and
    for numbers that do not fit together.
    """

    optimizer: str = "adam"  # or "adamw"
    learning_rate: float = 1e-3  # the highest, where there is a schedule
    schedule: str = "constant"  # or "one-cycle"
    batch_size: int = 128
    questions: int = 1  # in a row about the same scene, whose keys they share
    augment: bool = False  # turn, stretch and slant each drawing a little
    epochs: int = 300
    repeat: int | None = None  # scenes to train on; None: they never repeat
    pretrain: int = 0  # epochs in which the encoders first learn the classes

    def __post_init__(self) -> None:
        """Refuse what `training` does not know."""
        if self.repeat is not None and self.repeat < 1:
            raise ValueError(
                f"training cannot repeat {self.repeat} scenes: give a number "
                "of 1 or more, or None for scenes that never repeat."
            )
        if self.questions < 1 or self.batch_size % self.questions:
            raise ValueError(
                f"a batch of {self.batch_size} does not divide into "
                f"{self.questions} questions about each scene: take a "
                "multiple of them."
            )
        if self.questions > 1 and self.repeat is not None:
            raise ValueError(
                "repeated scenes come in another order each time, which "
                "parts questions about one scene: set questions to 1."
            )
        if self.pretrain < 0:
            raise ValueError(
                f"encoders cannot pretrain for {self.pretrain} epochs: give "
                "0 or more."
            )
        for name, known in {
            "optimizer": ("adam", "adamw"),
            "schedule": ("constant", "one-cycle"),
        }.items():
            if getattr(self, name) not in known:
                raise ValueError(
                    f"no {name} {getattr(self, name)!r}: choose from {known}."
                )

    @property
    def steps(self) -> int:
        """The updates of a whole run."""
        return self.epochs * EPOCH


@dataclass(frozen=True)
class Experiment:
    """The data, the layout, the net, the recipe and the seed of one run.

    Raises ValueError for more questions about a scene than it has symbols.
    """

    symbols: str = "mnist"
    scene: Scene = Scene()
    model: ColorNetConfig = ColorNetConfig()
    recipe: Recipe = Recipe()
    seed: int | None = None  # None: one is drawn, and recorded, at the start

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        if self.recipe.questions > self.scene.symbols:
            raise ValueError(
                f"a scene of {self.scene.symbols} symbols cannot be asked "
                f"{self.recipe.questions} different questions: ask at most "
                f"{self.scene.symbols}."
            )


def to_json(experiment: Experiment) -> dict[str, Any]:
    """Turn an experiment into plain dictionaries, lists and numbers."""
    return asdict(experiment)


def from_json(saved: dict[str, Any]) -> Experiment:
    """Turn `to_json`'s dictionaries back into an experiment.

    Raises KeyError, TypeError or ValueError where they do not describe one.
    """
    model = dict(saved["model"])
    for part in ("image_encoder", "query_encoder"):
        if model[part] is not None:
            values: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in model[part].items()
            }
            model[part] = EncoderConfig(**values)
    model["normalization"] = Normalization(**model["normalization"])
    return Experiment(
        symbols=saved["symbols"],
        scene=Scene(**saved["scene"]),
        model=ColorNetConfig(**model),
        recipe=Recipe(**saved["recipe"]),
        seed=saved["seed"],
    )


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
        read="image_sum",
        head_scale=4.0,
    ),
    recipe=Recipe(
        "adamw",
        1e-2,
        "one-cycle",
        batch_size=126,
        epochs=300,
        questions=3,
        augment=True,
    ),
)
NAMED = {
    "post-mnist": POST,
    "post-fashion": replace(
        POST, symbols="fashion", recipe=Recipe(epochs=100)
    ),
    "best-mnist": BEST,
    # Digits lean, clothes hang straight: turning them costs points.
    "best-fashion": replace(
        BEST, symbols="fashion", recipe=replace(BEST.recipe, augment=False)
    ),
}
