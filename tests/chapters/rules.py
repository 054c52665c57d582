"""The rules of a chapter: each lists what breaks it, as sentences."""

import pathlib
import re
from base64 import b64decode
from io import BytesIO
from statistics import median

import yaml
from PIL import Image
from quiz_rules import answers_every_option, asks_questions, gives_no_hint

from classroom.exercises import MARK, QUESTION
from colorattn.figures.style import DRAWING

ROOT = pathlib.Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
ADDRESS = CONFIG["repository"]["url"]
# Where Colab opens notebooks from GitHub.
COLAB = ADDRESS.replace("github.com", "colab.research.google.com/github")

# Cells whose output nbval may pass over: {chapter: {cell id: reason}}.
NOT_COMPARED: dict[str, dict[str, str]] = {}

PASSED_OVER = re.compile(r"nbval[-_](?:ignore|skip)|skip-execution", re.I)
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|root|tmp|usr|opt|mnt|srv|var|Users)/[\w.-]+"
    rf"|site-packages|ipykernel_\d+|{re.escape(str(ROOT))}"
)
MYST = re.compile(
    r"^\s*(?:`{3,}|:{3,}|~{3,})\s*\{"  # a directive
    r"|(?<!`)\{[a-z][\w:+-]*\}`"  # a role
    r"|^\([\w-]+\)=\s*$"  # a label
    r"|^%\s|^\+\+\+",  # a comment, a break
    re.M,
)
TAG = re.compile(r"</?([a-z]\w*)(?=[\s/>])", re.I)
CODE = re.compile(r"(`{3,}).*?\1|(`+).+?\2", re.S)
FOLDED = re.compile(r"<details>.*?</details>", re.S)
PROMPT = re.compile(r"\b(?:Guess|[Mm]ake a guess|[Ww]rite down)\b")
BOOLEAN = re.compile(r"(?<![=\w])(?:True|False)\b")  # and no field=True
EFFORT = re.compile(r"\*(?:Easy|Medium|Hard), \d+ minutes")
WORDS, CELLS, PROMPTS = 5_000, 50, 3  # of a chapter, at most
# What was longer when the limit came: it may lose cells and not gain any.
MORE_CELLS = {"11_gpu_training": 68, "12_toward_transformers": 62}
OPENING = ["What you will learn", "What you need", "Running time"]
CLOSING = ["What to remember", "Where to read more"]


def code(notebook):
    """List the code cells that have code."""
    cells = notebook.cells
    return [c for c in cells if c.cell_type == "code" and c.source.strip()]


def prose(notebook):
    """List the Markdown of a notebook, without the code in it."""
    cells = [c for c in notebook.cells if c.cell_type == "markdown"]
    return [CODE.sub("", cell.source) for cell in cells]


def running_text(notebook):
    """List the Markdown that is read from top to bottom.

    That is all of it except what is folded away (hints, answers), the
    questions with their options, the references, and marks of claims.
    """
    texts = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "markdown" and not QUESTION.fullmatch(cell.id)
    ]
    read = [text for text in texts if f"## {CLOSING[-1]}" not in text]
    return [FOLDED.sub("", MARK.sub("", text)) for text in read]


def tags(cell):
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def outputs(notebook):
    """Pair every output with its cell."""
    return [(c, out) for c in code(notebook) for out in c.outputs]


def has_a_title_and_a_promise(notebook, path):
    """One title, in the first cell, with a sentence under it."""
    first, *lines = prose(notebook)[0].strip().splitlines()
    if notebook.cells[0].cell_type != "markdown" or first[:2] != "# ":
        yield "the first cell is not its title"
    if not any(re.match(r"[\w*$]", line) for line in lines):
        yield "the title has no promise under it"
    titles = re.findall(r"^# ", "\n\n".join(prose(notebook)), re.M)
    if len(titles) != 1:
        yield f"it has {len(titles)} titles"


