"""The site around the text: search, downloads, keyboard, 404, printing."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from browsing import watch
from building import (
    CONFIG,
    PROJECT,
    ROOT,
    assert_same_notebook,
    listed_chapters,
    listed_pages,
)
from PIL import Image, ImageColor
from playwright.sync_api import expect

from colorattn import widgets
from colorattn.figures import style

STATIC = ROOT / "book" / "static"
TITLE = CONFIG["title"]
CHAPTER = "chapters/03_attention.html"


@pytest.fixture(scope="module")
def context(browser):
    with browser.new_context(viewport={"width": 1280, "height": 900}) as it:
        yield it


@pytest.fixture
def page(context, address):
    """A new page; a test must cause no error and no foreign request."""
    page = context.new_page()
    errors = watch(page, address)
    yield page
    page.close()
    assert errors == []


# Search.


def search(page, words):
    """Type words into the search of the open page; list what is found."""
    page.keyboard.press("Control+k")
    box = page.locator("#search input")
    expect(box).to_be_focused()
    box.fill(words)
    page.locator('#search[data-ready="yes"]').wait_for()
    links = page.locator("#search ol a").all()
    return [link.evaluate("(a) => a.href") for link in links]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("soft dictionary", "chapters/03_attention.html#from-a-dictionary"),
        ("plateau", "chapters/05_training.html#"),
        ("receptive field", "chapters/04_model.html#"),
        ("pullover", "chapters/08_fashion.html#"),
        # Exercises by number, words of the glossary by name.
        ("5.1", "chapters/05_training.html#"),
        ("exercise 5.1", "chapters/05_training.html#"),
        ("glimpse", "book/glossary.html#term-glimpse"),
        # Typing errors, and a word that is not finished.
        ("softmx", "book/glossary.html#term-softmax"),
        ("atention", "chapters/03_attention.html"),
        ("temper", "chapters/03_attention.html#temperature"),
    ],
)
def test_the_search_finds_the_section(page, address, words, wanted):
    page.goto(address + "book/teaching.html")
    found = search(page, words)
    assert any(link.startswith(address + wanted) for link in found[:3]), found


def test_an_exercise_is_the_first_that_its_number_finds(page, address):
    page.goto(address + "book/index.html")
    assert search(page, "exercise 5.1")
    first = page.locator("#search ol a b").first
    assert first.inner_text().startswith("5.1")


def test_the_keyboard_walks_through_what_was_found(page, address):
    page.goto(address + "book/glossary.html")
    first, second = search(page, "plateau")[:2]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search ol a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(second)
    page.go_back()
    search(page, "plateau")
    page.keyboard.press("Enter")
    page.wait_for_url(first)


def test_escape_leaves_the_search_where_it_was_asked(page, address):
    page.goto(address + "book/glossary.html")
    link = page.locator(".side .search-link")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#search input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).not_to_be_visible()
    expect(link).to_be_focused()


def test_results_show_words_and_no_formula_nor_html(page, address):
    page.goto(address + "search.html?q=softmax")
    results = page.locator("#search-page ol li")
    results.first.wait_for()
    for text in results.all_inner_texts():
        assert not re.search(r"\\\w|</?\w+>|<!--|&#", text)
    assert results.locator("mark").count() >= results.count() / 2


def test_a_word_that_is_nowhere_is_not_found(page, address):
    page.goto(address + "search.html?q=xylophone")
    status = page.locator("#search-page [role=status]")
    expect(status).to_contain_text("Nothing was found")


# Downloads.


@pytest.mark.parametrize("name", listed_chapters())
def test_a_chapter_offers_its_notebook_in_two_ways(page, address, name):
    page.goto(address + name)
    colab, notebook = page.locator("article .course-buttons a").all()
    file = f"{name.removesuffix('.html')}.ipynb"
    opened = colab.get_attribute("href")
    assert opened.startswith("https://colab.research.google.com/github/")
    assert opened.endswith(f"/blob/main/{file}")
    notebook.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    content = (ROOT / file).read_bytes()
    assert_same_notebook(download.value.path().read_bytes(), content)
    assert download.value.suggested_filename == file.split("/")[-1]
    item = page.locator("footer .source a[download]")
    item.focus()
    expect(item).to_be_focused()
    answer = page.request.get(item.evaluate("(link) => link.href"))
    assert_same_notebook(answer.body(), content)


def test_a_folded_cell_says_what_it_hides(page, address):
    page.goto(address + CHAPTER)
    folds = page.locator("article details.hide > summary")
    said = {text.strip() for text in folds.all_inner_texts()}
    assert said == {
        "Show the set-up, for Colab",
        "Show a solution",
        "Show the imports",
        "Show how it is drawn",
        "Show the check",
    }


def test_the_set_up_of_a_chapter_is_folded_and_opens(page, address):
    page.goto(address + CHAPTER)
    fold = page.locator("details.hide", has_text="Show the set-up").first
    code = fold.locator(".highlight")
    expect(code).not_to_be_visible()
    fold.locator("summary").press("Enter")
    expect(code).to_be_visible()
    expect(code).to_contain_text("google.colab")


def test_the_end_of_a_cell_that_only_shows_is_folded(page, address):
    page.goto(address + CHAPTER)
    cell = page.locator(".cell", has_text="history = learn(query, keys,")
    shown, folded = cell.locator(".cell_input pre").all()
    expect(shown).to_be_visible()
    expect(shown).not_to_contain_text("figures.")
    expect(folded).not_to_be_visible()
    cell.locator("summary").click()
    expect(folded).to_be_visible()
    assert "figures.learning_arrows(" in folded.text_content()
    expect(cell.locator(".cell_output figure")).to_be_visible()


# Figures.


def test_the_text_introduces_query_key_and_value_in_their_colors(html):
    text = (html / CHAPTER).read_text(encoding="utf-8")
    pattern = r'<strong class="named-(\w+)">([^<]+)</strong>'
    assert set(re.findall(pattern, text)) == {
        ("key", "key"),
        ("value", "value"),
        ("query", "query vector"),
        ("key", "keys"),
        ("value", "values"),
    }


@pytest.mark.parametrize(
    ("name", "tex", "kinds"),
    [
        (CHAPTER, r"q \cdot k", ["query", "key"]),
        (CHAPTER, "v", ["value"]),
        (CHAPTER, r"s_n = q \cdot k_n", ["query", "key"]),
        ("chapters/04_model.html", "v_{ij}", ["value"]),
        ("chapters/04_model.html", "k - 1", []),  # a kernel's side
        ("chapters/06_looking_inside.html", r"\sum \alpha v", ["value"]),
        ("chapters/07_ablations.html", "K", ["key"]),
        ("chapters/10_climbing.html", "k^2 n w + w", []),
        ("book/notation.html", "V", ["value"]),
        ("book/notation.html", "v", []),  # a running mean
        ("book/glossary.html", "k_{ij}", ["key"]),
    ],
)
def test_formulas_have_query_key_and_value_in_their_colors(
    html, name, tex, kinds
):
    text = (html / name).read_text(encoding="utf-8")
    formulas = text.split('class="katex"')[1:]
    source = f'x-tex">{tex}</annotation>'
    found = [formula for formula in formulas if source in formula]
    assert found
    for formula in found:
        assert re.findall(r"enclosing named-(\w+)", formula) == kinds


def test_notation_and_glossary_have_their_words_in_colors(html):
    wanted = {"query", "query vector", "keys", "values"}
    for name, words in (
        ("notation", wanted),
        ("glossary", {"query", "query vector", "key", "value"}),
    ):
        text = (html / f"book/{name}.html").read_text(encoding="utf-8")
        pattern = r'<(?:td|dt) class="[^"]*named-(\w+)"[^>]*>(?:<p>)?([\w ]+)'
        found = re.findall(pattern, text)
        assert {word for _, word in found} == words
        assert all(word.startswith(kind) for kind, word in found)


def test_figures_are_numbered_and_have_a_caption(html):
    for name in listed_chapters():
        text = (html / name).read_text(encoding="utf-8")
        chapter = int(re.search(r"chapters/(\d+)", name)[1])
        pattern = r"<figcaption><b>Figure ([\d.]+)</b> ([^<]+)</figcaption>"
        captions = re.findall(pattern, text)
        count = len(re.findall(r'<figure><a class="enlarge"', text))
        assert len(captions) == count > 0
        live = re.findall(
            r'<figure class="live-figure".*?<figcaption><b>Live figure '
            r"([\d.]+)</b> [^<]+[.]</figcaption></figure>",
            text,
            re.DOTALL,
        )
        assert live == [f"{chapter}.{n + 1}" for n in range(len(live))]
        assert len(live) == text.count('class="live-figure"')
        numbers = [f"{chapter}.{n + 1}" for n in range(count)]
        assert [number for number, _ in captions] == numbers
        assert all(said.endswith(".") for _, said in captions)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_figure_has_the_ground_and_the_ink_of_the_page(page, address, look):
    page.emulate_media(color_scheme="light")  # the reader's choice counts
    page.goto(address + CHAPTER)
    page.evaluate("(look) => window.setLook(look)", look)
    figure = page.locator("article figure img").first
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_js_property("complete", True)
    seen = Image.open(io.BytesIO(figure.screenshot())).convert("RGB")
    paper, ink = map(ImageColor.getrgb, (style.PAPER, style.INK))
    if look == "dark":
        dark = style.IN_THE_DARK[style.PAPER], style.IN_THE_DARK[style.INK]
        paper, ink = map(ImageColor.getrgb, dark)
    assert seen.getpixel((2, seen.height - 2)) == paper
    near = np.abs(np.asarray(seen, dtype=int) - ink).max(axis=2)
    assert near.min() <= 2
    page.evaluate("window.setLook('auto')")


GLARING = """() => [...document.querySelectorAll("article *")].filter((e) => {
  const { width, height } = e.getBoundingClientRect();
  const [r, g, b, alpha = 1] = getComputedStyle(e).backgroundColor
    .match(/[\\d.]+/g).map(Number);
  return width * height > 10_000 && alpha > 0 && r + g + b > 384;
}).map((e) => e.outerHTML.slice(0, 120))"""


def test_nothing_glares_in_the_dark(page, address):
    page.emulate_media(color_scheme="dark")
    page.goto(address + CHAPTER)
    assert page.locator(".verdict").count() > 0
    assert page.evaluate(GLARING) == []
    page.emulate_media(color_scheme="light")


def test_a_progress_bar_is_a_line_of_text(html):
    texts = [(html / name).read_text("utf-8") for name in listed_chapters()]
    bars = re.findall(r'<p class="progress">([^<]*)</p>', "".join(texts))
    assert bars and all(re.search(r"\d", bar) for bar in bars)
    assert not re.search("progress-bar|widget-subarea", "".join(texts))


def test_a_figure_opens_larger_on_a_phone(browser, address):
    with browser.new_context(viewport={"width": 360, "height": 640}) as phone:
        page = phone.new_page()
        errors = watch(page, address)
        page.goto(address + CHAPTER)
        link = page.locator("article figure a").first
        link.scroll_into_view_if_needed()
        assert link.locator("img").bounding_box()["width"] < 345
        link.press("Enter")
        box = page.get_by_role("dialog", name="Figure 3.1")
        expect(box).to_be_visible()
        large = box.get_by_role("img")
        assert large.bounding_box()["width"] >= 700
        assert large.get_attribute("alt") == link.locator("img").get_attribute(
            "alt"
        )
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.keyboard.press("Escape")
        expect(box).to_have_count(0)
        expect(link).to_be_focused()
        link.click()
        box.get_by_role("button", name="Close").click()
        expect(box).to_have_count(0)
        assert errors == []


# The frame.


def test_a_button_that_opens_a_list_has_one(html):
    for name in listed_pages():
        text = (html / name).read_text(encoding="utf-8")
        for target in re.findall('popovertarget="(.*?)"', text):
            assert f'id="{target}" popover' in text, name


@pytest.mark.parametrize("width", [1280, 390])
def test_without_javascript_no_button_is_dead(browser, address, width):
    with browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 800}
    ) as context:
        page = context.new_page()
        page.goto(address + CHAPTER)
        for button in page.locator("button:visible").all():
            target = button.get_attribute("popovertarget")
            assert target
            button.click()
            expect(page.locator(f"#{target}")).to_be_in_viewport()
            page.keyboard.press("Escape")
        assert not re.search(r"\\[([]|\$", page.inner_text("article"))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_way_on_is_apart_from_the_foot(page, address, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address + CHAPTER)
    cards = page.locator(".turn a").all()
    assert len(cards) == 2
    boxes = [card.bounding_box() for card in cards]
    bottom = max(box["y"] + box["height"] for box in boxes)
    source = page.locator("footer .source").bounding_box()
    assert source["y"] >= bottom + 16


LIST = re.compile(
    r'<ol class="arabic[^"]*"([^>]*)>(.*?)</ol>(\s*<details)?', re.DOTALL
)


def test_no_sentence_became_a_list(html):
    """A line of Markdown that begins with a number and a period does.

    A list of one is that, unless it is the only part of an exercise.
    """
    for name in listed_pages():
        text = (html / name).read_text(encoding="utf-8")
        for start, items, hints in LIST.findall(text):
            assert not start, name
            assert items.count("<li") > 1 or hints, name


# The keyboard.


def test_the_first_stop_skips_to_the_text(page, address):
    page.goto(address + CHAPTER)
    page.keyboard.press("Tab")
    skip = page.get_by_text("Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"
    page.keyboard.press("Tab")
    inside = "document.activeElement.closest('main') !== null"
    assert page.evaluate(inside)


STOP = """() => {
  const now = document.activeElement;
  const style = getComputedStyle(now);
  const box = now.getBoundingClientRect();
  return {
    name: `${now.tagName} ${now.innerText?.slice(0, 30)}`,
    path: [now.tagName, ...[...document.querySelectorAll("*")]
      .flatMap((e, n) => (e === now ? [n] : []))].join(" "),
    drawn: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      || style.boxShadow !== "none",
    on: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


@pytest.mark.parametrize("name", ["book/index.html", CHAPTER])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    page, address, name
):
    page.goto(address + name)
    page.wait_for_load_state("networkidle")
    reachable = """() => [...document.querySelectorAll(
        "main :is(a[href], button, summary, input, select)")]
      .filter((e) => e.checkVisibility({ visibilityProperty: true })
        && e.tabIndex >= 0 && !e.disabled
        && !e.closest("dialog, .headerlink")
        && !(e.type === "radio" && !e.checked)).length"""
    wanted, stops = page.evaluate(reachable), []
    page.locator("main").evaluate("(main) => main.focus()")
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if (
            stop["path"] in {s["path"] for s in stops}
            or "BODY" in stop["path"]
        ):
            break
        stops.append(stop)
    stops = stops[1:]  # the first skips to the text, and slides in
    assert len(stops) >= wanted > 10
    assert [s["name"] for s in stops if not s["drawn"]] == []
    assert [s["name"] for s in stops if not s["on"]] == []


# A wrong address.


@pytest.mark.parametrize(
    "wrong", ["gone.html", "chapters/99_gone.html", "a/b/c/d/e/"]
)
def test_a_wrong_address_leads_back_from_any_depth(page, address, wrong):
    answer = page.goto(address + wrong)
    assert answer.status == 404
    assert page.locator("h1").inner_text() == "Nothing here to attend to"
    assert page.get_by_role("link", name=TITLE).is_visible()
    logo = page.locator("svg").bounding_box()
    assert logo["width"] > 100
    for link in page.locator("a").all():
        there = link.evaluate("(link) => link.href")
        assert there.startswith(address)
        assert page.request.get(there).status == 200
    page.get_by_role("searchbox").fill("softmax")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}search.html?q=softmax")


