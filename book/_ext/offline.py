"""What makes the book installable and, if a reader asks, readable offline.

The service worker is Workbox and offline.js. It names every file that it keeps
by its hash, so it changes when one of them does; a browser notices that and
fetches the new edition.
"""

import base64
import hashlib
import json
import pathlib
import re

from site_files import add_file
from stylesheet import VENDOR

WORKER = "sw.js"
SOURCE = pathlib.Path(__file__).with_suffix(".js")
# In the order in which they need each other.
WORKBOX = "core", "routing", "strategies", "precaching"
# Notebooks and whole books to download, and what only a server shows.
LEFT_OUT = "_sources", "take-along", "404.html", WORKER
# Where the first page offers it. Nothing is shown without a script.
PAGES = "index.html", "book/index.html"
PLACE = "<!-- offline -->"
OFFER = (
    '<div class="offline" data-megabytes="{0}" hidden><p><strong>Read offline.'
    '</strong> <span role="status">This device can keep a copy of the whole '
    "book ({0} MB), which opens without a network. It has every page, figure, "
    "and network, but not the notebooks. No copy is stored until you ask for "
    'one.</span></p><progress aria-label="Copied" hidden></progress>'
    '<button type="button">Keep a copy</button></div>'
)
OFFERED = re.compile(rf'{PLACE}(<div class="offline".*?</div>)?')


def kept(site: pathlib.Path) -> list[pathlib.Path]:
    """List the files that are kept."""
    return [
        path
        for path in sorted(site.rglob("*"))
        if path.is_file()
        and not path.name.startswith(".")
        and path.relative_to(site).parts[0] not in LEFT_OUT
    ]


def digest(path: pathlib.Path) -> str:
    """Return the SHA-256 of a file, as browsers check it."""
    found = hashlib.sha256(path.read_bytes()).digest()
    return base64.b64encode(found).decode()


def write(site: pathlib.Path) -> None:
    """Offer the copy on the first page, and write the service worker."""
    files = kept(site)
    size = sum(path.stat().st_size for path in files)
    offer = OFFER.format(round(size / 1e6))
    for name in PAGES:
        path = site / name
        text = path.read_text(encoding="utf-8")
        path.write_text(OFFERED.sub(PLACE + offer, text), encoding="utf-8")
    parts = [
        (VENDOR / f"build/workbox-{part}.js")
        .read_text(encoding="utf-8")
        .partition("//# sourceMappingURL")[0]
        for part in WORKBOX
    ]
    listed = [[p.relative_to(site).as_posix(), digest(p)] for p in files]
    text = json.dumps(listed, separators=(",", ":"))
    source = SOURCE.read_text(encoding="utf-8")
    (site / WORKER).write_text(
        "".join([*parts, f"const FILES = {text};\n", source]),
        encoding="utf-8",
    )


def manifest(app) -> str:
    """Say how the book looks among the reader's apps."""
    paper = app.paper["light"]
    return json.dumps(
        {
            "name": app.config.project,
            "short_name": "Attention",
            "description": app.config.html_context["summary"],
            "lang": "en",
            "id": "./",
            "start_url": "./index.html",
            "scope": "./",
            "display": "minimal-ui",
            "background_color": paper,
            "theme_color": paper,
            "icons": [
                {"src": "_static/favicon.svg", "sizes": "any"},
                {"src": "_static/page/touch.png", "sizes": "180x180"},
            ],
        }
    )


def finish(app, exception):
    """Write the service worker, after everything that is kept."""
    if not exception and app.builder.format == "html":
        write(pathlib.Path(app.outdir))


def setup(app):
    """Register with Sphinx."""
    add_file(app, "manifest.webmanifest", manifest)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
