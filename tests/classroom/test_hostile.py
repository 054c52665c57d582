"""Programs that want more than an answer: none is right, none gets out."""

import textwrap
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from hand_ins import cases

from classroom.exercises import ROOT, exercises
from classroom.hand_in import Cell
from classroom.marking import mark_answer
from classroom.sandbox import Limits, Sandbox

LIMITS = Limits(1, clock=20, memory=1 << 28)
EXERCISE = exercises()["4.2"]
PROGRAMS = tomllib.loads(
    Path(__file__).with_name("hostile.toml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def made(sandbox):
    with closing(Sandbox(sandbox, [EXERCISE])) as made:
        yield made


@pytest.fixture(scope="module")
def workers(made):
    """Make a worker, and another one when that has ended."""
    started = []

    def working():
        if started and not started[-1].alive:
            started.pop().close()
        if not started:
            started.append(made.worker(LIMITS))
        return started[-1]

    yield working
    for worker in started:
        worker.close()


def test_there_are_a_hundred_of_them():
    assert len(PROGRAMS) + len(cases("", 0)) >= 100


def mark(worker, source):
    cell = Cell("", "code", source)
    return mark_answer(worker, EXERCISE, cell, [], seed=0)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hostile_program_is_not_right(
    made, workers, outside, listener, name
):
    places = {"OUT": str(outside), "ROOT": str(ROOT)}
    places["PORT"] = listener.getsockname()[1]
    lines = [f"{name} = {value!r}\n" for name, value in places.items()]
    body = textwrap.indent(PROGRAMS[name], "    ")
    found = mark(workers(), f"{''.join(lines)}def field_of(*given):\n{body}")
    assert found.state in ("not yet", "stopped", "not started", "tampered")
    assert len(found.message) < 20_000
    assert {x.name for x in outside.iterdir()} == {"grades.csv"}
    assert (outside / "grades.csv").read_text() == "1,2,3"
    with pytest.raises(TimeoutError):
        listener.accept()
    assert mark(workers(), EXERCISE.solution).state == "right"
    with closing(made.worker(LIMITS)) as next_hand_in:
        assert made.copied  # of the process that the hostile one was copied of
        assert mark(next_hand_in, EXERCISE.solution).state == "right"
