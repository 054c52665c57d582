r"""The questions of the chapters for a learning platform.

Moodle XML keeps categories and shuffles options; GIFT is shorter; Canvas and
others read QTI 1.2. Formulas are in `\(…\)`, which all of them render.
"""

import io
import re
import zipfile
from hashlib import sha256

from classroom.exercises import Question, questions
from classroom.rendering import render

EPOCH = (1980, 1, 1, 0, 0, 0)  # of files in an archive: the same bytes always


def quizzes() -> dict[str, bytes]:
    """Map the name of each file of questions to its content."""
    by_chapter: dict[int, list[Question]] = {}
    for question in questions().values():
        by_chapter.setdefault(question.chapter, []).append(question)
    gift = render("questions.gift", chapters=by_chapter, plain=plain)
    moodle = render("moodle.xml", chapters=by_chapter)
    found = {"questions.gift": gift, "questions.moodle.xml": moodle}
    for chapter, asked in by_chapter.items():
        found[f"chapter-{chapter:02}.qti.zip"] = qti(chapter, asked)
    return found


def qti(chapter: int, asked: list[Question]) -> bytes:
    """Return a chapter's questions as a QTI 1.2 archive."""
    title = f"Attention in Color, chapter {chapter}"
    name = f"g{sha256(title.encode()).hexdigest()[:31]}"
    facts = {"name": name, "title": title, "questions": asked}
    return archive(
        {
            "imsmanifest.xml": render("qti_manifest.xml", **facts),
            f"{name}/{name}.xml": render("qti.xml", **facts),
            f"{name}/assessment_meta.xml": render("qti_meta.xml", **facts),
        }
    )


def archive(files: dict[str, bytes]) -> bytes:
    """Return a ZIP archive, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path, content in files.items():
            info = zipfile.ZipInfo(path, EPOCH)
            packed.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def plain(text: str) -> str:
    """Escape what GIFT takes for its own signs."""
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", " ")