def test_pages_would_serve_what_begins_with_an_underscore(html):
    assert (html / ".nojekyll").is_file()
    assert not list(html.rglob("*axe*.js"))
    icon = html / "_static" / "favicon.svg"
    assert icon.read_bytes() == (STATIC / "favicon.svg").read_bytes()


# What pages say of themselves.


def meta(text, name):
    """Return what a page says of itself under one name."""
    found = re.findall(rf'(?:name|property)="{name}" content="(.*?)"', text)
    assert len(found) == 1, name
    return found[0]


def test_titles_and_descriptions_differ_and_addresses_agree(html):
    titles, told = [], []
    root = (html / "index.html").read_text(encoding="utf-8")
    base = re.search('rel="canonical" href="(.*?)"', root)[1]
    assert base.endswith(f".github.io{PROJECT}")
    for name in listed_pages():
        if name in ("404.html", "search.html", "index.html"):
            continue
        text = (html / name).read_text(encoding="utf-8")
        titles.append(re.search("<title>(.*?)</title>", text)[1])
        told.append(meta(text, "description"))
        heading = meta(text, "og:title")
        assert heading and heading in titles[-1]
        canonical = re.search('rel="canonical" href="(.*?)"', text)[1]
        first = name == "book/index.html"
        assert canonical == (base if first else base + name)
        assert meta(text, "og:url") == canonical
        assert meta(text, "viewport").startswith("width=device-width")
    assert len(set(titles)) == len(titles) > 10
    assert len(set(told)) == len(told) > 10


