"""Write files whole or not at all, and tell the person what happens."""

import os
import secrets
import sys
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write a file so that no reader, ever, finds half of it.

    The content goes to a file beside it, which then takes its name; a
    process that is killed in between leaves the old file as it was. Raises
    OSError where the folder cannot be written to or the disk is full.
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
    """Tell the person at the keyboard, without stopping the work."""
    print(line, file=sys.stderr)
