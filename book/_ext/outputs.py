"""What cells show, made fit for a page: figures, widgets, code that folds."""

import ast
import base64
import functools
import html
import io
import itertools
import json
import pathlib
import re

from demo import NETWORKS, markup
from docutils import nodes
from header import is_cell
from myst_nb.sphinx_ import HideCodeCellNode, NbMetadataCollector
from PIL import Image
from sphinx.transforms.post_transforms import SphinxPostTransform

from colorattn.figures.style import DRAWING, TITLE

WIDGET = "application/vnd.jupyter.widget-view+json"
# What myst-nb makes of a picture: an image in a link to its file.
PICTURE = re.compile(
    r'(<noscript>\s*)?<a class="[^"]*image-reference" href="[^"]*">'
    r'<img alt="([^"]*)" src="([^"]*_images/([^"]+)\.png)"([^>]*?)/?>\s*</a>'
)
PHONE, NARROW = "(max-width: 30rem)", 840  # pixels: two for each of a phone's
WIDTH = re.compile(r"width: (\d+)px")
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
PATH = re.compile(r' d="[^"]+"')
SENTENCE = re.compile(r"(?<=[a-z0-9%)])\.(?= |$)")
LONGEST = 110  # letters of a caption, where it can be cut
LIVE = {  # the caption of a live figure, by its kind
    "Descent": "Three keys and a query learn from the color of the answer.",
    "Temperature": "Weights and glimpse at a temperature of your choice.",
    "Field": "What a key sees through convolutions of your choice.",
    "Hops": "Where a transformer looks, with the heads of your choice.",
}
# What claims.check says: how a number came out, and what was expected.
VERDICT = re.compile(
    r"([✓✗]) measured here: <b>([^<]*)</b> — ([\w-]+): "
    r"(?:inside|OUTSIDE) ([^\s–]+)–(.*)"
)
SHOWN = {"draw", "check"}
# Names of what only a drawing reads.
LABELS = {"alt", "axes", "logs", "scales", "settings", "title", "what"}
FOLDED = {  # by all that a cell does
    frozenset({"import"}): ("Show the imports", "Hide the imports"),
    frozenset({"import", "draw"}): ("Show how it is drawn", "Hide the code"),
    frozenset({"draw"}): ("Show how it is drawn", "Hide the code"),
    frozenset({"draw", "check"}): ("Show how it is drawn", "Hide the code"),
    frozenset({"check"}): ("Show the check", "Hide the check"),
}


# ---------------------------------------------------------------- figures


@functools.cache
def sizes(path: pathlib.Path) -> tuple[float, float]:
    """Return the width and height of a picture, or of its drawing.

    A drawing is lower where pixels have a title above them.
    """
    with Image.open(path) as picture:
        box = VIEW.search(picture.text.get(DRAWING, ""))
        return (float(box[1]), float(box[2])) if box else picture.size


@functools.cache
def carried(path: pathlib.Path, name: str) -> str:
    """Return a text that a picture carries, such as its drawing."""
    with Image.open(path) as picture:
        return picture.text.get(name, "")


def closer(path: re.Match) -> str:
    """Return a path without the spaces around its commands."""
    return re.sub(r"\s*([A-Z]|z)\s*", r"\1", path[0])


def compress(path: pathlib.Path) -> None:
    """Put in the place of a PNG its drawing, or else two WebPs.

    A drawing loses its spaces; the WebPs have the same pixels, and fewer for
    a phone.
    """
    if drawn := carried(path, DRAWING):
        compact = PATH.sub(closer, drawn).replace(">\n<", "><")
        path.with_suffix(".svg").write_text(compact, encoding="utf-8")
    else:
        with Image.open(path) as picture:
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            pixels = picture.convert(mode)
        pixels.save(path.with_suffix(".webp"), lossless=True, method=4)
        height = round(pixels.height * NARROW / pixels.width)
        narrow = pixels.resize((NARROW, height), Image.Resampling.LANCZOS)
        narrow.save(path.with_suffix(".narrow.webp"), quality=80)
    path.unlink()


