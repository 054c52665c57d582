"""Data to test with: some symbols, an invented world, the real one."""

import functools
import http.server
import os
import socket
import threading
from dataclasses import replace

import pytest
import torch
from fake_sources import COPIES, SIZES, Mirror, World, point_mirrors

from colorattn.data import download, symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, fixed_scenes

COUNTS = 2, 3, 5, 7, 11, 13, 17, 19, 23, 29  # drawings of each class


def pytest_runtest_setup(item):
    if item.get_closest_marker("cuda") and not torch.cuda.is_available():
        pytest.skip("this machine has no CUDA device")


@pytest.fixture
def drawings() -> symbols.Symbols:
    """Symbols without a single black pixel, all different."""
    random = torch.Generator().manual_seed(0)
    shape = sum(COUNTS), 28, 28
    images = torch.randint(1, 256, shape, generator=random).byte()
    counts = torch.tensor(COUNTS)
    return symbols.Symbols(images, counts, "mnist", "train", "a test")


@pytest.fixture
def scenes(drawings) -> Batch:
    return fixed_scenes(drawings, Scene(), n=11, seed=0)


@pytest.fixture
def world(tmp_path, monkeypatch):
    """An invented world, in which mirrors refuse to be called."""
    world = World(tmp_path)
    # Homes as well: a fault in choosing the cache must not reach the real one.
    for home in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(home, str(tmp_path / "home"))
    monkeypatch.setenv("COLORATTN_CACHE", str(world.cache))
    monkeypatch.setenv("PATH", str(world.clients))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(symbols, "TRAIN", SIZES["train"])
    for name, origin in list(download.ORIGINS.items()):
        origin = replace(origin, md5=world.md5(name))
        monkeypatch.setitem(download.ORIGINS, name, origin)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        point_mirrors(monkeypatch, world, deaf.getsockname()[1])
        yield world


@pytest.fixture
def everywhere(world, monkeypatch):
    """The invented world, with both registries asked for both data sets."""
    for name, origin in list(download.ORIGINS.items()):
        origin = replace(origin, **COPIES)
        monkeypatch.setitem(download.ORIGINS, name, origin)
    return world


@pytest.fixture
def mirrors(world, monkeypatch):
    """A server on this machine that torchvision takes for its mirrors."""
    folder = world.folder / "mirrors"
    folder.mkdir()
    handler = functools.partial(Mirror, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        point_mirrors(monkeypatch, world, server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield world
        server.shutdown()
        thread.join()


@pytest.fixture(params=symbols.CLASSES)
def real(request):
    """The name of a real data set; skips where it is not in the cache."""
    origin = download.ORIGINS[request.param]
    folder = download.cache_folder() / origin.folder / "raw"
    if not all((folder / file).exists() for file in origin.md5):
        if os.environ.get("CI") != "true":
            pytest.skip("the real data is not in the cache: try `make data`")
        assert symbols.load(request.param).source != "subset"
    return request.param
