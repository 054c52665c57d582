"""Move a fork to its own address, everywhere: `make rebrand REPO=owner/name`.

The address stands in _config.yml. Chapters, README and metadata repeat it,
since they must work outside the book; this changes them all, or none.
"""

import os
import pathlib
import re
import subprocess
import sys

import yaml

from colorattn.files import write

ROOT = pathlib.Path(__file__).parents[2]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
HOST = "https://github.com/"


def current(root: pathlib.Path) -> str:
    """Return owner/name as _config.yml has it."""
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    return config["repository"]["url"].removeprefix(HOST)


def texts(root: pathlib.Path) -> dict[pathlib.Path, str]:
    """Return the text of every file that git has, or would have if asked."""
    command = ["git", "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*command, "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    found = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = root / name
        if not path.is_file() or path.is_symlink():
            continue
        try:
            found[path] = path.read_bytes().decode()
        except UnicodeDecodeError:  # no text, so no address
            continue
    return found


def moved(text: str, old: str, new: str) -> str:
    """Return a text in which every address of `old` is one of `new`.

    An address ends in owner/name, or goes on below it: longer names are
    others' addresses. It may be that of the published pages; and who has
    cloned the repository changes to a folder of its name.
    """
    was, name = old.split("/")
    owner, folder = new.split("/")
    end = r"(?![\w-]|\.(?!git\b)\w)"
    clone = rf"git clone \S+/{re.escape(old)}\n *cd "
    for pattern, there in {
        rf"({clone}){re.escape(name)}$": rf"\g<1>{folder}",
        rf"(?<=github)(\.com)?/{re.escape(old)}{end}": rf"\g<1>/{new}",
        rf"\b{re.escape(was)}(\.github\.io)/{re.escape(name)}{end}": (
            rf"{owner}\g<1>/{folder}"
        ),
    }.items():
        text = re.sub(pattern, there, text, flags=re.M)
    return text


def rebrand(root: pathlib.Path, repository: str) -> list[pathlib.Path]:
    """Change every address; return the files that changed.

    Raises ValueError for what is no owner/name, before anything is changed,
    and OSError where a file cannot be written, with all as it was.
    """
    if not NAME.fullmatch(repository) or repository.endswith(".git"):
        raise ValueError(
            f"{repository!r} is no owner/name: give the two parts that follow "
            f"{HOST} in the address of your fork."
        )
    old = current(root)
    before = texts(root)
    after = {path: moved(before[path], old, repository) for path in before}
    changed = [path for path in before if before[path] != after[path]]
    try:
        for path in changed:
            put(path, after[path])
    except BaseException:
        for path in changed:
            put(path, before[path])
        raise
    return changed


def put(path: pathlib.Path, text: str) -> None:
    """Write a file that is there, with its mode, unless it has this text."""
    content, mode = text.encode(), path.stat().st_mode
    if path.read_bytes() != content:
        write(path, content)
        os.chmod(path, mode)


def main(arguments: list[str]) -> int:
    """Change the address and say where."""
    try:
        (repository,) = arguments
        changed = rebrand(ROOT, repository)
    except (ValueError, OSError) as wrong:
        print(f"make rebrand REPO=owner/name: {wrong}", file=sys.stderr)
        return 1
    for path in changed:
        print(path.relative_to(ROOT))
    print(f"The course now lives at {HOST}{repository}: see git diff.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
