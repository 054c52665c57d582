"""List which claims are fresh, stale or unreachable: `make claims`.

A claim is fresh while the modules behind its command are those with which it
was measured, stale once one has changed, and unreachable when its command can
no longer be run, which is an error. `--adopt` marks every claim as fresh: for
changes of code that cannot change a number, such as a new name, after which
`make test` has found the same bits.
"""

import ast
import contextlib
import hashlib
import io
import json
import shlex
import sys
import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from colorattn import claims
from colorattn.__main__ import parser
from colorattn.claims import Claim

ROOT = Path(__file__).parents[2]
TRAINING = "colorattn/runs/record.py"  # behind `train` and `ablate`
# These make no number; what the first two read and write is verified.
LEFT_OUT = "colorattn/files.py", "data/download.py", "measure/publish.py"
ANNOTATIONS = {"annotation", "returns", "type_params", "type_comment", "kind"}
STATES = "quoted", "fresh", "stale", "unreachable"


# ------------------------------------------------- the code behind a number


@cache
def fingerprint(command: str) -> str:
    """Hash the modules behind a command: once for each part between `;`.

    They are the script, the notebooks that it runs, and all modules of the
    repository that these import, directly or not. Comments, docstrings,
    annotations and layout do not count. Raises OSError where a script cannot
    be read.
    """
    return " ".join(hashed(starts(part)) for part in command.split(";"))


def starts(command: str) -> list[Path]:
    """Return what a command runs: a script with its notebooks, or training."""
    words = shlex.split(command)
    if words[:3] == ["python", "-m", "colorattn"]:
        return [ROOT / TRAINING]
    return [ROOT / w for w in words if w.endswith((".py", ".ipynb"))]


def hashed(todo: list[Path]) -> str:
    """Hash some files and all modules that they import."""
    shapes: dict[Path, str] = {}
    while todo:
        path = todo.pop()
        if path not in shapes and not path.as_posix().endswith(LEFT_OUT):
            tree = parsed(path)
            shapes[path] = repr(shape(tree))
            todo += imported(tree, path.parent)
    text = "\n".join(sorted(shapes.values()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def parsed(path: Path) -> ast.Module:
    """Parse a script, a module, or the code cells of a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        code = [c["source"] for c in cells if c["cell_type"] == "code"]
        text = "\n".join("".join(source) for source in code)
    return ast.parse(text)


def imported(tree: ast.Module, folder: Path) -> list[Path]:
    """List the files of the repository that a module imports."""
    names = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names += [each.name for each in aliases]
            case ast.ImportFrom(module=str(module), names=aliases):
                names += [f"{module}.{each.name}" for each in aliases]
    return [path for name in names for path in resolved(name, folder)]


def resolved(name: str, folder: Path) -> list[Path]:
    """Return the file of a module, or of that which has this name in it."""
    for dotted in filter(None, (name, name.rpartition(".")[0])):
        for root in (ROOT, folder):
            place = root.joinpath(*dotted.split("."))
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path.exists():
                    return [path]
    return []


def shape(node: Any) -> Any:
    """Return a syntax tree as nested lists, the same in every Python."""
    if isinstance(node, list):
        return [shape(each) for each in node]
    if not isinstance(node, ast.AST):
        return node
    parts: list[Any] = [type(node).__name__]
    for field, value in ast.iter_fields(node):
        if field == "body" and isinstance(value, list):
            value = [each for each in value if not is_silent(each)]
        if field not in ANNOTATIONS and value not in (None, []):
            parts.append([field, shape(value)])
    return parts


def is_silent(statement: ast.stmt) -> bool:
    """Say whether a statement is a docstring, or prints a script's numbers."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False


# ------------------------------------------------------- the state of claims


def state(claim: Claim) -> str:
    """Say whether a claim is quoted, fresh, stale or unreachable."""
    if claim.command is None:
        return "quoted"
    if obstacle(claim.command):
        return "unreachable"
    return "fresh" if claim.code == fingerprint(claim.command) else "stale"


@cache
def obstacle(command: str) -> str:
    """Say why a command cannot be run; nothing if it can."""
    for part in command.split(";"):
        match shlex.split(part):
            case ["python", "-m", "colorattn", *words]:
                wrong = refused(words)
            case ["python", *words]:
                wrong = missing(words)
            case _:
                wrong = f"{part.strip()!r} does not begin with python"
        if wrong:
            return wrong
    return ""


def refused(words: list[str]) -> str:
    """Say what the course's own command line has against some words."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            parser().parse_args(["0" if w == "SEED" else w for w in words])
    except SystemExit:
        return said.getvalue().splitlines()[-1]
    return ""


def missing(words: list[str]) -> str:
    """Say which file, or option of the script, there is not."""
    for word in words:
        if word.endswith((".py", ".ipynb")) and not (ROOT / word).exists():
            return f"{word} does not exist"
        option = word.startswith("--")
        if option and f'"{word}"' not in (ROOT / words[0]).read_text("utf-8"):
            return f"{words[0]} has no {word}"
    return ""


def report(ledger: dict[str, Claim]) -> str:
    """Count the claims by state, and name those that are not as they were."""
    names: dict[str, dict[str, list[str]]] = {each: {} for each in STATES}
    for name, claim in ledger.items():
        command = str(claim.command)
        names[state(claim)].setdefault(command, []).append(name)
    counts = ", ".join(
        f"{sum(map(len, names[each].values()))} {each}" for each in STATES
    )
    lines = [f"{len(ledger)} claims: {counts}"]
    for each in ("stale", "unreachable"):
        for command, its in names[each].items():
            why = obstacle(command)
            lines.append(f"\n{each}: {command}{why and f' ({why})'}")
            listed = textwrap.wrap(" ".join(its), 77, break_on_hyphens=False)
            lines += [f"  {line}" for line in listed]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Report; return 1 where a claim is unreachable."""
    ledger = claims.ledger()
    if "--adopt" in arguments:
        for name, claim in ledger.items():
            if state(claim) == "stale":
                code = fingerprint(str(claim.command))
                ledger[name] = replace(claim, code=code)
        claims.save(ledger)
    print(report(ledger))
    return int(any(state(c) == "unreachable" for c in ledger.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
