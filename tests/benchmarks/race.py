"""How many seconds of training does a recipe need to reach an accuracy?

All recipes meet the same scenes: training scenes follow from the seed, and
accuracy is measured on one fixed set of 1,000 validation scenes, every 20
steps. Only training counts: the clock stands while accuracy is measured.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from statistics import median_low
from time import perf_counter
from typing import NamedTuple

from colorattn.data import symbols
from colorattn.runs import record
from colorattn.runs.catalog import SIXTEEN, SWEEPS
from colorattn.training.config import BEST, POST, Experiment, vary
from colorattn.training.loop import Run, evaluate, start, stream_of, train
from colorattn.training.pretraining import pretrain

EVERY = 20  # steps between two looks at the accuracy


class Time(NamedTuple):
    """When an accuracy was reached, or how long it was tried."""

    seconds: float  # of training
    reached: bool = True  # False: it takes longer than that


Times = dict[int, Time]  # by accuracy, in percent


@dataclass(frozen=True)
class Lane:
    """A recipe, and the accuracies that it is run for."""

    name: str  # "post", "ours" or "records"
    experiment: Experiment
    goals: tuple[int, ...]  # %, of the validation scenes


def ours(epochs: int, *goals: int) -> Lane:
    """Make a lane of our recipe for haste, so many epochs of 79 batches long.

    In so short a time half batches at twice the learning rate get further,
    and there is no need to change drawings: none comes often.
    """
    size, rate = BEST.recipe.batch_size, BEST.recipe.learning_rate
    changes = {"batch_size": size // 2, "learning_rate": 2 * rate}
    recipe = replace(BEST.recipe, epochs=epochs, augment=False, **changes)
    return Lane("ours", replace(BEST, recipe=recipe), goals)


def records(sweep: str, variant: str, epochs: int, *goals: int) -> Lane:
    """Make a lane with the record table's network, so many epochs long."""
    experiment = SWEEPS[sweep].variants[variant]
    changes = {**SIXTEEN, "recipe.epochs": epochs}
    return Lane("records", vary(experiment, changes), goals)


# A schedule has an end, so that its length is chosen beforehand: by seeds from
# 100 on, which do not race. The last one has time to spare: with 32 epochs one
# seed in three came to an end just below. The post's rate is constant: one
# run does for all.
LANES = (
    Lane("post", POST, (80, 90, 95, 99)),
    ours(4, 80, 90),
    ours(8, 95),
    ours(40, 99),
    records("head-and-step", "all", 2, 80, 90),
    records("head-and-step", "all", 3, 95),
    records("digits-records", "300", 15, 99),
)


def race(
    lanes: Iterable[Lane],
    seeds: Iterable[int],
    climbed: Callable[[Lane, int], Times],
) -> Iterator[tuple[Lane, Times]]:
    """Run the lanes in turn, a seed at a time.

    So a machine whose speed drifts is fair to all of them.
    """
    for seed, lane in product(seeds, lanes):
        yield lane, climbed(lane, seed)


def climb(
    stretches: Iterable[object],
    accuracy: Callable[[], float],
    goals: Iterable[int],
    cap: float = float("inf"),  # seconds
    clock: Callable[[], float] = perf_counter,
) -> Times:
    """Train, stretch by stretch, until all goals are reached.

    Gives up after `cap` seconds of training, or where the stretches end.
    """
    open_, found, seconds = set(goals), {}, 0.0
    start = clock()
    for _ in stretches:
        seconds += clock() - start
        now = 100 * accuracy()
        reached = {goal for goal in open_ if now >= goal}
        found |= dict.fromkeys(reached, Time(seconds))
        open_ -= reached
        if not open_ or seconds >= cap:
            break
        start = clock()
    return found | dict.fromkeys(open_, Time(seconds, reached=False))


def stretches(run: Run, drawings: symbols.Symbols) -> Iterator[int]:
    """Train a run to its end, pausing every so many steps."""
    pretrain(run, drawings)
    scenes = iter(stream_of(run, drawings))
    while (left := run.experiment.recipe.steps - run.step) > 0:
        list(train(run, scenes, min(EVERY, left)))
        yield run.step


def runner(
    device: str, cap: float, say: Callable[[str], object]
) -> Callable[[Lane, int], Times]:
    """Return what runs a lane with a seed, and says how it goes."""

    def climbed(lane: Lane, seed: int) -> Times:
        experiment = replace(lane.experiment, seed=seed)
        drawings = symbols.load(experiment.dataset).to(device)
        held_out = record.scenes(experiment, "validation").to(device)
        run = start(experiment, device=device)

        def accuracy() -> float:
            found = evaluate(run.model, held_out).accuracy
            say(f"{lane.name}, step {run.step}: {found:.1%}")
            return found

        return climb(stretches(run, drawings), accuracy, lane.goals, cap)

    return climbed


def middle(times: list[Time]) -> Time:
    """Return the median: a lower bound where it was not reached.

    Each time is at least as long as it was tried, so that the median of all
    is at least the median of those; it is known if no shorter try failed.
    """
    seconds = median_low(time.seconds for time in times)
    known = all(time.reached for time in times if time.seconds <= seconds)
    return Time(seconds, known)
