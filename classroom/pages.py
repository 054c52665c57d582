"""What comes back: a page for each learner, and the overview of the class.

The pages are in `templates/`; they run no script and may load nothing, and
whatever a learner wrote is escaped. What a program printed is not in them: it
may be what the program has read.
"""

from collections import Counter, defaultdict
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from classroom.folder import ClassFolder
from classroom.grades import grades
from classroom.markdown import to_html
from classroom.marking import STATES, Marks
from classroom.sheets import rubrics
from classroom.words import Marked, answers

# Dark enough for white figures; their order tells them apart without color.
COLORS = dict(
    zip(
        STATES,
        "#1b7a3d #8a6d00 #b24a00 #8f2d56 #767676 #5a5a5a #3d5a80 #000".split(),
        strict=True,
    )
)
UNFINISHED = "not yet", "stopped", "look"
STUCK = 3  # exercises that are not right yet


@cache
def templates() -> Environment:
    """Return the templates, which escape all that is put into them."""
    found = Environment(
        autoescape=True,
        loader=PackageLoader("classroom"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    found.globals["to_html"] = to_html
    return found


def render(name: str, /, **facts: Any) -> bytes:
    """Return a page."""
    text = templates().get_template(name).render(facts)
    return text.encode(errors="replace")


def feedback(
    folder: ClassFolder, marks: Marks, words: Marked, with_models: bool = False
) -> bytes:
    """Return the page of one learner."""
    return render(
        "feedback.html",
        title=folder.sheet.title,
        sheet=folder.sheet,
        marks=marks,
        grades=grades(folder, [marks], words)[0],
        overrides=folder.overrides,
        words=words,
        rubrics=rubrics(),
        with_models=with_models,
    )


def words_page(folder: ClassFolder, class_marks: list[Marks]) -> bytes:
    """Show all answers in words, without names, beside what to look for."""
    return render(
        "words.html",
        title=f"Answers in words: {folder.sheet.title}",
        sheet=folder.sheet,
        answers=answers(folder, class_marks),
        rubrics=rubrics(),
    )


def overview(
    folder: ClassFolder,
    class_marks: list[Marks],
    words: Marked,
    anonymous: bool = False,
) -> bytes:
    """Return the page about a class; names are in it unless anonymous."""
    read = [marks for marks in class_marks if not marks.error]
    numbers = folder.sheet.numbers
    names = {id: x.name or id for id, x in folder.students.items()}
    return render(
        "overview.html",
        title=f"Overview: {folder.sheet.title}",
        numbers=numbers,
        read=len(read),
        everybody=class_marks,
        states={number: counts(read, number) for number in numbers},
        colors=COLORS,
        misconceptions=misconceptions(read),
        rubric_means=rubric_means(folder, words),
        names={} if anonymous else names,
        stuck=[(x.student, why) for x in class_marks if (why := stuck(x))],
    )


def counts(class_marks: list[Marks], number: str) -> dict[str, int]:
    """Count the answers to an exercise in each state."""
    found = Counter(
        marks.exercises[number].state
        for marks in class_marks
        if number in marks.exercises
    )
    return {state: found[state] for state in STATES if found[state]}


def misconceptions(class_marks: list[Marks]) -> list[tuple[Any, ...]]:
    """List (exercise, name, how many, what to say), most frequent first."""
    said: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for marks in class_marks:
        for number, mark in marks.exercises.items():
            if mark.state == "not yet":
                name = mark.misconception or "no name"
                said[number, name].append(mark.message)
    rows = [(*key, len(told), told[0]) for key, told in said.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def rubric_means(folder: ClassFolder, words: Marked) -> list[tuple[str, ...]]:
    """List (exercise, line of its rubric, how many answers have it)."""
    rows = []
    for number in folder.sheet.numbers:
        marked = [
            found.lines
            for (_, other), found in words.items()
            if other == number and found.points is not None
        ]
        for n, line in enumerate(rubrics()[number]["lines"] if marked else ()):
            mean = sum(lines[n] or 0 for lines in marked) / len(marked)
            rows.append((number, line, f"{mean:.0%} of {len(marked)}"))
    return rows


def stuck(marks: Marks) -> str:
    """Say why a learner may need help; empty if there is no reason."""
    states = [mark.state for mark in marks.exercises.values()]
    begun = {*states} - {"not started", "missing"} or any(marks.words.values())
    wrong = sum(state in UNFINISHED for state in states)
    if marks.error or not begun:
        return marks.error or "has not begun"
    return f"{wrong} exercises are not right yet" if wrong >= STUCK else ""
