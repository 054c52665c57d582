"""What does it cost to mark thirty honest hand-ins? `make bench-class`.

Some are right, some are wrong, and some are stubs, as in a class. Prints the
time by the clock (the target is 90 seconds on two idle cores) and of the
processors, which a busy machine does not change; beside it nbgrader's, where
`make test-class-others` has installed it (the target is a third of it).
"""

import argparse
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from classroom import export, folder, notebooks, sandbox
from classroom.__main__ import main
from classroom.exercises import ROOT
from classroom.sheets import sheet
from colorattn.files import write

SHEET = sheet("third")
NBGRADER = ROOT / "_build/others/bin/nbgrader"


def hand_in(book: dict, n: int) -> bytes:
    """Return a sheet of which some exercises are solved."""
    cells = {cell["id"]: cell for cell in book["cells"]}
    for k, exercise in enumerate(SHEET.exercises):
        if exercise.in_words:
            cells[f"{exercise.id}-answer"]["source"] = "Because."
        elif (n + k) % 5:  # else it is left as it was
            solved = exercise.solution
            wrong = f"\n\n\ndef {exercise.function}(*given):\n    return 0.0\n"
            solved += wrong * ((n + k) % 5 == 1)
            cells[f"{exercise.id}-stub"]["source"] = solved
    return json.dumps(book).encode()


def ours(place: Path, students: int) -> float:
    """Mark a class with the kit; return the seconds of computing."""
    path = place / "class"
    folder.create(path, SHEET.name, None)
    book = notebooks.student(SHEET)
    for n in range(students):
        name = f"student-{n:02}"
        content = hand_in(json.loads(book), n)
        write(path / "submitted" / name / "sheet.ipynb", content)
    inside = [0.0]  # what is in the sandbox is no child that we wait for
    clean_up = sandbox.Copy.clean_up

    def clean_up_and_count(copy: sandbox.Copy) -> None:
        clean_up(copy)
        inside.append(seconds(psutil.Process().children(recursive=True)))

    sandbox.Copy.clean_up = clean_up_and_count
    begun = time.process_time()
    assert main(["mark", str(path)]) == 0
    return time.process_time() - begun + max(inside)


def seconds(processes: list[psutil.Process]) -> float:
    """Return what processes, and those they waited for, have computed."""
    found = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended meanwhile
            found += sum(process.cpu_times()[:4])
    return found


def nbgrader(place: Path, students: int) -> float:
    """Let nbgrader grade the same class; return the seconds of computing."""
    name = SHEET.name
    for path, content in export.for_nbgrader(SHEET).items():
        write(place / path, content)
    variables = {"PATH": f"{NBGRADER.parent}:/usr/bin:/bin"}

    def run(*words: str) -> None:
        command = [NBGRADER, *words]
        subprocess.run(
            command, cwd=place, env=variables, check=True, capture_output=True
        )

    run("generate_assignment", name)
    book = (place / f"release/{name}/{name}.ipynb").read_text("utf-8")
    for n in range(students):
        path = place / f"submitted/student-{n:02}/{name}/{name}.ipynb"
        write(path, hand_in(json.loads(book), n))
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    run("autograde", name, "--create")
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(ended[:2]) - sum(begun[:2])


def measure(who: Callable[[Path, int], float], students: int) -> float:
    """Print what marking takes; return the seconds of computing."""
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        took = who(Path(place), students)
    clock = time.perf_counter() - begun
    print(f"{who.__name__}: {clock:.0f} s by the clock, {took:.0f} s of CPU")
    return took


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=30)
    students = parser.parse_args().students
    took = measure(ours, students)
    if not NBGRADER.exists():
        sys.exit("nbgrader is not there: make test-class-others installs it")
    print(f"{took / measure(nbgrader, students):.2f} of nbgrader's CPU time")
