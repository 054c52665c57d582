"""The first cell of every chapter, as it stands, where Colab would run it.

Environments are fresh and folders empty; nothing here but the package index is
asked over a network.
"""

import json
import pathlib
import tomllib

import nbformat
import pytest
from colab import ROOTS, colab_versions, listed, make_colab, put
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from rules import ROOT, code

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PROJECT["project"]
NEEDS = {
    canonicalize_name(need.name): need
    for need in map(Requirement, PROJECT["dependencies"])
}
# From here on, what starts a process or asks a network fails.
NOTHING_STARTS = """
import sys
refused = ["subprocess.Popen", "os.system", "os.posix_spawn", "os.fork"]
refused += ["os.exec", "socket.connect", "socket.getaddrinfo"]
def refuse(event, arguments):
    if event in refused:
        raise RuntimeError(f"refused: {event}")
sys.addaudithook(refuse)
"""
IMPORTS = """
refused = []  # PyTorch looks for compilers
import colorattn, json, numpy, torch
print(json.dumps([m.__file__ for m in (colorattn, numpy, torch)]))
"""


def cells():
    """Return the first cells of all chapters, without repetition."""
    chapters = {}
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        source = code(nbformat.read(path, as_version=4))[0].source
        chapters.setdefault(source, []).append(path.name[:2])
    names = ["chapters " + " ".join(names) for names in chapters.values()]
    return {"params": list(chapters), "ids": names}


def run(colab, script, **variables):
    """Run a script in IPython, as a kernel would run its cells."""
    file = colab.python.parents[1] / "script.ipy"
    file.write_text(script, encoding="utf-8")
    words = ["-m", "IPython", "--colors=NoColor", file]
    return colab.run(*words, **variables)


