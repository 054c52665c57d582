"""Hand-ins of a whole class for the sheet of chapter 4, honest and hostile.

Each says what its 4.3 has to be found as. The rest of a sheet is right where
nothing else is said.
"""

import copy
import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classroom import notebooks
from classroom.exercises import ROOT, exercises
from classroom.sheets import sheet

SHEET = sheet("chapter-04")
RIGHT = {e.id: e.solution for e in SHEET.exercises if not e.in_words}
WORDS = "Only the heads differ, by 10, because no gradient changes."
HEAD = "def share_seen(ink, field, stride):\n"


@dataclass(frozen=True)
class Case:
    """One hand-in, and what has to be found."""

    state: str  # of exercise 4.3; where there is a race, one or another
    says: str = ""  # words of its message
    content: bytes = b""
    file: str = "sheet.ipynb"
    note: str = ""  # words of a note about the file
    error: str = ""  # words of why it can't be read
    others: str = "right"  # state of the other exercises in code


def with_sources(content: bytes, sources: dict[str, str]) -> dict:
    """Return a notebook with other sources for some cells, by their ids."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    return notebook


def filled(answers=(), words=WORDS) -> dict:
    """Return a sheet with right answers, and some others instead."""
    code = {f"{id}-stub": x for id, x in (RIGHT | dict(answers)).items()}
    texts = {f"{x.id}-answer": words for x in SHEET.exercises if x.in_words}
    return with_sources(notebooks.student(SHEET), code | texts)


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table that the kit has written."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def with_answer(code: str, state: str, says: str = "", words=WORDS) -> Case:
    """Return a sheet whose 4.3 is something else."""
    notebook = filled({"ex-04-3": code}, words)
    return Case(state, says, json.dumps(notebook).encode())


def changed(
    change: Callable, state="right", file="sheet.ipynb", **facts
) -> Case:
    """Return a sheet that was changed as a whole."""
    notebook = filled()
    content = change(notebook)
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return Case(state, content=content, file=file, **facts)


def without_ids(notebook):
    """Save as Colab does with a notebook of the older format."""
    for n, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"] = {"id": f"aBc{n}"}
    del notebook["metadata"]["classroom"]
    return {**notebook, "nbformat_minor": 0, "metadata": {"colab": {}}}


def twice(notebook):
    """Copy the cell of 4.3, with its id, and leave the stub before it."""
    cells = notebook["cells"]
    place = next(n for n, c in enumerate(cells) if c["id"] == "ex-04-3-stub")
    stub = copy.deepcopy(cells[place])
    stub["source"] = exercises()["4.3"].stub
    cells.insert(place, stub)
    return notebook


def without_it(notebook):
    """Delete the cells of 4.3."""
    cells = notebook["cells"]
    kept = [c for c in cells if not c["id"].startswith("ex-04-3")]
    return {**notebook, "cells": kept}


def with_output(notebook):
    """Keep 50 MB of what a cell has printed."""
    text = {
        "output_type": "stream",
        "name": "stdout",
        "text": "x" * 50_000_000,
    }
    for cell in notebook["cells"]:
        if cell["id"] == "ex-04-3-check":
            cell["outputs"] = [text]
    return notebook


def as_program(notebook):
    """Export to Python, as Jupyter does."""
    parts = []
    for cell in notebook["cells"]:
        lines = "".join(cell["source"]).splitlines()
        code = cell["cell_type"] == "code"
        parts += ["# In[ ]:", *(x if code else f"# {x}" for x in lines), ""]
    return "\n".join(parts).encode()


def everywhere(code: str) -> list[tuple[str, str]]:
    """Give the same code for every exercise, under each one's name."""
    return [
        (exercise.id, code.replace("NAME", exercise.function))
        for exercise in SHEET.exercises
        if not exercise.in_words
    ]


