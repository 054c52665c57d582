"""What comes back: a page for each learner, and the overview of the class.

The pages are in `templates/`; they run no script and may load nothing, and
whatever a learner wrote is escaped. What a program printed is not in them: it
may be what the program has read.
"""

from collections import Counter, defaultdict
from typing import Any

from classroom.answers_in_words import Marked, answers
from classroom.folder import ClassFolder
from classroom.grades import grades
from classroom.marking import STATES, Marks
from classroom.rendering import render
from classroom.sheets import question, rubrics

# Dark enough for white figures; their order tells them apart without color.
HUES = "#1b7a3d #8a6d00 #b24a00 #8f2d56 #767676 #5a5a5a #3d5a80 #000".split()
COLORS = dict(zip(STATES, HUES, strict=True))
UNFINISHED = "not yet", "stopped", "look"
STUCK = 3  # exercises that are not right yet


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
    found = Counter(
        (number, mark.state)
        for marks in read
        for number, mark in marks.exercises.items()
    )
    states = {
        number: {s: n for s in STATES if (n := found[number, s])}
        for number in numbers
    }
    names = {id: x.name or id for id, x in folder.students.items()}
    return render(
        "overview.html",
        title=f"Overview: {folder.sheet.title}",
        numbers=numbers,
        read=len(read),
        everybody=class_marks,
        states=states,
        colors=COLORS,
        misconceptions=misconceptions(read),
        rubric_means=rubric_means(folder, words),
        names={} if anonymous else names,
        stuck=[(x.student, why) for x in class_marks if (why := stuck(x))],
    )


def misconceptions(class_marks: list[Marks]) -> list[tuple[Any, ...]]:
    """List (exercise, name, how many, what to say, what to ask).

    The most frequent come first.
    """
    said = defaultdict(list)
    for marks in class_marks:
        for number, mark in marks.exercises.items():
            if mark.state == "not yet":
                name = mark.misconception or "no name"
                said[number, name].append(mark.message)
    rows = [
        (*key, len(told), told[0], question(*key))
        for key, told in said.items()
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def rubric_means(folder: ClassFolder, words: Marked) -> list[tuple[str, ...]]:
    """List (exercise, line of its rubric, how many answers have it)."""
    marked = defaultdict(list)
    for (_, number), found in words.items():
        if found.points is not None:
            marked[number].append(found.lines)
    return [
        (number, line, f"{sum(points) / len(points):.0%} of {len(points)}")
        for number in folder.sheet.numbers
        if number in marked
        for line, points in zip(
            rubrics()[number]["lines"],
            zip(*marked[number], strict=True),
            strict=True,
        )
    ]


def stuck(marks: Marks) -> str:
    """Say why a learner may need help; empty if there is no reason."""
    states = [mark.state for mark in marks.exercises.values()]
    begun = {*states} - {"not started", "missing"} or any(marks.words.values())
    wrong = sum(state in UNFINISHED for state in states)
    if marks.error or not begun:
        return marks.error or "has not begun"
    return f"{wrong} exercises are not right yet" if wrong >= STUCK else ""
