"""The class kit: hand out exercises, mark them, see what a class believes."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from classroom import (
    answers_in_words,
    collect,
    export,
    folder,
    grades,
    printing,
    quizzes,
    reports,
)
from classroom.folder import ClassFolder
from classroom.marking import Marks, mark_class, read_marks
from classroom.sandbox import NoSandbox, Stopped, probe
from classroom.sheets import sheet, sheets
from colorattn.files import write

Arguments = argparse.Namespace
GRADERS = {"nbgrader": export.for_nbgrader, "otter": export.for_otter}
TO_LOOK_AT = "look", "not run", "tampered"


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit code, 0 when all went well."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except NoSandbox as reason:
        return say(reason, 3)
    except (ValueError, OSError, Stopped) as reason:
        return say(reason, 1)
    except KeyboardInterrupt:
        return say("stopped; the same command continues.", 130)


def say(reason: object, code: int) -> int:
    """Tell what was wrong, and return the exit code."""
    print(f"classroom: {reason}", file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser("classroom", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[Arguments], int | None], in_folder=True
    ) -> Callable[..., argparse.Action]:
        help = (run.__doc__ or "").splitlines()[0]
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        if in_folder:
            command.add_argument("folder", type=Path)
        return command.add_argument

    option = add("make", make, in_folder=False)
    option("sheets", nargs="*", metavar="SHEET", help="(all)")
    option("--out", type=Path, default=Path("_build/class"))
    option("--students", type=int, default=30, help="worksheets to print")
    option("--paper", choices=["A4", "Letter"], default="A4")
    option("--no-pdf", action="store_true", help="without what needs Chromium")
    option = add("new", new)
    option("--sheet", default="")
    option("--project", default="", metavar="7.5", help="instead of a sheet")
    option("--variants", nargs="+", default=[], help="of a project, in turn")
    option("--students", type=Path, help="a table: id,name,…")
    option = add("collect", collect_files)
    option("sources", type=Path, nargs="+", metavar="ZIP")
    option = add("mark", mark)
    option("--only", nargs="+", metavar="STUDENT", default=[])
    option("--again", action="store_true", help="also what has not changed")
    option("--jobs", type=int, default=2)
    option("--sandbox", choices=["bwrap", "none"], default="bwrap")
    option("--strict", action="store_true")
    add("words", mark_words)
    option = add("show", show)
    option("--anonymous", action="store_true", help="for the projector")
    option = add("return", give_back)
    option("--for", dest="platform", choices=["moodle", "canvas"])
    option("--table", type=Path, help="what the platform exported")
    option("--assignment", default="", help="(Canvas: its column)")
    option("--with-models", action="store_true")
    option = add("export", export_sheet, in_folder=False)
    option("sheet")
    option("--for", dest="grader", choices=[*GRADERS], required=True)
    option("--out", type=Path, required=True)
    add("doctor", doctor, in_folder=False)
    return top


def make(options: Arguments) -> None:
    """Make all that is handed out."""
    chosen = [sheet(name) for name in options.sheets or sheets()]
    files = printing.handed_out(
        chosen, options.students, "" if options.no_pdf else options.paper
    )
    for name, content in tqdm(files, unit=" files"):
        write(options.out / name, content)
    print(f"{options.out}: {len(chosen)} sheets, and the questions")


def new(options: Arguments) -> None:
    """Make a class folder."""
    if bool(options.sheet) == bool(options.project):
        raise ValueError("choose either a --sheet or a --project.")
    name = options.sheet
    if options.project:
        from classroom import projects  # with pandas, SciPy and Matplotlib

        projects.project(options.project)
        name = f"project-{options.project}"
    folder.create(options.folder, name, options.students)
    if options.project:
        projects.hand_out(folder.load(options.folder), options.variants)
        print(f"{options.folder / 'handed_out'}: a notebook for each student")
    print(f"{options.folder}: ready. Put hand-ins into submitted/ID/, or run")
    print(f"python -m classroom collect {options.folder} ARCHIVE.zip")


def collect_files(options: Arguments) -> None:
    """Sort hand-ins from archives or folders into the class folder."""
    own = folder.load(options.folder)
    for source in options.sources:
        placed, unknown = collect.collect(own, source)
        print(f"{source}: {placed} placed")
        for name in unknown:
            print(f"  nobody's: {name}")


def class_with_sheet(options: Arguments) -> ClassFolder:
    """Load a class that has exercises. Raises ValueError for a project's."""
    own = folder.load(options.folder)
    if own.sheet.project:
        raise ValueError(
            "this class has a project, which is pooled and not marked: "
            f"python -m classroom show {options.folder}"
        )
    return own


