"""Marks hand-ins: the check runs here, the learner's function does not.

What is found about each learner goes into a file of its own, atomically, so
that marking can be stopped at any moment and continues where it was. No
points are in it: they follow from the states, see `grades`.
"""

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from classroom.exercises import ROOT, Exercise
from classroom.folder import ClassFolder, Student
from classroom.forbidden import reaches_outside
from classroom.hand_in import Cell, HandIn, read
from classroom.sandbox import Answer, Sandbox, Stopped, Tampered, Worker
from colorattn import checks
from colorattn.files import write

STATES = (
    "right",
    "look",  # right on the check's cases, wrong on drawn ones
    "not yet",
    "stopped",
    "not started",
    "missing",
    "not run",  # without a sandbox, and it reaches outside
    "tampered",
)
DRAWS = 5  # inputs of the second look


@dataclass
class Mark:
    """What was found about one exercise of one learner."""

    state: str
    message: str
    source: str = ""
    misconception: str = ""


@dataclass
class Marks:
    """What was found about one learner's hand-in."""

    student: str
    file: str = ""
    digest: str = ""  # of the file, and of how it was marked
    error: str = ""  # why it could not be read
    notes: list[str] = field(default_factory=list)
    exercises: dict[str, Mark] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def mark_class(
    folder: ClassFolder,
    students: list[Student],
    kind: str,  # of the sandbox: "bwrap" or "none"
    jobs: int = 2,  # threads, which only wait for workers
    again: bool = False,  # also what has not changed
) -> Iterator[Marks]:
    """Mark what is new or changed; yield each learner's marks when done."""
    for partial in folder.marked.rglob(".*.partial"):
        partial.unlink()  # left behind when marking was killed
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pool = ThreadPoolExecutor(jobs)
    code = [x for x in folder.sheet.exercises if not x.in_words]
    sandbox = Sandbox(kind, code)
    try:
        tasks = [
            pool.submit(mark_student, folder, student, sandbox, again)
            for student in students
        ]
        for task in as_completed(tasks):
            yield task.result()
    finally:
        pool.shutdown(cancel_futures=True)
        sandbox.close()
        torch.set_num_threads(threads)


def mark_student(
    folder: ClassFolder, student: Student, sandbox: Sandbox, again: bool
) -> Marks:
    """Mark one hand-in; if it was marked before, return what was found."""
    path, notes = folder.hand_in(student)
    if path is None:
        return Marks(student.id, error="nothing handed in")
    content = b"" if path.is_symlink() else path.read_bytes()
    limits = folder.limits(student)
    conditions = f"{sandbox.kind}\n{limits}"
    digest = hashlib.sha256(content + conditions.encode()).hexdigest()
    before = None if again else load_marks(folder, student.id)
    if before is not None and before.digest == digest:
        return before
    marks = Marks(student.id, path.name, digest, notes=notes)
    try:
        hand_in = read(path)
        marks.notes += hand_in.notes
        seed = int.from_bytes(hashlib.sha256(content).digest()[:7])
        mark_hand_in(marks, hand_in, seed, folder, sandbox)
    except (ValueError, OSError) as reason:
        marks.error = str(reason)
    kept = file_of(folder, student.id)
    write(kept, (json.dumps(asdict(marks), indent=1) + "\n").encode())
    return marks


def mark_hand_in(
    marks: Marks,
    hand_in: HandIn,
    seed: int,
    folder: ClassFolder,
    sandbox: Sandbox,
) -> None:
    """Mark every exercise of the sheet, with one worker for all of them."""
    worker, limits = None, folder.limits(folder.students[marks.student])
    with ExitStack() as started:
        for exercise in folder.sheet.exercises:
            number = exercise.number
            if exercise.in_words:
                marks.words[number] = hand_in.words(exercise)
                continue
            cell, notes = hand_in.code(exercise)
            marks.notes += [f"{number}: {note}" for note in notes]
            others = hand_in.other_code(cell)
            screened = sandbox.kind == "none"
            if screened:
                others = [x for x in others if not reaches_outside(x)]
            mark = before_running(exercise, cell, screened)
            if mark is None:
                if worker is None or not worker.alive:
                    worker = sandbox.worker(limits)
                    started.enter_context(closing(worker))
                mark = mark_answer(worker, exercise, cell, others, seed)
            marks.exercises[number] = mark