def has_its_parts(notebook, path):
    """The opening before any code, and the closing."""
    kinds = [cell.cell_type for cell in notebook.cells]
    opening = notebook.cells[: kinds.index("code")]
    opened = "\n".join(cell.source for cell in opening)
    for part in OPENING:
        if part.lower() not in opened.lower():
            yield f"'{part}' is not said before the first code"
    if f"({COLAB}/blob/main/chapters/{path.name})" not in opened:
        yield "its Colab badge does not lead to it"
    for part in CLOSING:
        if f"## {part}".lower() not in "\n".join(prose(notebook)).lower():
            yield f"it has no section '{part}'"


def starts_with_the_bootstrap(notebook, path):
    """The first code cell installs the package, in Colab only."""
    source = code(notebook)[0].source
    for needed in ["google.colab", f"git+{ADDRESS}"]:
        if needed not in source:
            yield f"its first code cell does not say {needed}"
    if re.search("torch|numpy", source):
        yield "its first code cell touches torch or numpy"


def is_plain_markdown(notebook, path):
    """What Jupyter, Colab, GitHub and the book all show alike."""
    for cell in notebook.cells:
        found = MYST.search(cell.source)
        if found and cell.cell_type == "markdown":
            yield f"MyST shows raw outside the book: {found.group().strip()}"
    for text in prose(notebook):
        for found in TAG.findall(text):
            if found.lower() not in {"details", "summary"}:
                yield f"HTML other than <details>: <{found}>"
        if "![](" in text:
            yield "a picture without alt text"


