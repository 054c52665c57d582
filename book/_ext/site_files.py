"""Files of the built site that are no pages, such as scripts."""

from collections.abc import Callable
from pathlib import Path

from sphinx.application import Sphinx


def add_file(
    app: Sphinx,
    name: str,
    make: Callable[[Sphinx], str],
    priority: int = 500,  # Sphinx's own; lower is earlier
) -> None:
    """Let the build write a file of the site: what `make` returns."""

    def write(app, exception):
        if app.builder.format == "html" and exception is None:
            path = Path(app.outdir, name)
            path.write_text(make(app), encoding="utf-8")

    app.connect("build-finished", write, priority=priority)