def cases(outside: str, port: int) -> dict[str, Case]:
    """Map each hand-in's name to it.

    `outside` is a folder that no answer may read or change, `port` one on
    this machine that listens.
    """
    reads = f"""import os
{HEAD}    found = [p for p in os.environ if "TOKEN" in p]
    for place in ({outside!r}, {str(ROOT / "chapters")!r}, "/home"):
        found += [place for _ in os.walk(place)]
    raise ValueError(f"read {{len(found)}} files")
"""
    deletes = f"""import os, shutil
{HEAD}    try:
        shutil.rmtree({outside!r})
    except OSError as error:
        raise ValueError(f"no: {{error.strerror}}")
    raise ValueError("deleted")
"""
    sends = f"""import socket
{HEAD}    line = socket.create_connection(("127.0.0.1", {port}), timeout=2)
    line.sendall(b"stolen")
    raise ValueError("sent")
"""
    orphans = f"""import ctypes, os, time
{HEAD}    for _ in range(20):
        if os.fork() == 0:
            os.setsid()
            ctypes.CDLL(None).prctl(15, b"orphan{port}", 0, 0, 0)
            time.sleep(600)
            os._exit(0)
    return ink
"""
    evil = f"""
class Evil:
    def __reduce__(self):
        import os
        return os.system, ("touch {outside}/owned",)


{HEAD}    return Evil()
"""
    forged = f"""import os
from classroom import messages
{HEAD}    for descriptor in range(3, 64):
        for kind in ("ready", "over", "calls", "result"):
            try:
                os.write(descriptor, messages.frame({{kind: -1}}))
            except OSError:
                pass
    return ink
"""
    garbage = f"""import os
{HEAD}    for descriptor in range(3, 64):
        try:
            os.write(descriptor, os.urandom(100_000))
        except OSError:
            pass
    return ink
"""
    checks_gone = """import colorattn.checks as checks
for name in list(vars(checks)):
    if name != "tell" and callable(getattr(checks, name)):
        setattr(checks, name, lambda answer: None)


def NAME(*given, **named):
    return 0.0
"""
    frames = f"""import sys, torch
{HEAD}    torch.allclose = lambda *given, **named: True
    frame = sys._getframe(1)
    while frame:
        for name in ("close", "started"):
            frame.f_globals[name] = lambda *given: True
        frame = frame.f_back
    return ink
"""
    full = json.dumps(filled(), ensure_ascii=False)
    latin = json.dumps(filled(words="Größe überall"), ensure_ascii=False)
    return {
        "right": with_answer(RIGHT["ex-04-3"], "right", "Correct."),
        "stub": with_answer(exercises()["4.3"].stub, "not started"),
        "pass": with_answer(
            HEAD + "    pass", "not started", "Nothing returned"
        ),
        "sum": with_answer(
            HEAD + "    return ink.sum(dim=(1, 2))",
            "not yet",
            "Not quite: ",
        ),
        "syntax": with_answer(
            "def share_seen(ink, field, stride)\n    return 1",
            "stopped",
            "SyntaxError in line 1 of the cell",
        ),
        "error": with_answer(
            HEAD + "    return 1 / 0", "stopped", "ZeroDivisionError in line 2"
        ),
        "loop": with_answer(
            HEAD + "    while True: pass", "stopped", "never ends"
        ),
        "stubborn": with_answer(
            HEAD + "    while True:\n        try:\n            while True:"
            "\n                pass\n        except BaseException:"
            "\n            pass",
            "stopped",
            "never ends",
        ),
        "asleep": with_answer(
            f"import time\n{HEAD}    time.sleep(600)", "stopped", "never ends"
        ),
        "memory": with_answer(
            HEAD + "    x = []\n    while True:\n        x.append("
            "bytearray(1 << 26))",
            "stopped",
            "MemoryError in line 4",
        ),
        "deletes": with_answer(deletes, "stopped", "ValueError"),
        "reads": with_answer(reads, "stopped", "read 0 files"),
        "sends": with_answer(sends, "stopped", "ConnectionRefused"),
        "exit": with_answer(
            f"import os\n{HEAD}    os._exit(0)", "stopped", "left Python"
        ),
        "crash": with_answer(
            f"import os, signal\n{HEAD}    os.kill(os.getpid(), 11)",
            "stopped",
            "crashed (SIGSEGV)",
        ),
        "recursion": with_answer(
            HEAD + "    return share_seen(ink, field, stride)",
            "stopped",
            "RecursionError",
        ),
        "kills": with_answer(
            f"import os\n{HEAD}    os.kill(os.getppid(), 9)",
            "stopped or not started",
        ),
        "orphans": with_answer(orphans, "not yet"),
        "evil": with_answer(
            evil, "not yet", words="<script>document.title = 'x'</script>"
        ),
        "prints": with_answer(
            HEAD + "    for _ in range(2_000_000):\n        print('y' * 100)",
            "stopped",
            "more than 20 MB",
        ),
        "says right": Case(
            "not started",
            content=json.dumps(
                filled(
                    everywhere("def NAME(*x, **y):\n    print('Correct.')\n")
                )
            ).encode(),
            others="not started",
        ),
        "no checks": Case(
            "not yet",
            content=json.dumps(filled(everywhere(checks_gone))).encode(),
            others="not yet",
        ),
        "frames": with_answer(frames, "not yet"),
        "forged": with_answer(forged, "stopped or tampered"),
        "garbage": with_answer(garbage, "tampered", "was no answer"),
        "deleted": changed(without_it, "missing"),
        "twice": changed(twice, note="the cell is there twice"),
        "renamed": changed(lambda book: book, file="Copy of sheet (2).ipynb"),
        "no ids": changed(without_ids, note="by the function's name"),
        "program": changed(as_program, file="sheet.py", note="a program"),
        "output": changed(with_output),
        "latin": Case(
            "right", content=latin.encode("latin-1", "replace"), note="Latin-1"
        ),
        "mark": Case("right", content=b"\xef\xbb\xbf" + full.encode()),
        "cut": Case(
            "missing",
            content=full[: len(full) * 2 // 3].encode(),
            error="cut off or damaged: not JSON from character",
        ),
        "word": Case("", content=b"PK\x03\x04 no \x00", error="an archive"),
        "pdf": Case("", content=b"%PDF-1.7", error="a PDF"),
        "web": Case("", content=b" <!doctype html>", error="a web page"),
        "list": Case("", content=b"[1, 2]", error="it has no cells"),
        "deep": Case("", content=b"[" * 100_000, error="nested too deeply"),
        "empty": Case("", error="empty"),
        "odd cells": Case(
            "missing",
            content=b'{"cells": [1, null, {"source": 3}, {"id": [], "source": '
            b'{"a": 1}, "cell_type": "code"}]}',
            others="missing",
        ),
    }