def before_running(
    exercise: Exercise, cell: Cell | None, screened: bool
) -> Mark | None:
    """Mark what need not or must not run; None for all else."""
    if cell is None:
        return Mark("missing", "The exercise is not in the file.")
    if cell.source.strip() == exercise.stub:
        message = "Nothing returned yet: the cell is as it was given."
        return Mark("not started", message, cell.source)
    if screened and (reasons := reaches_outside(cell.source)):
        message = f"Not run; a teacher looks first at {', '.join(reasons)}."
        return Mark("not run", message, cell.source)
    return None


def mark_answer(
    worker: Worker,
    exercise: Exercise,
    cell: Cell,
    others: list[str],
    seed: int,
) -> Mark:
    """Check one answer, which runs in the sandbox."""
    source = cell.source
    solution_of(exercise)  # imports much, and not in the learner's time
    try:
        with worker.running(exercise, source, others) as answer:
            more = getattr(checks, exercise.check)(answer)
            right = right_again(exercise, answer, seed)
    except checks.NotStarted as reason:
        return Mark("not started", str(reason), source)
    except AssertionError as reason:
        name = misconception(exercise, str(reason))
        return Mark("not yet", f"Not quite: {reason}", source, name)
    except Stopped as reason:
        tampered = isinstance(reason, Tampered)
        state = "tampered" if tampered else "stopped"
        return Mark(state, str(reason), source)
    except Exception as error:  # of the check, by what came back
        said = f"Your code raised {type(error).__name__}: {error}"
        return Mark("stopped", said, source)
    message = f"Correct. {more}" if more else "Correct."
    return Mark("right" if right else "look", message, source)


def right_again(exercise: Exercise, answer: Answer, seed: int) -> bool:
    """Say whether an answer equals the solution on inputs drawn at random."""
    solution = solution_of(exercise)
    draw = wrong_answers(exercise.id).random_input
    for n in range(DRAWS):
        ours, theirs = (
            draw(torch.Generator().manual_seed(seed + n)) for _ in range(2)
        )
        expected = solution(*ours)
        try:
            torch.testing.assert_close(answer(*theirs), expected)
        except Exception:  # also a result of another type
            return False
    return True


@cache
def solution_of(exercise: Exercise) -> Callable[..., Any]:
    """Return the function of an exercise's solution."""
    space: dict[str, Any] = {}
    exec(exercise.imports, space)
    exec(exercise.solution, space)
    return space[exercise.function]


@cache
def wrong_answers(id: str) -> ModuleType:
    """Import what learners get wrong in an exercise.

    The module's WRONG and ADVERSARIAL map words of the check's messages to
    wrong answers, and `random_input` draws arguments.
    """
    path = ROOT / f"tests/wrong_answers/{id.replace('-', '_')}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def misconception(exercise: Exercise, message: str) -> str:
    """Name the mistake that a check has found; empty if it has no name."""
    module = wrong_answers(exercise.id)
    names = [*module.WRONG, *module.ADVERSARIAL]
    return next((words for words in names if words in message), "")


def file_of(folder: ClassFolder, student: str) -> Path:
    """Return where the marks of a student are kept."""
    return folder.marked / "students" / f"{student}.json"


def load_marks(folder: ClassFolder, student: str) -> Marks | None:
    """Read what was found about a learner; None if that is to be done."""
    try:
        facts = json.loads(file_of(folder, student).read_text("utf-8"))
        found = {k: Mark(**v) for k, v in facts.pop("exercises").items()}
        return Marks(**facts, exercises=found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_marks(folder: ClassFolder) -> list[Marks]:
    """Read what was found about every student."""
    found = []
    for id, student in folder.students.items():
        handed_in, _ = folder.hand_in(student)
        error = "not marked yet" if handed_in else "nothing handed in"
        found.append(load_marks(folder, id) or Marks(id, error=error))
    return found
