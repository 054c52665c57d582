"""Tasks to do by hand, with numbers of their own for each student."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

from torch import nn

from classroom.exercises import exercises
from classroom.marking import solution_of
from classroom.sheets import Sheet

Task = Callable[[Random], tuple[str, str]]  # makes a text and its answer


def tasks(sheet: Sheet) -> list[Task]:
    """List what can be done by hand in the chapters of a sheet."""
    return [x for n in sheet.chapters for x in BY_HAND.get(n, [])]


def task(make: Task, student: int) -> tuple[str, str, str]:
    """Return a task's title, text and answer; each student's are different."""
    title = make.__name__.replace("_", " ").capitalize()
    return title, *make(Random(f"{title} {student}"))


def four_cells(dice: Random) -> tuple[str, str]:
    """Draw four scores whose weights are fractions."""
    names = "red", "green", "blue"
    counts, colors = dice.sample(range(1, 7), 4), dice.choices(names, k=4)
    scores = ", ".join(rf"$\ln {n}$" for n in counts)
    text = f"Four cells have the scores {scores} and the colors "
    text += f"{', '.join(colors)}. Work out the weights and the glimpse."
    total = sum(counts)
    weights = ", ".join(str(Fraction(n, total)) for n in counts)
    pairs = list(zip(counts, colors, strict=True))
    glimpse = ", ".join(
        f"{Fraction(sum(n for n, c in pairs if c == color), total)} {color}"
        for color in names
    )
    return text, f"Weights: {weights}. Glimpse: {glimpse}."


def parameters(dice: Random) -> tuple[str, str]:
    """Draw a chain of convolutions whose parameters are to be counted."""
    channels = [3, *(dice.choice([2, 4, 5, 8, 10]) for _ in range(2))]
    kernels = [dice.choice([1, 3, 5]) for _ in range(2)]
    text = f"Two convolutions with a bias have {channels[0]}, {channels[1]} "
    text += f"and {channels[2]} channels and kernels of {kernels[0]} and "
    text += f"{kernels[1]} pixels. A batch norm follows each. How many "
    text += "parameters does the chain have?"
    layers = nn.ModuleList()
    for a, b, k in zip(channels[:-1], channels[1:], kernels, strict=True):
        layers += [nn.Conv2d(a, b, k), nn.BatchNorm2d(b)]
    return text, str(sum(x.numel() for x in layers.parameters()))


def receptive_field(dice: Random) -> tuple[str, str]:
    """Draw a chain of convolutions whose field is asked for."""
    kernels = [dice.choice([3, 5, 7]) for _ in range(3)]
    strides = [dice.choice([1, 2]) for _ in range(3)]
    text = f"Three convolutions have kernels of {listed(kernels)} pixels and "
    text += f"the strides {listed(strides)}. How wide is the receptive field, "
    text += "and how far apart are neighboring keys?"
    wide, jump = solution_of(exercises()["4.2"])(kernels, strides, [1] * 3)
    return text, f"{wide} pixels, {jump} pixels"


def next_run(dice: Random) -> tuple[str, str]:
    """Draw five accuracies; the interval of a sixth is asked for."""
    values = [round(dice.gauss(95, 0.6), 1) for _ in range(5)]
    text = f"Five runs reached {listed(values)} percent. Work out the "
    text += "interval for one more run, with Student's $t = 4.604$."
    low, high = solution_of(exercises()["5.2"])(values, 4.604)
    return text, f"{low:.2f} to {high:.2f} percent"


def many_looks(dice: Random) -> tuple[str, str]:
    """Draw four p-values, which are to be corrected."""
    chances = [x / 1000 for x in dice.sample(range(1, 60), 4)]
    text = f"Four variants have the p-values {listed(chances)}. Correct them "
    text += "by Holm's method."
    found = solution_of(exercises()["7.2"])(chances)
    return text, ", ".join(f"{x:.3g}" for x in found)


def listed(values: list[float]) -> str:
    """Write numbers as a list."""
    return ", ".join(map(str, values))


BY_HAND: dict[int, list[Task]] = {
    3: [four_cells],
    4: [parameters, receptive_field],
    5: [next_run],
    7: [many_looks],
}
