"""Write files atomically, and notify the person at the keyboard."""

import os
import secrets
import sys
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write a file atomically: a reader finds the old or the new content.

    It goes to a temporary file beside it, which is then renamed. Raises
    OSError if the folder cannot be written to or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with open(partial, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def notify(line: str) -> None:
    """Print a line to stderr, where it does not mix with results."""
    print(line, file=sys.stderr)
