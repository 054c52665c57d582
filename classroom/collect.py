"""Sorts what a learning platform gives into `submitted/`.

Hand-ins are found by the names that Moodle, Canvas, Google Drive and GitHub
Classroom give them. Archives are not trusted: links, absolute paths, `..`,
and contents that are too large are refused.
"""

import datetime
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from classroom.folder import ClassFolder
from colorattn.files import write

MOST_FILES = 200
MOST_BYTES = 500 << 20
NAMES = (  # where the name or the number of a student is in a path
    r"(.+/)?([^/]+)_\d+_assignsubmission_file[^/]*/[^/]+",  # Moodle
    r"(.+/)?([a-z0-9]+)(?:_LATE)?_\d+_\d+_[^/]+",  # Canvas
    r"()([^/]+)/(?:[^/]+/)?[^/]+",  # a folder each
    r"(.+/)?(?:Copy of )?([^/]+)\.(?:ipynb|py)",
)

File = tuple[str, bytes, float]  # path, content, and time of the last change


def collect(folder: ClassFolder, source: Path) -> tuple[int, list[str]]:
    """Copy hand-ins to where they belong; return what had no owner.

    Raises ValueError for an archive that cannot be trusted.
    """
    placed, unknown = 0, []
    owners = names_of(folder)
    for name, content, time in contents(source):
        owner = owner_of(name, owners)
        if owner is None:
            unknown.append(name)
            continue
        path = folder.path / "submitted" / owner / PurePosixPath(name).name
        write(path, content)
        os.utime(path, (time, time))
        placed += 1
    return placed, unknown


def names_of(folder: ClassFolder) -> dict[str, str]:
    """Map what a platform may call a student to the student's id."""
    found: dict[str, set[str]] = {}
    for id, student in folder.students.items():
        words = student.name.split()
        orders = [words, words[-1:] + words[:-1], [id]]
        for key in {plain("".join(order)) for order in orders} - {""}:
            found.setdefault(key, set()).add(id)
    return {key: ids.pop() for key, ids in found.items() if len(ids) == 1}


def owner_of(name: str, owners: dict[str, str]) -> str | None:
    """Return whose hand-in a file is, by its path; None if nobody's."""
    for pattern in NAMES:
        match = re.fullmatch(pattern, name)
        if match and (owner := owners.get(plain(match[2]))):
            return owner
    return None


def plain(name: str) -> str:
    """Return a name's letters and digits, in lower case."""
    return "".join(c for c in name.lower() if c.isalnum())


def contents(source: Path) -> Iterator[File]:
    """List the files of an archive or a folder."""
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            name = path.relative_to(source)
            hidden = any(part.startswith(".") for part in name.parts)
            if path.is_file() and not path.is_symlink() and not hidden:
                yield name.as_posix(), path.read_bytes(), path.stat().st_mtime
    elif zipfile.is_zipfile(source):
        yield from archived(source)
    elif source.is_file():
        yield source.name, source.read_bytes(), source.stat().st_mtime
    else:
        raise ValueError(f"there is no {source}.")


def archived(source: Path) -> Iterator[File]:
    """List an archive's files. Raises ValueError if it's not to be trusted."""
    with zipfile.ZipFile(source) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        size = sum(info.file_size for info in files)
        if len(files) > MOST_FILES or size > MOST_BYTES:
            raise ValueError(
                f"{source.name} holds {len(files)} files of {size >> 20} MB; "
                f"at most {MOST_FILES} of {MOST_BYTES >> 20} MB are unpacked. "
                "Unpack it by hand if you trust it, and give the folder."
            )
        paths = [PurePosixPath(x.filename.replace("\\", "/")) for x in files]
        for info, path in zip(files, paths, strict=True):
            link = stat.S_ISLNK(info.external_attr >> 16)
            if path.is_absolute() or ".." in path.parts or link:
                raise ValueError(
                    f"{source.name} holds {info.filename!r}, which leads out "
                    "of it. Nothing was unpacked."
                )
        for info, path in zip(files, paths, strict=True):
            time = datetime.datetime(*info.date_time).timestamp()
            yield path.as_posix(), archive.read(info), time