def contents(folder):
    """Return the files and links below a folder, with sizes and times."""
    return {
        path: (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if "__pycache__" not in path.parts and not path.is_dir()
    }


def pip_list(colab):
    """Return the versions that pip finds, in the base or over it."""
    done = colab.run("-m", "pip", "list", "--format=json")
    assert done.returncode == 0, done.stderr
    return {
        canonicalize_name(each["name"]): each["version"]
        for each in json.loads(done.stdout)
    }


@pytest.fixture
def colab(tmp_path, base, published):
    """A fresh environment."""
    return make_colab(tmp_path, base, published)


@pytest.fixture(scope="module", **cells())
def cell(request):
    """The source of a first cell."""
    return request.param


@pytest.fixture(scope="module")
def bootstrapped(cell, base, published, tmp_path_factory):
    """An environment in which a first cell has run, and what it said.

    Right after it, in the same process, it runs again.
    """
    folder = tmp_path_factory.mktemp("bootstrapped")
    colab = make_colab(folder, base, published)
    before = contents(base.folder)
    done = run(colab, cell + NOTHING_STARTS + cell + IMPORTS)
    assert contents(base.folder) == before
    return colab, done


def test_the_base_is_what_colab_has_and_nothing_more(colab, base):
    assert set(ROOTS) <= set(base.versions)
    assert pip_list(colab) == base.versions
    alone = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    done = colab.run("-m", "pip", "install", "--dry-run", *ROOTS, **alone)
    assert done.returncode == 0, done.stderr  # it lacks nothing
    assert "Would install" not in done.stdout
    for absent in ["colorattn", "jaxtyping", "nbformat", "pytest"]:
        done = colab.run("-c", f"import {absent}")
        assert "ModuleNotFoundError" in done.stderr
    done = colab.run("-c", "import sys; print(*sys.path, sep='\\n')")
    assert str(ROOT) not in done.stdout


def test_it_makes_the_package_importable(bootstrapped, base):
    colab, done = bootstrapped
    assert done.returncode == 0, done.stdout + done.stderr
    assert [*map(pathlib.Path, json.loads(done.stdout))] == [
        colab.packages / "colorattn" / "__init__.py",
        base.folder / "numpy" / "__init__.py",
        base.folder / "torch" / "__init__.py",
    ]


def test_it_installs_what_is_missing_and_nothing_else(bootstrapped, base):
    colab, _ = bootstrapped
    found = colab.installed()
    assert {"colorattn", *NEEDS} - set(base.versions) <= set(found)
    assert not set(found) & set(base.versions)
    assert pip_list(colab) == base.versions | found
    done = colab.run("-m", "pip", "check")
    assert done.returncode == 0, done.stdout


def test_it_installs_all_files_of_the_package(bootstrapped):
    colab, _ = bootstrapped
    found = {
        path.relative_to(colab.packages).as_posix(): path.read_bytes()
        for path in (colab.packages / "colorattn").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = [name for name in listed() if name.startswith("colorattn/")]
    assert found == {name: (ROOT / name).read_bytes() for name in names}


def test_it_leaves_the_working_folder_empty(bootstrapped):
    colab, _ = bootstrapped
    assert list(colab.content.iterdir()) == []


def test_a_later_run_does_nothing(bootstrapped, cell):
    """Not even after a restart of the kernel."""
    colab, _ = bootstrapped
    before = contents(colab.packages)
    done = run(colab, NOTHING_STARTS + cell)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
    assert contents(colab.packages) == before


def test_a_first_run_does_something(colab, cell):
    """Or the tests above would not notice what a later one does."""
    done = run(colab, NOTHING_STARTS + cell)
    assert "refused: subprocess.Popen" in done.stdout


def test_elsewhere_it_does_nothing(colab, cell):
    profile = str(colab.python.parents[1] / "another_profile")
    done = run(colab, NOTHING_STARTS + cell, IPYTHONDIR=profile)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
    assert colab.installed() == {}


FAILURES = {
    "the address is wrong": (
        {"GIT_CONFIG_KEY_0": "url.file:///nowhere.insteadOf"},
        "'/nowhere' does not appear to be a git repository",
    ),
    "there is no network": (
        {"GIT_CONFIG_KEY_0": "url.http://127.0.0.1:1/a.insteadOf"},
        "unable to access 'http://127.0.0.1:1/a",
    ),
    "the package index is away": (
        {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""},
        "No matching distribution found for setuptools",
    ),
    "pip is killed": ({"PATH": "killers"}, "Run this again"),
}
TWICE = """
import os
first = get_ipython().run_cell(cell)
print("first:", first.error_in_exec)
os.environ |= good
get_ipython().run_cell(cell).raise_error()
"""


@pytest.mark.parametrize("failure", FAILURES)
def test_after_a_failure_it_says_why_and_what_to_do(colab, cell, failure):
    variables, reason = FAILURES[failure]
    if failure == "pip is killed":
        killer = colab.python.parents[1] / "killers" / "git"
        put(killer, "#!/bin/sh\nkill -9 $PPID\n")
        killer.chmod(0o755)
        path = f"{killer.parent}:{colab.variables['PATH']}"
        variables = {"PATH": path}
    before = contents(colab.packages)
    done = run(colab, cell, **variables)
    assert "RuntimeError: Run this again; pip says:" in done.stdout
    assert reason in done.stdout
    assert contents(colab.packages) == before
    assert list(colab.content.iterdir()) == []


def test_after_a_failure_it_can_run_again(colab, cell):
    """In the same kernel, which may remember what it did not find."""
    bad, _ = FAILURES["the package index is away"]
    good = {name: colab.variables.get(name, "") for name in bad}
    script = f"cell = {cell!r}\ngood = {good!r}\n" + TWICE + IMPORTS
    done = run(colab, script, **bad)
    assert "first: Run this again; pip says:" in done.stdout
    assert done.returncode == 0, done.stdout
    assert "colorattn" in colab.installed()


def test_what_colab_has_is_what_the_package_asks_for():
    """Its own versions, which may be older than those of the base."""
    colabs = colab_versions()
    assert colabs.pop("python") in SpecifierSet(PROJECT["requires-python"])
    assert set(ROOTS) <= set(colabs)
    for name in NEEDS.keys() & colabs.keys():
        assert colabs[name] in NEEDS[name].specifier
