"""Every exercise refuses its stub, accepts its solution, teaches the rest.

Stub and solution are read from the chapters by cell id; wrong answers to
exercise `ex-CC-N` are in `ex_CC_N.py`, by words of the message that each must
get; those in `ADVERSARIAL` give the right answer to random input.
"""

import ast
import pathlib
import re

import numpy as np
import pytest
import torch

from classroom.exercises import CHECK, chapters, exercise_cells, exercises
from classroom.marking import wrong_answers
from colorattn import checks
from colorattn.checks.answers import close, integer, number, numbers

HERE = pathlib.Path(__file__).parent
EXERCISES = {x.id: x for x in exercises().values() if not x.in_words}
CELLS = {
    id: cells
    for chapter in chapters().values()
    for id, cells in exercise_cells(chapter).items()
}
MODULES = {name: wrong_answers(name) for name in EXERCISES}
WRONG = {name: m.WRONG | m.ADVERSARIAL for name, m in MODULES.items()}


def answer(name, part):
    """Run the stub or the solution; return the check and the function."""
    exercise = EXERCISES[name]
    space = {}
    exec(exercise.imports, space)
    exec(getattr(exercise, part), space)
    return getattr(checks, exercise.check), space[exercise.function]


def test_there_are_exercises_and_all_have_wrong_answers():
    files = {path.stem for path in HERE.glob("ex_*.py")}
    assert files
    assert files == {name.replace("-", "_") for name in EXERCISES}


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_has_three_cells_and_its_solution_is_hidden(name):
    assert {"text", "stub", "check", "solution"} <= CELLS[name].keys()
    hidden = CELLS[name]["solution"]["metadata"]
    assert "hide-cell" in hidden["tags"]  # in the book
    assert hidden["jupyter"]["source_hidden"] is True  # in JupyterLab
    assert hidden["cellView"] == "form"  # in Colab


@pytest.mark.parametrize("name", EXERCISES)
def test_a_solution_leaves_the_learners_answer_alone(name):
    function, solution = EXERCISES[name].function, CELLS[name]["solution"]
    _, shown = CHECK.search(solution["source"]).groups()
    assert shown == f"{function}_solution"
    code = ast.parse(solution["source"])
    made = [n.name for n in code.body if isinstance(n, ast.FunctionDef)]
    assert shown in made and function not in made


@pytest.mark.parametrize("name", EXERCISES)
def test_a_stub_is_not_started(name):
    check, stub = answer(name, "stub")
    with pytest.raises(checks.NotStarted, match="Nothing returned yet"):
        check(stub)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_solution_is_accepted(name):
    check, solution = answer(name, "solution")
    check(solution)


@pytest.mark.parametrize(
    ("name", "words"),
    [(name, words) for name in EXERCISES for words in WRONG[name]],
)
def test_a_wrong_answer_meets_its_own_message(name, words):
    check, _ = answer(name, "solution")
    with pytest.raises(AssertionError, match=re.escape(words)):
        check(WRONG[name][words])


@pytest.mark.parametrize("name", EXERCISES)
def test_messages_differ_and_one_wrong_answer_passes_on_random_input(name):
    wrong, adversarial = MODULES[name].WRONG, MODULES[name].ADVERSARIAL
    assert len(WRONG[name]) == len(wrong) + len(adversarial) >= 2
    _, solution = answer(name, "solution")
    assert adversarial
    for seed in range(5):
        random = torch.Generator().manual_seed(seed)
        given = MODULES[name].random_input(random)
        expected = solution(*given)
        for function in adversarial.values():
            torch.testing.assert_close(function(*given), expected)


def stopping(query, keys):
    return query[keys.shape[0] :][0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda query, keys: None, "Nothing returned yet."),
        (lambda query, keys: keys[0] / 2, "Not quite: "),
        (stopping, "Your code raised IndexError in line"),
        (len, "Your code raised TypeError: "),
    ],
    ids=["nothing", "wrong", "stops", "not even Python's"],
)
def test_telling_prints_and_never_raises(given, words, capsys):
    checks.tell(checks.attend, given)
    assert capsys.readouterr().out.startswith(words)


def test_telling_says_right_and_one_thing_more(capsys):
    checks.tell(lambda answer: None, len)
    assert capsys.readouterr().out == "Correct.\n"
    checks.tell(lambda answer: "Try 7.", len)
    assert capsys.readouterr().out == "Correct. Try 7.\n"


def test_the_next_cells_run_a_right_answer_and_else_the_solution(capsys):
    check, stub = answer("ex-01-1", "stub")
    _, solution = answer("ex-01-1", "solution")
    wrong = next(iter(WRONG["ex-01-1"].values()))

    def right(*given):
        return solution(*given)

    def color_of_solution(*given):
        return solution(*given)

    for given in stub, wrong, stopping, len:
        picked = checks.pick(check, given, color_of_solution)
        assert picked is color_of_solution
        told = "Running the solution until your color_of is correct.\n"
        assert capsys.readouterr().out == told
    assert checks.pick(check, right, color_of_solution) is right
    assert capsys.readouterr().out == "Running your color_of.\n"


@pytest.mark.parametrize(
    "value", [[2.0, 3.0], (2, 3), torch.tensor([2, 3]), np.array([2.0, 3.0])]
)
def test_numbers_may_come_in_any_sequence(value):
    assert numbers(value, 2) == [2.0, 3.0]
    with pytest.raises(AssertionError, match="return 3 numbers"):
        numbers(value, 3)


@pytest.mark.parametrize(
    "value",
    [2, 2.0, np.float32(2), np.int64(2), torch.tensor(2), torch.tensor([2.0])],
)
def test_one_number_may_be_pythons_numpys_or_pytorchs(value):
    assert number(value) == 2.0


@pytest.mark.parametrize("value", [2.0, "2", torch.tensor(2), np.float32(2)])
def test_an_integer_is_no_float_text_or_tensor(value):
    assert integer(np.int64(2)) == integer(2) == 2
    with pytest.raises(AssertionError, match="return an integer"):
        integer(value)


def test_values_of_different_shapes_are_never_close():
    assert close([1.0, 1.0], torch.tensor([1.0, 1.00001]))
    assert not close([1.0, 1.0], [1.0, 1.001])
    assert not close([1.0, 1.0], 1.0)
