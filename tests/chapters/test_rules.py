"""Every chapter keeps the rules, and every rule can be broken."""

import pathlib
from base64 import b64encode
from functools import cache
from io import BytesIO

import nbformat
import pytest
from building import ADDRESS, CHAPTERS, ROOT, read_notebook
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from rules import COLAB, RULES, code

NAME = pathlib.Path("01_example.ipynb")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_chapter(path, rule):
    assert list(rule(read_notebook(path), path)) == []


def test_there_are_chapters():
    assert CHAPTERS


def test_all_chapters_start_with_the_same_code():
    firsts = {code(read_notebook(path))[0].source for path in CHAPTERS}
    assert len(firsts) == 1


def test_a_chapter_is_small_enough_to_open_anywhere():
    assert all(path.stat().st_size < 2_000_000 for path in CHAPTERS)


REASON = "Here is a reason, of more than forty letters."


def question(n, right, longest=2):
    """Return a question with three options, of which one is right."""
    parts = [f"**Question {n}.** Why?"]
    for place in range(3):
        number = f"{place} %<!-- {'claim:a' if n == 1 else 'given: no'} -->"
        because = " it is so" * (1 + (place == longest))
        text = f"{number} of them, because{because}"
        reply = "**Right.**" if place == right else "**No.**"
        reply = f"{reply} {REASON} See *1.1 · A task*."
        option = f"<summary>{text}</summary>\n\n{reply}"
        parts.append(f"<details>\n{option}\n\n</details>")
    return new_markdown_cell("\n\n".join(parts), id=f"ask-01-{n}")


def a_png(**texts):
    """Return a PNG of one pixel as Jupyter stores it, with texts in it."""
    file, inside = BytesIO(), PngInfo()
    for name, text in texts.items():
        inside.add_text(name, text, zip=True)
    Image.new("L", (1, 1)).save(file, "png", pnginfo=inside)
    return b64encode(file.getvalue()).decode()


def example():
    """Return a chapter that keeps all the rules."""
    data = {"image/png": a_png(svg="<svg/>"), "text/plain": "<Figure>"}
    picture = new_output("display_data", data=data)
    shown = new_output("stream", name="stdout", text="2\n")
    opening = (
        "**What you will learn**, **what you need**, **running time**.\n\n"
        f"[Open in Colab]({COLAB}/blob/main/chapters/{NAME})"
    )
    hint = "<details>\n<summary>Hint</summary>\n\n$x_i$, `{a}`\n\n</details>"
    hints = "".join(f"<summary>Hint {n}: x</summary>" for n in (1, 2, 3))
    task = f"### 1.1 · A task\n\n*Easy, 5 minutes.* {hints}"
    exercises = [new_markdown_cell(task, id=f"ex-01-{n}") for n in (1, 2, 3)]
    stubs = [
        new_code_cell("...", id=f"ex-01-{n}-stub", execution_count=2 + n)
        for n in (1, 2, 3)
    ]
    claim = new_code_cell(
        'claims.check("a", 1)', id="ex-01-3-claim", execution_count=6
    )
    words = f"*Hard, 5 minutes, in words.* {hints}<summary>A model answer"
    cells = [
        new_markdown_cell("# 1 · Example\n\nYou learn by example."),
        new_markdown_cell(opening),
        new_code_cell(f'"google.colab" "git+{ADDRESS}"', execution_count=1),
        new_markdown_cell(hint),
        new_code_cell("1 + 1", execution_count=2, outputs=[picture, shown]),
        *exercises,
        *stubs,
        claim,
        new_markdown_cell(words, id="ex-01-4-words"),
        new_markdown_cell("## Check yourself\n\nChoose."),
        *(question(n, right=n % 3) for n in (1, 2, 3, 4)),
        new_markdown_cell("## What to remember\n\nIt."),
        new_markdown_cell("## Where to read more\n\nThere."),
    ]
    alt = {"alt": "A red line that rises evenly."}
    cells[4].metadata = nbformat.from_dict({"mystnb": {"image": alt}})
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    return new_notebook(cells=cells, metadata=nbformat.from_dict(metadata))


def cell(n, **change):
    """Return a change of cell n."""
    return lambda notebook: notebook.cells[n].update(change)


def source(n, text):
    """Return a change of the text of cell n."""
    return cell(n, source=text)


def moved(n, place):
    """Return a change that moves cell n to another place."""
    return lambda notebook: notebook.cells.insert(place, notebook.cells.pop(n))


def without(n):
    """Return a change that leaves cell n out."""
    return lambda notebook: notebook.cells.pop(n)


def asking(**other):
    """Return a change of what is right, or longest, in all questions."""

    def change(notebook):
        for n in (1, 2, 3, 4):
            known = {"right": n % 3} | {k: f(n) for k, f in other.items()}
            notebook.cells[13 + n] = question(n, **known)

    return change


def replaced(n, old, new):
    """Return a change of all of one wording in cell n."""

    def change(notebook):
        assert old in notebook.cells[n].source
        notebook.cells[n].source = notebook.cells[n].source.replace(old, new)

    return change


def output(**change):
    """Return a change of the text output of the example."""
    return lambda notebook: notebook.cells[4].outputs[1].update(change)


def picture(png):
    """Return a change of the picture of the example."""
    data = {"image/png": png}
    return lambda notebook: notebook.cells[4].outputs[0].update(data=data)


