"""A Python like Colab's: what Colab has, and nothing of this checkout.

It is a virtual environment over a folder of links to those packages of our
own environment that Colab has too; some small ones are installed there as old
as Colab has them. Pip finds all these and fetches what is missing from the
package index, as it does everywhere. What it installs goes into the virtual
environment: nothing that the links lead to can change.
"""

import importlib.metadata
import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rules import ADDRESS, ROOT

# What we count on, with all that it needs: see colab_versions.txt. Colab has
# anywidget too, but has not had it for long.
ROOTS = """
    pip ipykernel torch torchvision numpy pandas scipy matplotlib ipywidgets
    tqdm platformdirs safetensors joblib
""".split()
# Newer ones can be had, so that what upgrades them is found out.
OLD = ["tqdm", "platformdirs", "safetensors", "joblib"]

# In Colab, a kernel has imported this before the first cell runs; anywidget
# asks it to load the front end of widgets, and where from.
OUTPUT = """
class _widgets:
    _installed_url = None


def enable_custom_widget_manager():
    _widgets._installed_url = "https://ssl.gstatic.com/colab-widgets"
"""
STARTUP = "import google.colab.output\n"


@dataclass(frozen=True)
class Base:
    """A folder of packages, and their versions by name."""

    folder: pathlib.Path
    versions: dict[str, str]


@dataclass(frozen=True)
class Colab:
    """A fresh environment over a base, with an empty folder to work in."""

    python: pathlib.Path
    packages: pathlib.Path  # where pip puts what it installs
    content: pathlib.Path
    variables: dict[str, str]

    def installed(self) -> dict[str, str]:
        """Return the versions of what was installed over the base."""
        found = importlib.metadata.distributions(path=[str(self.packages)])
        return {canonicalize_name(each.name): each.version for each in found}

    def run(self, *words, **variables) -> subprocess.CompletedProcess:
        """Run Python with these words, in the folder to work in."""
        return subprocess.run(
            [self.python, *words],
            env=self.variables | variables,
            cwd=self.content,
            capture_output=True,
            text=True,
        )


def needed(roots: list[str]) -> dict[str, importlib.metadata.Distribution]:
    """Return what the roots need, themselves included."""
    found, seen = {}, set()
    waiting = [Requirement(root) for root in roots]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (name, *sorted(wanted.extras)) in seen:
            continue
        seen.add((name, *sorted(wanted.extras)))
        found[name] = importlib.metadata.distribution(name)
        extras = [{"extra": extra} for extra in ["", *wanted.extras]]
        for need in map(Requirement, found[name].requires or []):
            if not need.marker or any(map(need.marker.evaluate, extras)):
                waiting.append(need)
    return found


def colab_versions() -> dict[str, str]:
    """Return the versions that Colab has, that of Python included."""
    file = pathlib.Path(__file__).with_name("colab_versions.txt")
    lines = file.read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if line[0] != "#")


def make_base(folder: pathlib.Path) -> Base:
    """Fill a new folder with what Colab has."""
    found = needed(ROOTS)
    versions = {name: found[name].version for name in found}
    versions |= {name: colab_versions()[name] for name in OLD}
    old = [f"{name}=={versions[name]}" for name in OLD]
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", *old]
    subprocess.run([*pip, "--target", folder], check=True)
    for package in found.values():
        if canonicalize_name(package.name) in OLD:
            continue
        entries = {file.parts[0] for file in package.files or []}
        for entry in entries - {"..", "__pycache__"}:
            if not (folder / entry).exists():  # namespaces are shared
                target = pathlib.Path(package.locate_file(entry)).resolve()
                (folder / entry).symlink_to(target)
    return Base(folder, versions)


def make_colab(
    folder: pathlib.Path, base: Base, published: pathlib.Path
) -> Colab:
    """Make a fresh environment, where git finds the public address here."""
    home = folder / "colab"
    make = [sys.executable, "-m", "venv", "--without-pip", home]
    subprocess.run(make, check=True)
    (packages,) = (home / "lib").glob("python*/site-packages")
    (packages / "base.pth").write_text(f"{base.folder}\n", "utf-8")
    put(packages / "google" / "colab" / "__init__.py", "")
    put(packages / "google" / "colab" / "output.py", OUTPUT)
    profile = home / "ipython"
    put(profile / "profile_default" / "startup" / "colab.py", STARTUP)
    (folder / "content").mkdir()
    # Settings of Python and git could lead back to this checkout.
    foreign = "PYTHON", "PYTEST", "IPYTHON", "JUPYTER", "VIRTUAL_ENV", "GIT_"
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) or name == "GIT_SSL_CAINFO"
    }
    told = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{published}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
        "IPYTHONDIR": str(profile),
    }
    python = home / "bin" / "python"
    return Colab(python, packages, folder / "content", inherited | told)


def put(path: pathlib.Path, text: str) -> None:
    """Write a file into a folder that may not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def listed() -> list[str]:
    """List the files of the work tree that are under version control.

    New ones count as well, unless git ignores them.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others"]
    command.append("--exclude-standard")
    found = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return sorted(name for name in set(found) if (ROOT / name).is_file())


def publish(folder: pathlib.Path) -> pathlib.Path:
    """Make a repository of the work tree as it is now."""
    for name in listed():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in ["init -q", "add -A -f", "commit -q -m copy"]:
        command = ["git", *author, *words.split()]
        subprocess.run(command, cwd=folder, check=True)
    return folder
