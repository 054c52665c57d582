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


def places(root: pathlib.Path, repository: str) -> dict[pathlib.Path, str]:
    """Return the text of every file under version control that names it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True
    )
    found = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = root / name
        if not path.is_file() or path.is_symlink():
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:  # no text, so no address
            continue
        if mention(repository).search(text):
            found[path] = text
    return found


def mention(repository: str) -> re.Pattern[str]:
    """Match the repository where an address ends in it, or goes on below."""
    return re.compile(rf"(?<=github)(\.com)?/{re.escape(repository)}(?![\w-])")


def rebrand(root: pathlib.Path, repository: str) -> list[pathlib.Path]:
    """Change every address; return the files that changed.

    Raises ValueError for what is no owner/name, before anything is changed.
    """
    if not NAME.fullmatch(repository) or repository.endswith(".git"):
        raise ValueError(
            f"{repository!r} is no owner/name: give the two parts that follow "
            f"{HOST} in the address of your fork."
        )
    old = mention(current(root))
    changed = {
        path: old.sub(rf"\g<1>/{repository}", text)
        for path, text in places(root, current(root)).items()
    }
    for path, text in changed.items():
        mode = path.stat().st_mode
        write(path, text.encode())
        os.chmod(path, mode)
    return list(changed)


def main(arguments: list[str]) -> int:
    """Change the address and say where."""
    try:
        (repository,) = arguments
        changed = rebrand(ROOT, repository)
    except ValueError as wrong:
        print(f"make rebrand REPO=owner/name: {wrong}", file=sys.stderr)
        return 1
    for path in changed:
        print(path.relative_to(ROOT))
    print(f"The course now lives at {HOST}{repository}: see git diff.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
