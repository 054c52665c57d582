"""Move a fork to its own address, everywhere: `make rebrand REPO=owner/name`.

The address is in _config.yml. Chapters, README and metadata repeat it, because
they must work outside the book. This changes all of them, or none.
"""

import os
import pathlib
import re
import subprocess
import sys

import yaml

from colorattn.__main__ import in_words
from colorattn.files import write

sys.path.append(str(pathlib.Path(__file__).parents[1] / "_ext"))
from address import published

ROOT = pathlib.Path(__file__).parents[2]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
HOST = "https://github.com/"


def current(root: pathlib.Path) -> str:
    """Return the owner/name in _config.yml."""
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    return config["repository"]["url"].removeprefix(HOST)


def texts(root: pathlib.Path) -> dict[pathlib.Path, str]:
    """Return the text of every file that git tracks or would track."""
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
        except UnicodeDecodeError:  # not a text, so no address in it
            continue
    return found


def pages(repository: str) -> str:
    """Return where GitHub Pages publishes a repository, without https://."""
    return published(repository).removeprefix("https://").rstrip("/")


def moved(text: str, old: str, new: str) -> str:
    """Return a text with every address of `old` replaced by that of `new`.

    An address ends in owner/name or continues below it; a longer name belongs
    to somebody else. There are three kinds: the folder that `git clone` makes,
    the repository, and the published pages.
    """
    end = r"(?![\w-]|\.(?!git\b)\w)"
    clone = rf"git clone \S+/{re.escape(old)}\n *cd "
    folder, new_folder = old.split("/")[1], new.split("/")[1]
    for pattern, replacement in {
        rf"({clone}){re.escape(folder)}$": rf"\g<1>{new_folder}",
        rf"(?<=github)(\.com)?/{re.escape(old)}{end}": rf"\g<1>/{new}",
        rf"(?<=//){re.escape(pages(old))}{end}": pages(new),
    }.items():
        text = re.sub(pattern, replacement, text, flags=re.M)
    return text


def rebrand(root: pathlib.Path, repository: str) -> list[pathlib.Path]:
    """Change every address; return the files that changed.

    Raises ValueError if `repository` isn't owner/name, and OSError if a file
    can't be written; in both cases nothing has changed.
    """
    if not NAME.fullmatch(repository) or repository.endswith(".git"):
        raise ValueError(
            f"{repository!r} is not owner/name: give the two parts that "
            f"follow {HOST} in the address of your fork."
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
    """Give a file another text; its mode stays."""
    content, mode = text.encode(), path.stat().st_mode
    if path.read_bytes() != content:
        write(path, content)
        os.chmod(path, mode)


def main(arguments: list[str]) -> int:
    """Change the address and print which files changed."""
    try:
        (repository,) = arguments
        changed = rebrand(ROOT, repository)
    except (ValueError, OSError) as wrong:
        said = in_words(wrong) if isinstance(wrong, OSError) else wrong
        print(f"make rebrand REPO=owner/name: {said}", file=sys.stderr)
        return 1
    for path in changed:
        print(path.relative_to(ROOT))
    print(f"The course is now at {HOST}{repository}: see git diff.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