def test_the_root_is_the_first_page_itself(page, address, html):
    text = (html / "index.html").read_text(encoding="utf-8")
    assert "http-equiv" not in text
    page.goto(address)
    expect(page.locator("h1")).to_contain_text(TITLE)
    page.locator("nav.turn a[rel=next]").click()
    page.wait_for_url(address + "book/demo.html")
    page.locator(".side .home").click()
    page.wait_for_url(address + "index.html")


def test_a_link_that_is_shared_shows_what_it_leads_to(html):
    for name in ("index.html", "book/demo.html", CHAPTER):
        text = (html / name).read_text(encoding="utf-8")
        assert meta(text, "twitter:card") == "summary_large_image"
        assert len(meta(text, "og:image:alt")) > 40
        _, _, file = meta(text, "og:image").partition(PROJECT)
        with Image.open(html / file) as picture:
            assert str(picture.width) == meta(text, "og:image:width")
            assert str(picture.height) == meta(text, "og:image:height")
        assert (html / file).stat().st_size < 300_000
    root = (html / "index.html").read_text(encoding="utf-8")
    assert "attention" in meta(root, "description")
    assert len(meta(root, "description")) <= 200


def test_search_engines_are_told_what_is_there(html):
    robots = (html / "robots.txt").read_text(encoding="utf-8")
    sitemap = re.search("Sitemap: (.*)", robots)[1]
    base = sitemap.removesuffix("sitemap.xml")
    listed = (html / "sitemap.xml").read_text(encoding="utf-8")
    pages = {
        address.removeprefix(base) or "index.html"
        for address in re.findall("<loc>(.*?)</loc>", listed)
    }
    unlisted = {"404.html", "search.html", "book/index.html"}
    assert pages == set(listed_pages()) - unlisted
    for name in ("index.html", CHAPTER):
        text = (html / name).read_text(encoding="utf-8")
        data = re.search(r'ld\+json">(.*?)</script>', text)[1]
        told = json.loads(data)
        assert told["@context"] == "https://schema.org"
        assert told["url"] == re.search('canonical" href="(.*?)"', text)[1]


