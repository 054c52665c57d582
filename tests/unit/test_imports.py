"""Imports go one way, from left to right, and each map of the code is true."""

import ast
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "colorattn"
CORE = "files", "data", "model", "analysis", "training", "runs"
LEFT_OF = {  # what each part of the package may import
    **{part: set(CORE[:n]) for n, part in enumerate(CORE)},
    "figures": {"files", "data", "model", "analysis"},
    "widgets": {"files", "data", "model", "analysis", "figures"},
    "claims": {"files"},
    "checks": set(),
    "__main__": {*CORE, "claims"},
}
SUBPACKAGES = sorted(p.parent.name for p in PACKAGE.glob("*/__init__.py"))


def arrows(folder: Path = PACKAGE) -> set[tuple[str, str]]:
    """List (module, imported module), such as ("data.scene", "files")."""
    found = set()
    for path in folder.rglob("*.py"):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            prefix = ""
            if isinstance(node, ast.ImportFrom):
                assert not node.level, f"{module}: import by the full name"
                prefix = f"{node.module}."
            elif not isinstance(node, ast.Import):
                continue
            for name in node.names:
                first, *rest = f"{prefix}{name.name}".split(".")
                if first == "colorattn" and rest:
                    known = folder.joinpath(*rest[:2]).with_suffix(".py")
                    depth = 2 if known.exists() else 1
                    found.add((module, ".".join(rest[:depth])))
    return found


def wrong(found: set[tuple[str, str]]) -> list[str]:
    """Draw the arrows that do not point to the left."""
    return [
        f"{module} -> {imported}"
        for module, imported in sorted(found)
        for a, b in [(module.split(".")[0], imported.split(".")[0])]
        if a != b and b not in LEFT_OF[a]
    ]


def test_a_part_imports_only_from_those_left_of_it():
    assert wrong(arrows()) == []


def test_modules_of_a_part_import_each_other_in_no_circle():
    inside: dict[str, set[str]] = {}
    for module, imported in arrows():
        if module != imported and not module.endswith("__init__"):
            inside.setdefault(module, set()).add(imported)
    TopologicalSorter(inside).prepare()  # raises CycleError, naming it


def test_an_arrow_to_the_right_is_drawn(tmp_path):
    for part in ("data", "model"):
        (tmp_path / part).mkdir()
    (tmp_path / "data" / "scene.py").write_text(
        "def f():\n    from colorattn.model.encoder import Encoder\n"
        "from colorattn import files, runs\nimport colorattn.data.scene"
    )
    (tmp_path / "model" / "encoder.py").write_text(
        "import torch\nfrom colorattn.data import scene"
    )
    found = arrows(tmp_path)
    assert ("model.encoder", "data.scene") in found
    assert wrong(found) == [
        "data.scene -> model.encoder",
        "data.scene -> runs",
    ]


@pytest.mark.parametrize("name", SUBPACKAGES)
def test_the_docstring_of_a_part_names_each_of_its_modules(name):
    text = import_module(f"colorattn.{name}").__doc__
    modules = [p.stem for p in (PACKAGE / name).glob("[a-z]*.py")]
    missing = [m for m in modules if f"`{m}`" not in text]
    assert missing == [], f"colorattn/{name}/__init__.py does not name them"
    named = {word for word in text.split("`")[1::2] if word.isidentifier()}
    face = import_module(f"colorattn.{name}")
    gone = [w for w in named if w not in modules and not hasattr(face, w)]
    assert gone == [], "these are named and do not exist"


def test_the_docstring_of_the_package_names_each_part():
    text = import_module("colorattn").__doc__
    parts = [p.stem for p in PACKAGE.glob("*.py") if p.stem != "__init__"]
    assert [p for p in [*parts, *SUBPACKAGES] if p not in text] == []
