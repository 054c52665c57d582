"""Pages stay light: bytes, requests and scripts that would block them."""

import gzip
import re

import pytest
from building import listed_chapters, listed_pages
from fontTools import ttLib
from playwright.sync_api import expect

PHONE = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
}
REQUESTS = 25  # until a page stands
# Of the phone: what each page has, and two more. A page that outgrows this is
# better cut; or it is worth its length, and its number here changes with it.
SCREENS = {
    **dict.fromkeys(listed_pages(), 18),
    **{"index.html": 12, "book/index.html": 12, "book/demo.html": 7},
    **{"book/references.html": 25, "book/ledger.html": 75},  # lists
    **dict(
        zip(
            listed_chapters(),
            (35, 40, 42, 36, 37, 42, 44, 33, 40, 41, 41, 44),
            strict=True,
        )
    ),
}
SITE = 20  # MB
KILOBYTES = {  # compressed, to the last figure
    **dict.fromkeys(listed_pages(), 300),
    **{p: 700 for p in listed_pages() if p.startswith("chapters/")},
}
BLOCKING = re.compile(
    r"<script(?=[^>]*\bsrc=)(?![^>]*\b(?:defer|async|module))"
)


@pytest.fixture(scope="module")
def phone(browser):
    with browser.new_context(**PHONE) as context:
        yield context


SHIFTED = """() => new Promise((done) => {
  const sum = (list) => list.getEntries()
    .reduce((total, { value }) => total + value, 0);
  new PerformanceObserver((list) => done(sum(list)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(0), 300);
})"""


def compressed(html, address, url):
    """Return how many bytes of a file travel, as a server packs it."""
    name = url.removeprefix(address).split("?")[0].split("#")[0]
    content = (html / (name or "index.html")).read_bytes()
    return min(len(content), len(gzip.compress(content, 6)))


@pytest.mark.parametrize("name", KILOBYTES)
def test_a_page_stays_within_its_budget(phone, address, html, name):
    page, asked = phone.new_page(), set()
    page.on("request", lambda r: asked.add(r.url))
    page.goto(address + name, wait_until="networkidle")
    assert len(asked) <= REQUESTS
    for figure in page.locator("article img:visible, .live-figure").all():
        figure.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    files = [url for url in asked if url.startswith(address)]
    size = sum(compressed(html, address, url) for url in files)
    assert size <= 1000 * KILOBYTES[name]
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= SCREENS[name] * PHONE["viewport"]["height"]
    page.close()


@pytest.mark.parametrize("name", listed_pages())
def test_nothing_moves_while_a_page_is_read(phone, address, name):
    """Without fonts, whose time of arrival is not the page's."""
    page = phone.new_page()
    page.route("**/*.woff2", lambda route: route.abort())
    page.goto(address + name, wait_until="networkidle")
    for figure in page.locator("article img:visible, .live-figure").all():
        figure.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFTED) < 0.05
    page.close()


@pytest.mark.parametrize("width", [412, 1280])
@pytest.mark.parametrize("name", ["index", "demo", "train", "ledger"])
def test_nothing_moves_while_a_page_arrives(browser, address, name, width):
    """Piece by piece, as over a slow network."""
    with browser.new_context(viewport={"width": width, "height": 823}) as it:
        page = it.new_page()
        page.route("**/*.woff2", lambda route: route.abort())
        name = f"{address}book/{name}.html?slowly"
        page.goto(name, wait_until="networkidle")
        assert page.evaluate(SHIFTED) < 0.01


HEIGHTS = """() => [...document.querySelectorAll(".live-figure")]
  .map((each) => each.offsetHeight)"""


@pytest.mark.parametrize(
    "name", ["03_attention", "04_model", "12_toward_transformers"]
)
@pytest.mark.parametrize("width", [412, 1280])
def test_a_live_figure_finds_its_place_kept(browser, address, name, width):
    with browser.new_context(viewport={"width": width, "height": 823}) as it:
        page = it.new_page()
        page.route("**/live.js", lambda route: None)  # until it is let
        page.goto(f"{address}chapters/{name}.html")
        kept = page.evaluate(HEIGHTS)
        page.unroute("**/live.js")
        page.reload()
        for figure in page.locator(".live-figure").all():
            figure.scroll_into_view_if_needed()
        waiting = page.locator(".live-figure:not([data-ready])")
        expect(waiting).to_have_count(0)
        assert kept == pytest.approx(page.evaluate(HEIGHTS), rel=0.03)


def test_what_the_first_lines_are_set_in_is_asked_for_early(html):
    heads = {
        name: (html / name).read_text(encoding="utf-8").partition("</head>")[0]
        for name in ("index.html", "book/slurm.html")
    }
    for head in heads.values():
        assert "source-serif-4-normal" in head
    assert "source-serif-4-italic" in heads["index.html"]
    assert "source-code-pro" not in heads["index.html"]
    assert "source-code-pro-normal" in heads["book/slurm.html"]


def test_no_script_blocks_a_page(html):
    for name in listed_pages():
        text = (html / name).read_text(encoding="utf-8")
        assert BLOCKING.findall(text) == [], name


def test_figures_have_their_size_and_wait_until_they_are_near(html):
    count = 0
    for name in listed_pages():
        text = (html / name).read_text(encoding="utf-8")
        for image in re.findall(r"<img [^>]*_images/[^>]*>", text):
            assert re.search(r'width="\d+" height="\d+"', image)
            assert 'loading="lazy"' in image
            count += 1
    assert count > 100


# Collects the letters of formulas that no loaded face has: a browser then
# draws them in a face of the system.
STRANGE = """(known) => [...document.querySelectorAll(".katex-html")]
  .flatMap((e) => [...e.textContent]).filter((c) => c.trim()
    && c !== "\u200b" && !known.includes(c.codePointAt(0)))"""


@pytest.mark.parametrize("name", [p for p in KILOBYTES if "chapters" in p])
def test_the_faces_have_the_letters_of_formulas(phone, address, html, name):
    known = set()
    for file in (html / "_static/math/fonts").glob("*.woff2"):
        known |= set(ttLib.TTFont(file).getBestCmap())
    assert len(known) > 150
    page = phone.new_page()
    page.goto(address + name)
    assert page.evaluate(STRANGE, sorted(known)) == []
    page.close()


def test_the_site_is_small(html):
    """Without the whole book as one file, which is made on demand."""
    files = [p for p in html.rglob("*") if p.is_file()]
    size = sum(path.stat().st_size for path in files)
    assert size <= SITE * 1e6
    assert not list(html.rglob("*.map"))