def test_a_phone_can_keep_the_book_among_its_icons(html):
    text = (html / "index.html").read_text(encoding="utf-8")
    icon = re.search('rel="apple-touch-icon" href="(.*?)"', text)[1]
    with Image.open(html / icon) as picture:
        assert picture.size == (180, 180)
    palette = (STATIC / "palette.css").read_text(encoding="utf-8")
    colors = re.findall('name="theme-color".*?content="(.*?)"', text)
    assert len(colors) == 2
    assert all(color in palette for color in colors)


# On paper.


def test_paper_has_no_controls_and_hides_no_solution(page, address):
    page.emulate_media(color_scheme="dark")
    page.goto(address + CHAPTER)
    folded = page.locator("article details")
    shown = """(boxes) => boxes.map((box) =>
      box.lastElementChild.checkVisibility())"""
    assert folded.count() > 12
    assert not any(folded.evaluate_all(shown))
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (
        ".side",
        "nav.sections",
        ".bar",
        ".turn",
        "article .course-buttons",
        "footer .source",
        ".copy >> nth=0",
    ):
        expect(page.locator(hidden)).not_to_be_visible()
    assert all(folded.evaluate_all(shown))
    assert page.locator("h1:visible").count() == 1
    pale = """() => [...document.querySelectorAll(
        "article :is(p, h2, .highlight span, code)")].filter((e) => {
      const [r, g, b] = getComputedStyle(e).color.match(/[\\d.]+/g);
      return 0.3 * r + 0.6 * g + 0.1 * b > 150;
    }).map((e) => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(pale) == []
    link = page.locator('article a[href^="http"]').last
    spelled = link.evaluate("(a) => getComputedStyle(a, '::after').content")
    assert "http" in spelled
    cut = """(pictures) => pictures.filter((img) =>
      getComputedStyle(img).breakInside !== "avoid").length"""
    assert page.locator("article img").evaluate_all(cut) == 0


# One palette.

LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")


def test_page_and_figures_have_one_palette():
    palette = (STATIC / "palette.css").read_text(encoding="utf-8")
    declared = dict(re.findall(r"--figure-(\w+): (#\w+);", palette))
    names = ["paper", "ink", "faint", "blue", "orange", "green", "pink"]
    wanted = {name: getattr(style, name.upper()) for name in names}
    assert declared == wanted


@pytest.mark.parametrize(
    "name", ["paper", "ink", "faint", "query", "key", "value"]
)
def test_what_has_a_color_has_it_in_figures_too(name):
    palette = (STATIC / "palette.css").read_text(encoding="utf-8")
    variable = rf"--(?:figure-)?{name}: (#\w+);"
    light, dark, *_ = re.findall(variable, palette)
    color = getattr(style, name.upper())
    assert (light, dark) == (color, style.IN_THE_DARK[color])


def test_live_figures_have_the_colors_of_the_palette():
    """They have them twice: notebooks have no palette."""
    palette = (STATIC / "palette.css").read_text(encoding="utf-8")
    css = (Path(widgets.__file__).parent / "live.css").read_text("utf-8")
    given = re.findall(r"var\(--([\w-]+), light-dark\((#\w+), (#\w+)\)\)", css)
    assert len(given) == 12
    for name, *colors in given:
        variable = rf"--(?:figure-)?{name}: (#\w+);"
        assert re.findall(variable, palette)[:2] == colors, name


@pytest.mark.parametrize("name", ["page.css", "course.css", "demo/demo.css"])
def test_no_other_style_of_the_page_has_a_color_of_its_own(name):
    css = (STATIC / name).read_text(encoding="utf-8")
    assert LITERAL.findall(css) == []
    used = set(re.findall(r"var\(--([\w-]+)\)", css))
    styles = [STATIC / f"{part}.css" for part in ("palette", "page")]
    texts = [path.read_text(encoding="utf-8") for path in styles]
    given = set(re.findall(r"--([\w-]+):", "".join([*texts, css])))
    assert used <= given


def test_the_logo_is_drawn_in_the_colors_of_the_palette():
    logo = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    palette = (STATIC / "palette.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#\w+", logo)) <= set(re.findall(r"#\w+", palette))


def test_the_faces_are_those_of_the_book(page, address):
    page.goto(address + CHAPTER)
    page.evaluate("document.fonts.ready.then(() => true)")
    loaded = page.evaluate(
        """() => [...document.fonts].filter((f) => f.status === "loaded")
        .map((f) => f.family.replaceAll('"', ""))"""
    )
    assert {"Source Serif", "Source Sans", "Source Code"} <= set(loaded)
    for family in ("source-serif-4", "source-sans-3", "source-code-pro"):
        path = ROOT / "book" / "vendor" / "fonts" / f"{family}.LICENSE"
        assert "SIL OPEN FONT LICENSE" in path.read_text(encoding="utf-8")
