"""Write the course's prose to Markdown files that a prose linter reads.

Each cell of a notebook becomes `FOLDER/NOTEBOOK/CELL.md`, so that a linter's
message names the cell. A module becomes `FOLDER/MODULE.py.md`, and a script
`FOLDER/SCRIPT.js.md`. Of code there are docstrings and the sentences in its
strings: messages, titles, and alt texts.
"""

import argparse
import ast
import json
import re
import shutil
from pathlib import Path

HIDDEN = re.compile(r"<!--.*?-->|<a\s[^>]*>", re.S)  # claims, anchors
SENTENCE = re.compile(r"\w+[,:]? \w+ ")  # three words, not a key or a path
STRING = re.compile(r"""(["'`])((?:\\.|(?!\1)[^\\])*)\1""")  # of JavaScript
PLACE = re.compile(r"\$\{[^{}]*\}")  # in a template
COMMENT = re.compile(r"^\s*(//|/?\*).*$", re.M)


def main() -> None:
    """Write the prose of some files into a folder, which is made anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    for path in options.paths:
        for name, prose in read(path).items():
            out = options.folder / name
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(HIDDEN.sub("", prose) + "\n", "utf-8")


def read(path: Path) -> dict[str, str]:
    """Return the prose of a notebook, a module or a page, by file name."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        found = {}
        for cell in json.loads(text)["cells"]:
            said = "".join(cell["source"])
            if cell["cell_type"] == "code":
                said = "\n\n".join(sentences(said))
            found[f"{path.stem}/{cell['id']}.md"] = said
        return found
    name = str(path.relative_to(path.anchor))  # below the folder, always
    if path.suffix == ".py":
        return {f"{name}.md": "\n\n".join(sentences(text))}
    if path.suffix == ".js":
        code = COMMENT.sub("", PLACE.sub("…", text))
        strings = [said for _, said in STRING.findall(code)]
        words = [s for s in strings if SENTENCE.search(s) and ";\n" not in s]
        return {f"{name}.md": "\n\n".join(words)}
    return {name: text}


def sentences(code: str) -> list[str]:
    """List the docstrings of a module, and its strings with words in them."""
    nodes = ast.walk(ast.parse(code))
    strings = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [s for s in strings if isinstance(s, str) and SENTENCE.search(s)]


if __name__ == "__main__":
    main()