def lighten(path: pathlib.Path) -> None:
    """Take the drawings out of the pictures of a notebook to download."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if png := output.get("data", {}).get("image/png"):
                with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
                    plain = io.BytesIO()
                    picture.save(plain, "PNG", optimize=True)
                text = base64.b64encode(plain.getvalue()).decode()
                output["data"]["image/png"] = text
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")


def caption(alt: str) -> str:
    """Return the first sentence of an alt text, or the part that says what."""
    first = SENTENCE.split(html.unescape(alt), maxsplit=1)[0]
    if len(first) > LONGEST:
        first = re.split(r"[:;] ", first, maxsplit=1)[0]
    return html.escape(first[0].upper() + first[1:] + ".", quote=False)


def place_figures(app, pagename, templatename, context, doctree):
    """Number figures, and give them captions and their size.

    The title of a figure is its caption; else the caption says what it shows.
    With its size, no text moves when it is loaded, which is when it is near.
    """
    files = {name: uri for uri, name in app.builder.images.items()}
    chapter = re.match(r"chapters/0*(\d+)", pagename)
    numbers = itertools.count(1)

    def place(found: re.Match) -> str:
        silent, alt, source, name, after = found.groups()
        path = pathlib.Path(app.srcdir, files[f"{name}.png"])
        title = html.escape(carried(path, TITLE))
        alt = alt.removeprefix(f"{title}. ")
        said = f"{title}." if title else caption(alt)
        size = sizes(path)
        shown = WIDTH.search(after)
        width = int(shown[1]) if shown else size[0]
        height = round(width * size[1] / size[0])
        source = source.removesuffix(".png")
        drawn = carried(path, DRAWING)
        image = source + (".svg" if drawn else ".webp")
        picture = (
            f'<img alt="{alt}" src="{image}" width="{width}" '
            f'height="{height}" loading="lazy" decoding="async">'
        )
        if not drawn:
            narrow = f'media="{PHONE}" srcset="{source}.narrow.webp"'
            picture = f"<picture><source {narrow}>{picture}</picture>"
        if silent:  # what stands in for a live figure
            return silent + picture
        number = f"Figure {chapter[1]}.{next(numbers)}" if chapter else ""
        return (
            f'<figure><a class="enlarge" href="{image}">{picture}</a>'
            f"<figcaption><b>{number}</b> {said}</figcaption></figure>"
        )

    context["body"] = PICTURE.sub(place, context.get("body", ""))


def compress_figures(app, exception):
    """Compress the figures of the built book and of its downloads."""
    if not exception and app.builder.format == "html":
        for path in pathlib.Path(app.outdir, "_images").glob("*.png"):
            compress(path)
        for path in pathlib.Path(app.outdir, "_sources").rglob("*.ipynb"):
            lighten(path)


# ---------------------------------------------------------------- widgets


def text_of(value: str) -> str:
    """Return HTML as text, with plain spaces."""
    text = html.unescape(re.sub("<[^>]+>", "", value))
    return " ".join(text.replace("\u200b", "").split())


def progress(models: dict, box: dict) -> nodes.Node:
    """Return a progress bar as a line of text: where it ended."""
    children = [
        models[child.removeprefix("IPY_MODEL_")] for child in box["children"]
    ]
    parts = [
        text_of(child["state"]["value"])
        for child in children
        if child["model_name"] == "HTMLModel"
    ]
    words = html.escape(" ".join(filter(None, parts)))
    return nodes.raw("", f'<p class="progress">{words}</p>', format="html")


def live_figure(
    model: dict, picture: nodes.Node | None, number: str
) -> list[nodes.Node]:
    """Return a figure that page.js starts when it comes near the window."""
    state = model["state"]
    kind = state["_anywidget_id"].rpartition(".")[2]
    sent = {
        "esm": state["_esm"],
        "css": state.get("_css", ""),
        "state": {k: v for k, v in state.items() if not k.startswith("_")},
        "buffers": [[b["path"], b["data"]] for b in model.get("buffers", [])],
    }
    data = json.dumps(sent, separators=(",", ":")).replace("</", r"<\/")
    found = [
        nodes.raw(
            "",
            f'<figure class="live-figure" data-kind="{kind}">'
            f'<script type="application/json">{data}</script>',
            format="html",
        )
    ]
    if picture is not None:
        found += [
            nodes.raw("", "<noscript>", format="html"),
            *picture.deepcopy().children,
            nodes.raw("", "</noscript>", format="html"),
        ]
    said = f"<figcaption><b>Live figure {number}</b> {LIVE[kind]}</figcaption>"
    return [*found, nodes.raw("", f"{said}</figure>", format="html")]


class Widgets(SphinxPostTransform):
    """Show widgets without the code that runs them in a notebook.

    An Explorer needs Python, so the page has the live demo instead.
    """

    default_priority = 3  # before myst-nb chooses among an output's kinds
    formats = ("html",)

    def run(self, **_):
        """Replace the widgets of one page."""
        name = self.env.docname
        scripts = NbMetadataCollector.get_js_files(self.env, name)
        stored = scripts.pop("ipywidgets_state", None)
        if not stored:
            return
        models = json.loads(stored[1]["body"])["state"]
        self.numbers = itertools.count(1)
        for bundle in list(self.document.findall(nodes.container)):
            kinds = {part.get("mime_type"): part for part in bundle.children}
            if WIDGET in kinds:
                bundle.replace_self(self.shown(models, kinds))

    def shown(self, models: dict, kinds: dict) -> list[nodes.Node]:
        """Return what stands in the page for the widget of an output."""
        if kinds["text/plain"].astext().startswith("<Explorer"):
            demo = markup(self.env.docname, (*NETWORKS,))
            return [nodes.raw("", demo, format="html")]
        text = kinds[WIDGET].astext()
        view = json.loads(text[text.index("{") : text.rindex("}") + 1])
        model = models[view["model_id"]]
        if "_esm" in model["state"]:
            picture = kinds.get("image/png")
            chapter = int(re.search(r"\d+", self.env.docname)[0])
            number = f"{chapter}.{next(self.numbers)}"
            return live_figure(model, picture, number)
        if model["model_name"] == "HBoxModel":
            return [progress(models, model["state"])]
        raise ValueError(f"{self.env.docname}: no page shows this widget")


# ------------------------------------------------------------------ cells


def kind(statement: ast.stmt) -> str:
    """Say what a line of a cell does."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return "import"
    if isinstance(statement, ast.Expr):
        call = ast.unparse(statement)
        if call.startswith("figures."):
            return "draw"
        if call.startswith("claims.check("):
            return "check"
    if isinstance(statement, ast.Assign):
        named = {ast.unparse(target) for target in statement.targets}
        return "label" if named <= LABELS else "other"
    return "other"


