"""In the sandbox an answer gets the verdict that it gets without one."""

import inspect
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from classroom.exercises import exercises
from classroom.hand_in import Cell
from classroom.marking import mark_answer, wrong_answers
from classroom.sandbox import Limits, Sandbox
from colorattn import checks

CODE = [number for number, x in exercises().items() if not x.in_words]


@pytest.fixture(scope="module")
def made(sandbox):
    code = [exercises()[number] for number in CODE]
    with closing(Sandbox(sandbox, code)) as made:
        yield made


@pytest.fixture(scope="module")
def worker(made):
    with closing(made.worker(Limits())) as worker:
        yield worker


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


def returned(worker, body):
    """Return what a program returns, which runs as an answer does."""
    source = "import ctypes, os\nlibc = ctypes.CDLL(None)\n\n\n"
    source += f"def field_of():\n{textwrap.indent(body, '    ')}"
    with worker.running(exercises()["4.2"], source, []) as answer:
        return answer()


WRITES = """
found = []
for folder, _, _ in os.walk("/"):
    try:
        open(f"{folder}/left", "w").write("x")
        found.append(folder)
    except OSError:
        pass
return found
"""
LOOKS = """
left = [folder for folder, _, files in os.walk("/") if "left" in files]
return left + os.listdir("/proc") + os.listdir("/dev/pts")
"""
UNCOVERS = """
libc.unshare({})
places = b"/tmp", b"/dev/shm", b"/dev/pts", b"/proc"
return [libc.umount2(place, 2) for place in places]
"""
OPEN = """
def is_open(file):
    try:
        return bool(os.fstat(file))
    except OSError:
        return False


return sum(map(is_open, range(1000)))
"""


def test_nothing_of_a_hand_in_is_there_for_another(made, worker):
    own = {"/tmp", "/dev/shm", "/dev/pts", "/proc"}
    assert set(returned(worker, WRITES)) == own
    with closing(made.worker(Limits())) as other:
        assert made.copied and returned(other, LOOKS) == ["cpuinfo"]


@pytest.mark.parametrize("namespaces", [0, 0x1002_0000])  # none; user, mount
def test_a_hand_in_cannot_uncover_what_is_hidden(worker, namespaces):
    assert returned(worker, UNCOVERS.format(namespaces)) == [-1] * 4


def test_a_hand_in_has_its_socket_and_no_other_file(worker):
    assert returned(worker, OPEN) == 4  # and what a program has


WAITS = """
from contextlib import closing
from classroom.exercises import exercises
from classroom.sandbox import Limits, Sandbox
source = "import time\\n\\n\\ndef field_of():\\n"
source += "    for _ in range(20):\\n        time.sleep(0.1)\\n    return 7\\n"
exercise = exercises()["4.2"]
with closing(Sandbox("bwrap", [exercise])) as made:
    with closing(made.worker(Limits(clock=5))) as worker:
        with worker.running(exercise, source, []) as answer:
            print("ready", flush=True)
            print(answer(), flush=True)
"""


def test_the_clock_stands_while_the_machine_does(sandbox):
    """A laptop that is closed makes no endless loop of what ran on it."""
    command = [sys.executable, "-c", WAITS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as own:
        assert own.stdout.readline() == "ready\n"
        marker = psutil.Process(own.pid)
        machine = [marker, *marker.children(recursive=True)]
        for process in machine:
            process.suspend()
        time.sleep(6)
        for process in machine:
            process.resume()
        assert own.stdout.readline() == "7\n"


def test_a_copy_shares_no_memory_that_can_be_written(made, worker):
    started = psutil.Process(made.source.process.started.pid)
    *_, source = started.children(recursive=True)[:2]
    lines = Path(f"/proc/{source.pid}/maps").read_text().splitlines()
    assert any("torch" in line for line in lines)
    shared = [line for line in lines if "s" in line.split()[1]]
    assert not [line for line in shared if "w" in line.split()[1]]


def test_where_copies_are_forbidden_each_hand_in_gets_a_process(
    sandbox, monkeypatch
):
    def forbidden(*given):
        raise OSError("Operation not permitted")

    monkeypatch.setattr("classroom.sandbox.Copy", forbidden)
    exercise = exercises()["4.2"]
    cell = Cell("", "code", exercise.solution)
    with closing(Sandbox(sandbox, [exercise])) as made:
        with closing(made.worker(Limits())) as own:
            assert own.process is not made.source.process
            mark = mark_answer(own, exercise, cell, [], seed=0)
    assert mark.state == "right"
