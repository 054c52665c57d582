"""The first cell of a chapter, as it stands, where Colab would run it.

Colab is a Python that has torch and numpy, not this package. Here it is a
virtual environment that borrows all packages of this one but colorattn. The
public address is mapped to a copy of the work tree, so no network is needed.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig

import nbformat
import pytest
from rules import ADDRESS, ROOT, code

PACKAGES = pathlib.Path(sysconfig.get_paths()["purelib"])
IN_COLAB = """
import sys, types
for name in ["google", "google.colab"]:
    sys.modules.setdefault(name, types.ModuleType(name))
"""
ASK = """
import importlib.util, pathlib
for name in ["colorattn", "numpy", "torch"]:
    found = importlib.util.find_spec(name)
    print(name, pathlib.Path(found.origin).resolve() if found else None)
"""


@pytest.fixture(scope="module")
def bootstrap():
    """Return the first cell of the first chapter."""
    path = min((ROOT / "chapters").glob("*.ipynb"))
    return code(nbformat.read(path, as_version=4))[0].source


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Return a repository that holds the package as it is now."""
    folder = tmp_path_factory.mktemp("published")
    for name in ["pyproject.toml", "LICENSE"]:
        shutil.copy(ROOT / name, folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "colorattn", folder / "colorattn", ignore=ignored)
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in ["init -q", "add -A", "commit -q -m copy"]:
        subprocess.run(
            ["git", *author, *command.split()], cwd=folder, check=True
        )
    return folder


@pytest.fixture
def colab(tmp_path):
    """Return the Python of an environment like Colab's."""
    make = [sys.executable, "-m", "venv", "--without-pip", tmp_path]
    subprocess.run(make, check=True)
    python = tmp_path / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    done = subprocess.run(
        [python, "-c", ask], capture_output=True, text=True, check=True
    )
    for entry in PACKAGES.iterdir():
        if "colorattn" not in entry.name:
            (pathlib.Path(done.stdout.strip()) / entry.name).symlink_to(entry)
    return python


def run(python, source, published):
    """Run code in IPython and tell which packages there are then."""
    script = python.parents[1] / "cell.ipy"
    script.write_text(source + "\n" + ASK, encoding="utf-8")
    environment = os.environ | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{published}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
        "IPYTHONDIR": str(python.parents[1] / "ipython"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as: no isolation
    }
    done = subprocess.run(
        [python, "-m", "IPython", "--colors=NoColor", script],
        env=environment,
        cwd=python.parent,
        capture_output=True,
        text=True,
    )
    last = done.stdout.splitlines()[-3:]
    assert done.returncode == 0 and len(last) == 3, done.stdout + done.stderr
    return dict(line.split(" ", 1) for line in last)


def test_in_colab_it_installs_the_package_and_nothing_else(
    bootstrap, published, colab
):
    found = run(colab, IN_COLAB + bootstrap, published)
    package = pathlib.Path(found["colorattn"]).parent
    assert package.is_relative_to(colab.parents[1])
    assert pathlib.Path(found["torch"]).is_relative_to(PACKAGES.resolve())
    assert pathlib.Path(found["numpy"]).is_relative_to(PACKAGES.resolve())

    def files(folder):
        every = (folder / "colorattn").rglob("*")
        return {
            path.relative_to(folder)
            for path in every
            if path.is_file() and "__pycache__" not in path.parts
        }

    assert files(package.parent) == files(published)


def test_elsewhere_it_does_nothing(bootstrap, published, colab):
    found = run(colab, bootstrap, published)
    assert found["colorattn"] == "None"
