"""Imports go one way, and no module grows beyond a screen or three."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "colorattn"
LINES = 300  # of a module, at most
# A module imports only from rows above its own. This is CONTRIBUTING's table.
ROWS = [
    ("files", "provenance", "paired", "seeds"),
    ("origins",),
    ("sources",),
    ("symbols",),
    ("scene",),
    ("stream",),
    (
        "encoder",
        "measures",
        "augmentation",
        "baselines",
        "resampling",
        "confusion",
    ),
    ("readers", "regions"),
    ("model",),
    ("experiment", "probes"),
    ("training", "failures", "naming", "suspects", "likeness"),
    ("checkpoint", "pretraining", "leftovers"),
    ("records",),
    ("storing",),
    ("ablation",),
    ("sweeps",),
    ("figures",),
    ("claims", "widgets", "checks", "export"),
    ("commands",),
    ("__main__",),
]
ROW = {name: n for n, names in enumerate(ROWS) for name in names}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(source: str) -> set[str]:
    """List the modules of the package that a source text imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write `from colorattn import …` in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        parts = [name.split(".") for name in names]
        found |= {p[1] for p in parts if p[0] == "colorattn" and len(p) > 1}
    return found


def wrong_way(module: str, source: str) -> set[str]:
    """List imports that are not from rows above the module's own."""
    allowed = {name for name, row in ROW.items() if row < ROW[module]}
    return imported(source) - allowed - {module}


# Worked by hand.


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import colorattn.stream", {"stream"}),
        ("import colorattn.stream as s, torch", {"stream"}),
        ("from colorattn import stream, model as m", {"stream", "model"}),
        ("from colorattn.figures.maps import show", {"figures"}),
        ("def f():\n    from colorattn.model import attend", {"model"}),
        ("import torch\nfrom torch import nn", set()),
    ],
)
def test_imports_are_found_wherever_they_stand(source, found):
    assert imported(source) == found


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("stream", "from colorattn.model import attend", {"model"}),
        ("encoder", "from colorattn.measures import look", {"measures"}),
        ("checks", "from colorattn import claims", {"claims"}),
        ("checks", "from colorattn.checks.tell import tell", set()),
        ("model", "from colorattn.gone import x", {"gone"}),
        ("__main__", "from colorattn import claims, records", set()),
    ],
)
def test_an_import_the_wrong_way_is_found(module, source, found):
    assert wrong_way(module, source) == found


# The package as it is.


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_only_from_rows_above(path):
    module = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    source = path.read_text(encoding="utf-8")
    if module == "__init__":
        (only,) = ast.parse(source).body
        assert isinstance(only, ast.Expr), "__init__ is a docstring"
        return
    assert module in ROW, f"{module} needs a row: say where it belongs"
    assert wrong_way(module, source) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_can_be_read_at_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES


def test_modules_have_one_row_each():
    assert len(ROW) == sum(map(len, ROWS))