def metadata(**change):
    """Return a change of the metadata of the cell with the picture."""
    return lambda notebook: notebook.cells[4].metadata.update(change)


ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
FAULTS = {
    "no title": source(0, "Example"),
    "no promise": source(0, "# Example"),
    "two titles": source(18, "# What to remember\n\n## What to remember"),
    "no opening": source(1, "Let us start."),
    "another badge": source(1, f"[Open]({COLAB}/blob/main/02.ipynb)"),
    "no closing": source(19, "The end."),
    "no bootstrap": source(2, "import torch"),
    "torch": source(2, f'"google.colab" "git+{ADDRESS}"; "torch"'),
    "a directive": source(3, "```{note}\nLook.\n```"),
    "a role": source(3, "See {doc}`05_training`."),
    "a label": source(3, "(here)=\n## Here"),
    "html": source(3, '<img src="a.png">'),
    "no alt": source(3, "![](a.png)"),
    "not run": cell(4, execution_count=None),
    "run again": cell(4, execution_count=3),
    "stripped": cell(4, outputs=[]),
    "long": source(4, "a = 1\n" * 13),
    "many lines": lambda notebook: [
        cell.update(source="a = 1\n" * 11) for cell in notebook.cells[3:]
    ],
    "many words": source(3, "word " * 5_000),
    "many cells": lambda notebook: notebook.cells.extend(
        new_code_cell("1", execution_count=n) for n in range(7, 52)
    ),
    "many guesses": source(3, "**Guess** it. Guess why. " * 2),
    "a truth": output(text="above twice ln 3: True\n"),
    "too few exercises": without(8),
    "no experiment": source(11, "1 + 1"),
    "no words": without(12),
    "no model answer": replaced(12, "A model answer", "An answer"),
    "no hints": replaced(12, "Hint", "Help"),
    "one hint": replaced(12, "Hint 2", "Help"),
    "no effort": source(6, "### 1.2 · A task, of unknown length"),
    "two hints": source(7, "*Easy, 5 minutes.* <summary>Hint 1</summary>"),
    "no questions": lambda notebook: notebook.cells.__delitem__(slice(13, 18)),
    "three questions": without(17),
    "questions elsewhere": moved(17, 5),
    "questions before the exercises": moved(12, 20),
    "another number": cell(15, id="ask-01-9"),
    "question of another chapter": cell(14, id="ask-02-1"),
    "no measured number": replaced(14, "claim:a", "given: no"),
    "no number of a question": replaced(14, "**Question 1.** ", ""),
    "two options": replaced(14, "details>\n\n<details>", ""),
    "an option without an end": replaced(14, "</summary>\n\n", "</summary>\n"),
    "none right": replaced(15, "Right.", "No."),
    "two right": replaced(15, "No.", "Right."),
    "no verdict": replaced(15, "**No.** ", ""),
    "a verdict alone": replaced(15, REASON, "It is so."),
    "math in an option": replaced(15, "of them", "of $x$"),
    "nowhere to look": replaced(15, "See *1.1 · A task*.", "That is all."),
    "look where nothing is": replaced(15, "See *1.1 ·", "See *1.2 ·"),
    "always the first": asking(right=lambda n: 0),
    "always the longest": asking(longest=lambda n: n % 3),
    "semicolon": source(4, "plot(x);\n"),
    "clears": source(4, "clear_output()"),
    "ignored": source(4, "# NBVAL_IGNORE_OUTPUT\n1 + 1"),
    "ignored by tag": metadata(tags=["nbval-ignore-output"]),
    "skipped by tag": metadata(tags=["skip-execution", "nbval-skip"]),
    "no alt text": metadata(mystnb={}),
    "short alt text": metadata(mystnb={"image": {"alt": "A figure"}}),
    "no drawing": picture(a_png()),
    "error": output(**ERROR),
    "warning": output(name="stderr", text="x.py:1: UserWarning: no"),
    "path": output(text="saved to /home/me/net.pt"),
    "path of the repository": output(text=f"{ROOT}/net.pt"),
    "path in code": source(4, 'open("/tmp/net.pt")'),
    "kernel": lambda notebook: notebook.metadata.kernelspec.update(name="me"),
    "editor": lambda notebook: notebook.metadata.update(colab={}),
    "version": lambda notebook: notebook.metadata.language_info.update(v=3),
    "times": metadata(execution={"iopub.status.busy": "2026-01-01"}),
}


def broken(notebook):
    """Return the names of the rules that a notebook breaks."""
    return {rule.__name__ for rule in RULES if list(rule(notebook, NAME))}


@cache
def broken_by(fault):
    """Plant a fault in the example; return the names of rules it breaks."""
    notebook = example()
    FAULTS[fault](notebook)
    return broken(notebook)


def test_a_good_chapter_breaks_no_rule():
    assert broken(example()) == set()


def test_what_is_folded_away_has_any_length():
    notebook, text = example(), "word " * 4_000
    notebook.cells[3].source += f"\n\n<details>\n\n{text}\n\n</details>"
    notebook.cells[14].source += f"\n\n{text}"  # a question
    notebook.cells[-1].source += f"\n\n{text}"  # the references
    assert broken(notebook) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault):
    assert broken_by(fault)


def test_every_rule_finds_some_fault():
    found = set().union(*map(broken_by, FAULTS))
    assert found == {rule.__name__ for rule in RULES}
