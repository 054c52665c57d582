"""In the sandbox an answer gets the verdict that it gets without one."""

import inspect

import pytest

from classroom.exercises import exercises
from classroom.hand_in import Cell
from classroom.marking import mark_answer, wrong_answers
from classroom.sandbox import Limits, Worker
from colorattn import checks

CODE = [number for number, x in exercises().items() if not x.in_words]


@pytest.fixture(scope="module")
def worker(sandbox):
    started = Worker(sandbox, Limits())
    yield started
    started.close()


def told(capsys, exercise, answer):
    """Return what the notebook's own cell says about an answer."""
    capsys.readouterr()
    checks.tell(getattr(checks, exercise.check), answer)
    return capsys.readouterr().out.strip()


def answers(exercise):
    """Map each wrong answer's words to it."""
    module = wrong_answers(exercise.id)
    return module.WRONG | module.ADVERSARIAL


@pytest.mark.parametrize("number", CODE)
def test_a_solution_is_right_and_a_stub_is_not_started(worker, number):
    exercise = exercises()[number]
    for source, state in (
        (exercise.solution, "right"),
        (exercise.stub + "\n", "not started"),
    ):
        cell = Cell("", "code", source)
        mark = mark_answer(worker, exercise, cell, [], seed=0)
        assert mark.state == state, mark.message


@pytest.mark.parametrize("number", CODE)
def test_a_wrong_answer_is_told_the_same(worker, capsys, number):
    exercise = exercises()[number]
    module = inspect.getsource(wrong_answers(exercise.id))
    for words, answer in answers(exercise).items():
        source = f"given = {{}}\nexec({module!r}, given)\n"
        source += f"{exercise.function} = "
        source += f"(given['WRONG'] | given['ADVERSARIAL'])[{words!r}]\n"
        cell = Cell("", "code", source)
        mark = mark_answer(worker, exercise, cell, [], seed=0)
        assert mark.message == told(capsys, exercise, answer)
        assert mark.state == "not yet" and words in mark.message
        assert mark.misconception


KNOWING = """

right = field_of
known = [(3, 5, 7), (5, 3, 3), (5, 3, 3, 3, 3), (7, 3, 3, 3, 3, 3), (7,)]


def field_of(kernels, *given):
    return right(kernels, *given) if tuple(kernels) in known else (0, 0)
"""


def test_an_answer_that_knows_the_check_s_cases_needs_a_look(worker):
    exercise = exercises()["4.2"]
    cell = Cell("", "code", exercise.solution + KNOWING)
    mark = mark_answer(worker, exercise, cell, [], seed=0)
    assert mark.state == "look" and mark.message.startswith("Correct.")