def ran_from_top_to_bottom(notebook, path):
    """Else nbval would compare nothing and still pass."""
    counts = [cell.execution_count for cell in code(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"its cells ran in the order {counts}"
    if not outputs(notebook):
        yield "it stores no output"


def has_short_cells(notebook, path):
    """Twelve lines at most, save solutions; five in the middle."""
    for cell in code(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > 12 and not cell.id.endswith("-solution"):
            yield f"cell {cell.id} has {len(lines)} lines"
    length = median(cell.source.count("\n") + 1 for cell in code(notebook))
    if length > 5:
        yield f"half of its cells have more than {length} lines"


def is_short(notebook, path):
    """At most 5,000 words, and 50 code cells, folded solutions not counted.

    Words are whatever spaces separate in the running text, formulas too.
    """
    words = len(" ".join(running_text(notebook)).split())
    if words > WORDS:
        yield f"its running text has {words:,} words, {words - WORDS} too many"
    ids = [cell.id for cell in code(notebook)]
    cells = sum(not name.endswith("-solution") for name in ids)
    if cells > (most := MORE_CELLS.get(path.stem, CELLS)):
        yield f"it has {cells} code cells, {cells - most} too many"


def asks_for_few_guesses(notebook, path):
    """Three at most: after that, nobody stops to guess."""
    texts = [" ".join(text.split()) for text in running_text(notebook)]
    found = [text for text in texts for _ in PROMPT.findall(text)]
    if len(found) > PROMPTS:
        yield f"it asks {len(found)} times for a guess"


def prints_no_boolean(notebook, path):
    """A number or a picture teaches more than that it is large enough."""
    for cell, output in outputs(notebook):
        shown = output.get("data", {}).get("text/plain", "")
        if BOOLEAN.search(output.get("text", "") + shown):
            yield f"cell {cell.id} prints True or False"


def has_exercises(notebook, path):
    """Three with a check, one of them an experiment; and one in words.

    All have hints: three where there is a check, two or three in words.
    """
    cells = {cell.id: cell.source for cell in notebook.cells}
    stubs = [name for name in cells if re.fullmatch(r"ex-.*-stub", name)]
    words = [name for name in cells if re.fullmatch(r"ex-.*-words", name)]
    claims = [name for name in cells if re.fullmatch(r"ex-.*-claim", name)]
    if len(stubs) < 3:
        yield f"it has {len(stubs)} exercises with a check"
    if not any("claims.check(" in cells[name] for name in claims):
        yield "no exercise ends in a claim"
    if not any("A model answer" in cells[name] for name in words):
        yield "no exercise asks for an explanation and gives a model answer"
    for name in [*words, *(stub.removesuffix("-stub") for stub in stubs)]:
        text = cells.get(name, "")
        if not EFFORT.search(text):
            yield f"{name} does not say how hard and how long it is"
        ladder = re.findall(r"<summary>Hint (\d)", text)
        whole = ladder == [*"12"] and name in words or ladder == [*"123"]
        if not whole:
            yield f"{name} has the hints {ladder}"


def uses_what_nbval_understands(notebook, path):
    """It shows values despite a final semicolon, and cannot clear output."""
    for cell in code(notebook):
        if cell.source.rstrip().endswith(";"):
            yield f"cell {cell.id} ends in a semicolon"
        if "clear_output" in cell.source:
            yield f"cell {cell.id} clears output"


def is_compared(notebook, path):
    """A cell whose output is passed over needs a reason."""
    allowed = NOT_COMPARED.get(path.stem, {})
    for cell in code(notebook):
        said = " ".join([cell.source, *tags(cell)])
        if PASSED_OVER.search(said) and cell.id not in allowed:
            yield f"the output of cell {cell.id} is not compared"


def describes_its_pictures(notebook, path):
    """Alt text, twenty characters at least, says what is to be seen."""
    for cell, output in outputs(notebook):
        if any(kind.startswith("image/") for kind in output.get("data", {})):
            options = cell.metadata.get("mystnb", {}).get("image", {})
            if len(options.get("alt", "")) < 20:
                yield f"the picture of cell {cell.id} has no alt text"


def carries_its_drawings(notebook, path):
    """A picture holds the same as vectors, which the book shows."""
    for cell, output in outputs(notebook):
        if stored := output.get("data", {}).get("image/png"):
            with Image.open(BytesIO(b64decode(stored))) as picture:
                if DRAWING not in picture.text:
                    yield f"the picture of cell {cell.id} has pixels only"


def stores_no_failure(notebook, path):
    """Neither errors, except where one is the point, nor warnings."""
    for cell, output in outputs(notebook):
        expected = "raises-exception" in tags(cell)
        if output.output_type == "error" and not expected:
            yield f"cell {cell.id} stores an error: {output.ename}"
        if "Warning" in output.get("text", ""):
            yield f"cell {cell.id} stores a warning"


def names_no_machine(notebook, path):
    """No path of the computer that it was written on."""
    for cell in notebook.cells:
        for found in MACHINE_PATH.findall(cell.source):
            yield f"cell {cell.id} names {found}"
    for cell, output in outputs(notebook):
        shown = [output.get("text", ""), *output.get("data", {}).values()]
        for found in MACHINE_PATH.findall(" ".join(map(str, shown))):
            yield f"the output of cell {cell.id} names {found}"


def has_stable_metadata(notebook, path):
    """What `make chapters` writes, and nothing that an editor adds."""
    kernel = notebook.metadata.get("kernelspec", {})
    if kernel.get("name") != "python3":
        yield f"its kernel is {kernel.get('name')}"
    if notebook.metadata.get("language_info") != {"name": "python"}:
        yield "its language_info names a version"
    known = {"kernelspec", "language_info", "widgets"}
    if extra := set(notebook.metadata) - known:
        yield f"its metadata has {', '.join(sorted(extra))}"
    if any("execution" in cell.metadata for cell in notebook.cells):
        yield "it stores the times of execution"


RULES = [
    has_a_title_and_a_promise,
    has_its_parts,
    starts_with_the_bootstrap,
    is_plain_markdown,
    ran_from_top_to_bottom,
    has_short_cells,
    is_short,
    asks_for_few_guesses,
    prints_no_boolean,
    has_exercises,
    asks_questions,
    answers_every_option,
    gives_no_hint,
    uses_what_nbval_understands,
    is_compared,
    describes_its_pictures,
    carries_its_drawings,
    stores_no_failure,
    names_no_machine,
    has_stable_metadata,
]