def all_kinds(source: str) -> frozenset[str]:
    """Return what a cell does, by its lines; labels belong to a drawing."""
    try:
        kinds = frozenset(map(kind, ast.parse(source).body))
    except SyntaxError:  # such as %timeit
        return frozenset({"other"})
    return kinds - {"label"} if kinds & SHOWN else kinds


def tail(source: str) -> int | None:
    """Return the line where what a cell shows begins, after other work.

    These are its last statements, with the labels and comments above them.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    kinds = [kind(statement) for statement in reversed(body)]
    shows = itertools.takewhile(lambda kind: kind in SHOWN | {"label"}, kinds)
    shown = body[len(body) - len([*shows]) :]
    if len(shown) == len(body) or kinds[0] not in SHOWN:
        return None
    lines = source.splitlines()
    start = shown[0].lineno - 1
    while not lines[start - 1] or lines[start - 1].startswith("#"):
        start -= 1
    return start


class Cells(SphinxPostTransform):
    """Fold what is no news, and say in words how a check came out."""

    default_priority = 191  # after the header, before myst-nb folds cells
    formats = ("html",)

    def run(self, **_):
        """Fold the cells of one page."""
        for cell in list(self.document.findall(is_cell)):
            source = next(iter(cell.findall(nodes.literal_block)), None)
            if source is not None and not cell.get("hide_mode"):
                self.fold(cell, source)
            for output in list(cell.findall(nodes.raw)):
                if found := VERDICT.fullmatch(output.astext().strip()):
                    output.replace_self(verdict(*found.groups()))

    def fold(self, cell, source):
        """Fold a cell, or the end of one that only shows what was made."""
        text = source.astext()
        start = tail(text)
        if prompts := FOLDED.get(all_kinds(text)):
            cell["hide_mode"] = "input"
            cell["prompt_show"], cell["prompt_hide"] = prompts
        elif start:
            lines = text.splitlines()
            head, rest = "\n".join(lines[:start]), "\n".join(lines[start:])
            show, hide = FOLDED[all_kinds(rest)]
            folded = HideCodeCellNode(prompt_show=show, prompt_hide=hide)
            folded["classes"].append("above-input")
            shell = source.parent.copy()
            shell += with_text(source, rest)
            folded += shell
            cell.insert(cell.index(source.parent) + 1, folded)
            source.replace_self(with_text(source, head.rstrip()))


def with_text(source: nodes.literal_block, text: str) -> nodes.literal_block:
    """Return a block of code like another, with other code."""
    block = source.copy()
    block.rawsource = text
    block += nodes.Text(text)
    return block


def verdict(sign, number, name, low, high) -> nodes.Node:
    """Say what was expected and what came out."""
    right = sign == "✓"
    look = "inside" if right else "outside"
    said = "as expected" if right else "not as expected"
    return nodes.raw(
        "",
        f'<p class="verdict {look}" title="{name}">'
        f'<span role="img" aria-label="{said}:">{sign}</span> '
        f"expected {low} to {high}, measured here <b>{number}</b></p>",
        format="html",
    )


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", place_figures)
    app.connect("build-finished", compress_figures)
    app.add_post_transform(Widgets)
    app.add_post_transform(Cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
