"""Find where the course uses a claim: in prose, in a check, in a figure."""

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = re.compile(r"<!--\s*claim:\s*([a-z0-9]+(?:-[a-z0-9]+)*)")


def pages() -> list[Path]:
    """List all files that may use a claim."""
    return [
        ROOT / "README.md",
        ROOT / "tests" / "benchmarks" / "README.md",
        *sorted((ROOT / "book").glob("*.md")),
        *sorted((ROOT / "chapters").glob("*.ipynb")),
        ROOT / "book" / "_ext" / "tables.py",
    ]


def uses(names: Collection[str]) -> dict[str, list[Path]]:
    """Map each claim that is used to the files that use it."""
    found: dict[str, list[Path]] = {}
    for path in pages():
        for name in used(path, names):
            found.setdefault(name, []).append(path)
    return found


def used(path: Path, names: Iterable[str]) -> list[str]:
    """List the claims that a file uses.

    Prose marks them. Code names them in its strings; of one that is put
    together while the code runs, as f"rung-{name}-cost" is, all that it can
    name are used.
    """
    text = path.read_text(encoding="utf-8")
    found = {"markdown": "", "code": ""}
    if path.suffix == ".ipynb":
        for cell in json.loads(text)["cells"]:
            found[cell["cell_type"]] += "".join(cell["source"]) + "\n"
    else:
        found["code" if path.suffix == ".py" else "markdown"] = text
    marked = map(re.escape, MARK.findall(found["markdown"]))
    any_of = re.compile("|".join([*marked, *strings(found["code"])]))
    return [name for name in names if any_of.fullmatch(name)]


def strings(code: str) -> Iterator[str]:
    """Yield a pattern for each string in code that may name a claim."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Constant(value=str(text)):
                yield re.escape(text)
            case ast.JoinedStr(values=[ast.Constant(), *_] as pieces):
                texts = [
                    re.escape(str(piece.value))
                    if isinstance(piece, ast.Constant)
                    else "[a-z0-9]+"
                    if piece is pieces[-1]
                    else "[a-z0-9-]+"
                    for piece in pieces
                ]
                yield "".join(texts)