def mark(options: Arguments) -> int:
    """Mark what is new or changed."""
    own = class_with_sheet(options)
    if options.sandbox != "none":
        probe()
    for name in options.only:
        if name not in own.students:
            raise ValueError(f"there is no student {name!r} in students.csv.")
    chosen = [own.students[name] for name in options.only or own.students]
    if not any(own.hand_in(student)[0] for student in own.students.values()):
        raise ValueError(
            "submitted/ is empty. Put files or the platform's archive there: "
            f"python -m classroom collect {options.folder} ARCHIVE.zip"
        )
    how = options.sandbox, options.jobs, options.again
    marking = mark_class(own, chosen, *how)
    found = list(tqdm(marking, total=len(chosen), unit=" hand-ins"))
    write_results(own, read_marks(own))
    unread = [marks for marks in found if marks.error and marks.file]
    looks = [
        f"{marks.student} {number}"
        for marks in found
        for number, mark in marks.exercises.items()
        if mark.state in TO_LOOK_AT
    ]
    read = sum(not marks.error for marks in found)
    print(f"{read} of {len(found)} marked.")
    for marks in sorted(unread, key=lambda marks: marks.student):
        print(f"Not read: {marks.student} ({marks.file} is {marks.error})")
    if looks:
        print(f"Look at: {', '.join(sorted(looks))}")
    print(f"Overview: {own.marked / 'overview.html'}")
    return 4 if options.strict and (unread or looks) else 0


def write_results(own: ClassFolder, found: list[Marks]) -> None:
    """Write grades, feedback and overview."""
    points = answers_in_words.read_words(own, found)
    table = grades.grades(own, found, points)
    write(own.marked / "grades.csv", folder.csv_text(table))
    write(own.marked / "overview.html", reports.overview(own, found, points))
    for marks in found:
        path = own.marked / "feedback" / f"{marks.student}.html"
        write(path, reports.feedback(own, marks, points))


def mark_words(options: Arguments) -> None:
    """Write the answers in words, to be marked in a spreadsheet."""
    own = class_with_sheet(options)
    found = read_marks(own)
    left = answers_in_words.write_words(own, found)
    write(own.marked / "words.html", reports.words_page(own, found))
    write_results(own, found)
    print(f"{own.marked / 'words.csv'}: {left} answers are not marked yet")


def show(options: Arguments) -> None:
    """Make the overview anew."""
    own = folder.load(options.folder)
    if own.sheet.project:
        from classroom import projects

        projects.show(own, options.anonymous)
    else:
        found = read_marks(own)
        points = answers_in_words.read_words(own, found)
        text = reports.overview(own, found, points, options.anonymous)
        write(own.marked / "overview.html", text)
    print(own.marked / "overview.html")


def give_back(options: Arguments) -> None:
    """Make what goes back: feedback, and grades for Moodle or Canvas."""
    own, platform = class_with_sheet(options), options.platform
    if platform and options.table is None:
        raise ValueError(
            f"--for {platform} needs --table: the file of grades that the "
            "platform lets you download."
        )
    found = read_marks(own)
    points = answers_in_words.read_words(own, found)
    files = {
        f"{marks.student}.html": reports.feedback(
            own, marks, points, options.with_models
        )
        for marks in found
    }
    made = {"feedback.zip": quizzes.archive(files)}
    table = grades.grades(own, found, points)
    if platform == "moodle":
        made["grades-moodle.csv"] = grades.for_moodle(table, options.table)
    elif platform == "canvas":
        made["grades-canvas.csv"] = grades.for_canvas(
            table, options.table, options.assignment
        )
    for name, content in made.items():
        write(own.marked / name, content)
        print(own.marked / name)


def export_sheet(options: Arguments) -> None:
    """Write a sheet as nbgrader or otter-grader wants it."""
    files = GRADERS[options.grader](sheet(options.sheet))
    for name, content in files.items():
        write(options.out / name, content)
        print(options.out / name)


def doctor(options: Arguments) -> None:
    """Say whether the sandbox works here, and what to do if it does not."""
    probe()
    print("bubblewrap works: answers run in a sandbox")


if __name__ == "__main__":
    sys.exit(main())
