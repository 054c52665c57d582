"""Fingerprint the code behind a command, to tell when a number is stale.

A fingerprint is a hash of all definitions in the repository that a command
reaches. What cannot change a number does not change it: comments, docstrings,
annotations, layout, and which file a definition is in.
"""

import ast
import hashlib
import json
import shlex
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
TRAINING = "colorattn.runs.record", "record"  # behind `train` and `ablate`
# What these read and write is verified, by checksums and byte for byte.
VERIFIED = "colorattn/files.py", "colorattn/data/download.py"
IGNORED = {"annotation", "returns", "type_params", "type_comment", "kind"}
DOCUMENTED = ast.FunctionDef, ast.ClassDef
Place = tuple[Path, str | None]  # a definition; without a name, all of a file


class Module(NamedTuple):
    """What a file binds at its top level, and what it does beside."""

    defined: dict[str, list[ast.stmt]]
    imported: dict[str, tuple[str, str | None]]  # a module, and a name in it
    loose: list[ast.stmt]


def fingerprint(command: str) -> str:
    """Hash the code behind a command: once for each part between `;`.

    Raises OSError where a script cannot be read.
    """
    return " ".join(hashed(starts(part)) for part in command.split(";"))


def starts(command: str) -> list[Place]:
    """Return what a command runs: a script with its notebooks, or training."""
    words = shlex.split(command)
    if words[:3] == ["python", "-m", "colorattn"]:
        return resolved(*TRAINING, ROOT)
    files = [word for word in words if word.endswith((".py", ".ipynb"))]
    return [(ROOT / file, None) for file in files]


def hashed(todo: list[Place]) -> str:
    """Hash all definitions that can be reached from some."""
    seen: set[Place] = set()
    shapes: set[str] = set()
    while todo:
        place = path, name = todo.pop()
        if place in seen or path.as_posix().endswith(VERIFIED):
            continue
        seen.add(place)
        module = parsed(path)
        if name in module.imported:
            todo += resolved(*module.imported[name], path.parent)
            continue
        if name is None and path.name == "__init__.py":
            todo += [(path, each) for each in module.imported]
        names = module.defined if name is None else [name]
        found = [s for each in names for s in module.defined.get(each, [])]
        for statement in found + module.loose:
            shapes.add(repr(shape(statement)))
            for name, attribute in references(statement):
                todo += followed(path, name, attribute)
    return hashlib.sha256("\n".join(sorted(shapes)).encode()).hexdigest()[:12]


@cache
def parsed(path: Path) -> Module:
    """Parse a script, a module, or the code cells of a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        code = [c["source"] for c in cells if c["cell_type"] == "code"]
        text = "\n".join("".join(source) for source in code)
    tree = ast.parse(text)
    found = Module(defaultdict(list), {}, [])
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for each in aliases:
                    found.imported[each.asname or each.name] = each.name, None
            case ast.ImportFrom(module=str(module), names=aliases):
                for each in aliases:
                    bound = each.asname or each.name
                    found.imported[bound] = module, each.name
    for statement in body(tree):
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.defined[name].append(statement)
            case ast.Assign() | ast.AnnAssign() if names := stored(statement):
                for name in names:
                    found.defined[name].append(statement)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                pass  # what a script does with its numbers makes none
            case ast.Import() | ast.ImportFrom():
                pass
            case _:
                found.loose.append(statement)
    return found


def stored(statement: ast.stmt) -> list[str]:
    """Return the names that an assignment binds."""
    return [
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]


def body(node: Any) -> list[ast.stmt]:
    """Return the statements of a definition or module, less its docstring."""
    has_docstring = ast.get_docstring(node, clean=False) is not None
    return node.body[has_docstring:]


def shape(node: Any) -> Any:
    """Return a syntax tree as nested lists, the same in every Python."""
    if isinstance(node, list):
        return [shape(each) for each in node]
    if not isinstance(node, ast.AST):
        return node
    parts: list[Any] = [type(node).__name__]
    for field, value in ast.iter_fields(node):
        if field == "body" and isinstance(node, DOCUMENTED):
            value = body(node)
        if field not in IGNORED and value not in (None, []):
            parts.append([field, shape(value)])
    return parts


def references(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """List the names that code uses, with the attribute asked of each."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            yield name, attribute
        case ast.Name(id=name):
            yield name, None
        case _:
            for field, value in ast.iter_fields(node):
                for each in value if isinstance(value, list) else [value]:
                    if field not in IGNORED and isinstance(each, ast.AST):
                        yield from references(each)


def followed(path: Path, name: str, attribute: str | None) -> list[Place]:
    """Return where a name of a file is defined, or an attribute of it."""
    module = parsed(path)
    if name not in module.imported:
        return [(path, name)] if name in module.defined else []
    found = resolved(*module.imported[name], path.parent)
    if attribute and found and found[0][1] is None:  # of a module
        file = found[0][0].with_name(f"{attribute}.py")
        whole = file.exists() and found[0][0].name == "__init__.py"
        return [(file, None) if whole else (found[0][0], attribute)]
    return found


def resolved(module: str, name: str | None, folder: Path) -> list[Place]:
    """Return the place that an import names; none outside the repository."""
    for dotted, rest in ((f"{module}.{name}", None), (module, name)):
        for root in (ROOT, folder):
            place = root.joinpath(*dotted.split("."))
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path.exists():
                    return [(path, rest)]
    return []
