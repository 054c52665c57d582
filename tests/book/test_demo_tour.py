"""The guided tour compares each guess with what the network really does."""

import re

import numpy as np
import pytest
import torch
from axe import faults
from browsing import save_screenshot
from demo_networks import answers, assert_answers_agree
from demo_page import CANVAS, DRAWINGS, LINK, SIDE
from playwright.sync_api import expect

from colorattn.data.scene import COLORS

ACROSS = 16  # places of the mark, in a row
STEPS = "erase", "absent", "alike", "temperature", "failure", "clothes"
DICE = """{
  let state = SEED;
  Math.random = () => {
    state = (1103515245 * state + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}"""


@pytest.fixture
def tour(other):
    demo = other(viewport={"width": 1280, "height": 900}).open()
    yield demo
    assert demo.errors == []


def begin(demo, step):
    """Start the tour, and go to one of its steps."""
    if demo.part("tour-start").is_visible():
        demo.click("tour-start")
    panel = demo.page.locator(f'[data-step="{step}"]')
    while not panel.is_visible():
        demo.click("tour-next")
    return panel


def take(demo, panel, guess):
    """Choose or set a guess, and give it."""
    if (slider := panel.locator("input[type=range]")).count():
        slider.fill(str(guess))
    elif (radios := panel.locator("input")).count():
        radios.nth(guess).check()
    else:
        mark = demo.part("mark")
        row, column = divmod(guess, ACROSS)
        for key, steps in (
            ("Arrow{}", 0),
            (("ArrowDown", "ArrowUp")[row < 8], abs(row - 8)),
            (("ArrowRight", "ArrowLeft")[column < 8], abs(column - 8)),
        ):
            for _ in range(steps):
                mark.press(key)
    demo.part("tour-guess").click()


def gap(demo):
    """Wait for the verdict on the guess, and return it."""
    expect(demo.part("gap")).to_have_text(re.compile("^(Right|Not quite)"))
    right = demo.part("gap").get_attribute("data-right") == "true"
    text = demo.text("gap")
    assert text.startswith("Right." if right else "Not quite.")
    return right, text


def act(demo, panel, n=0):
    """Do what the step asks for, by its own button."""
    panel.locator("[data-act] button").nth(n).click()
    return demo.settle()


def asked(demo, temperature=None, erased=None):
    """Let Python's network answer what the page shows."""
    shown = demo.shown
    image = torch.tensor(shown["image"], dtype=torch.uint8)
    image = image.view(1, 3, CANVAS, CANVAS)
    if erased is not None:
        image[0, erased] = 0
    query = torch.tensor(shown["query"], dtype=torch.uint8)
    heat = temperature or float(shown["scene"]["temperature"])
    name = f"{shown['net']}-{shown['scene']['data']}"
    return answers(name, image, query.view(1, 1, SIDE, SIDE), heat)


def sure(found):
    return torch.tensor(found["logits"][0]).softmax(0).numpy()


@pytest.mark.parametrize("guess", [0, 1, 2, 3])
def test_erasing_shows_which_symbol_the_answer_depends_on(tour, guess):
    panel = begin(tour, "erase")
    said = [
        sure(asked(tour, erased=color)).argmax() for color in (None, 0, 1, 2)
    ]
    take(tour, panel, guess)
    act(tour, panel, 1)
    right, text = gap(tour)
    names = "the red 7", "the green 3", "the blue 0"
    matter = [n for n in range(3) if said[n + 1] != said[0]]
    assert matter == [0] and right == (guess in matter)
    for name, color in zip(names, said[1:], strict=True):
        assert f"without {name} it is {COLORS[color]}" in text
    act(tour, panel, 0)
    assert_answers_agree(tour.shown)
    image = np.array(tour.shown["image"]).reshape(3, -1)
    assert not image[0].any() and image[1:].any(axis=1).all()
    assert "No 7 is there" in tour.text("verdict")
    act(tour, panel, 3)
    assert tour.text("verdict") == "Answer: red. Right: the 7 is red."


@pytest.mark.parametrize("guess", [33, 100])
def test_an_absent_digit_gets_an_answer_more_or_less_sure(tour, guess):
    panel = begin(tour, "absent")
    take(tour, panel, guess)
    expect(tour.part("gap")).to_have_text("")
    act(tour, panel)
    percent = round(100 * float(sure(asked(tour)).max()))
    right, text = gap(tour)
    assert f"{percent}% sure" in text
    assert right == (abs(percent - guess) <= 10) == (guess == 100)
    if percent != guess:
        assert f"{abs(percent - guess)} percentage points" in text


def test_the_gap_follows_the_network_when_the_reader_asks_on(tour):
    panel = begin(tour, "absent")
    take(tour, panel, 50)
    for kind in (2, 9):
        tour.part("class").select_option(str(kind))
        tour.settle()
        percent = round(100 * float(sure(asked(tour)).max()))
        expect(tour.part("gap")).to_contain_text(f"{percent}% sure")


@pytest.mark.parametrize("where", ["there", "far"])
def test_a_mark_is_compared_with_the_largest_weight(tour, where):
    panel = begin(tour, "alike")
    scene = tour.scene
    image = tour.shown["image"]
    kinds = [symbol["kind"] for symbol in scene["symbols"]]
    assert kinds == [4, 9, 2] and scene["query"]["kind"] == 2
    query = DRAWINGS["mnist"][9, 9].view(1, 1, SIDE, SIDE)
    found = answers(
        "best-mnist",
        torch.tensor(image, dtype=torch.uint8).view(1, 3, CANVAS, CANVAS),
        query,
        1.0,
    )
    cell = int(found["weights"][0].argmax())
    take(tour, panel, cell if where == "there" else 255)
    act(tour, panel)
    right, text = gap(tour)
    size = CANVAS / ACROSS
    far = np.hypot(*np.subtract(divmod(cell, ACROSS), divmod(255, ACROSS)))
    wanted = 0 if where == "there" else round(far * size)
    assert f"{wanted} pixels from your mark" in text
    assert right == (where == "there")
    line = tour.page.locator(".demo-mark line")
    ends = [float(line.get_attribute(name)) for name in ("x1", "x2")]
    guessed = cell if where == "there" else 255
    wanted = [(at % ACROSS + 0.5) * size for at in (guessed, cell)]
    assert ends == wanted and line.get_attribute("hidden") is None


def test_the_mark_is_put_by_a_tap_and_asks_for_nothing(tour):
    begin(tour, "alike")
    before = tour.scene
    tour.page.mouse.click(*tour.cell_at(37, 256))
    label = tour.part("mark").get_attribute("aria-label")
    assert label.startswith("Your mark: row 2, column 5")
    tour.part("tour-guess").click()
    assert tour.settle().scene == before
    tour.handle(1).click()  # the mark is no longer in the way
    assert tour.settle().scene["query"]["kind"] == 9
    assert gap(tour)[1]


@pytest.mark.parametrize("guess", [100, 30])
@pytest.mark.parametrize("way", ["button", "slider"])
def test_heat_takes_the_answer_away(tour, guess, way):
    panel = begin(tour, "temperature")
    take(tour, panel, guess)
    if way == "button":
        act(tour, panel)
    else:
        tour.part("temperature").fill("1")
        tour.settle()
    percent = round(100 * float(sure(asked(tour, temperature=10.0))[0]))
    right, text = gap(tour)
    assert f"{percent}% sure of red" in text
    assert right == (abs(percent - guess) <= 10) == (guess == 30)


def test_a_failure_is_looked_at_and_every_guess_is_judged(other):
    judged = set()
    for guess in (0, 1, 2):
        demo = other()
        demo.page.add_init_script(DICE.replace("SEED", "11"))
        demo.open()
        panel = begin(demo, "failure")
        take(demo, panel, guess)
        act(demo, panel)
        right, text = gap(demo)
        shown = demo.shown
        assert shown["net"] == "post"
        found = asked(demo)
        kinds = [symbol["kind"] for symbol in shown["scene"]["symbols"]]
        truth = kinds.index(shown["scene"]["query"]["kind"])
        said = int(found["logits"][0].argmax())
        assert said != truth and f"says {COLORS[said]}" in text
        place = looked_at(shown["scene"], found["weights"][0])
        assert right == (guess == (2 if place is None else place != truth))
        judged.add(right)
        assert demo.errors == []
    assert judged == {True, False}


def looked_at(scene, weights):
    """Return the color of the symbol under the largest weight, if any."""
    side = round(len(weights) ** 0.5)
    cell = divmod(int(weights.argmax()), side)
    middle = (np.array(cell) + 0.5) * CANVAS / side - SIDE / 2
    corners = [(s["row"], s["column"]) for s in scene["symbols"]]
    away = np.abs(np.array(corners) - middle)
    color = int(np.hypot(*away.T).argmin())
    return None if away[color].max() > SIDE / 2 else color


def test_clothes_are_counted(other):
    judged, count = set(), 2
    for _ in range(2):  # a guess that is far off, then the right one
        guess, demo = count, other()
        demo.page.add_init_script(DICE.replace("SEED", "3"))
        demo.open()
        panel = begin(demo, "clothes")
        take(demo, panel, guess)
        act(demo, panel)
        right, text = gap(demo)
        count = int(re.search(r"got (\d+) of 20", text)[1])
        assert 15 <= count <= 20  # 20 scenes, and about 92% of them right
        assert right == (abs(count - guess) <= 1)
        assert demo.scene["data"] == "fashion"
        wrong = "Wrong" in demo.text("verdict")
        assert wrong == (count < 20)
        judged.add(right)
        said = f"Your guesses on this tour so far: {int(right)} of 1 right."
        assert demo.text("tour-sum") == said
        assert demo.errors == []
    assert judged == {True, False}


def test_a_choice_is_asked_for_before_anything_is_done(tour):
    panel = begin(tour, "erase")
    act_ = panel.locator("[data-act]")
    assert not act_.is_visible()
    tour.part("tour-guess").click()
    expect(tour.part("gap")).to_have_text("Choose one of the answers first.")
    assert not act_.is_visible()
    take(tour, panel, 1)
    assert act_.is_visible()
    assert not panel.locator("[data-means]").is_visible()


def test_it_can_be_left_and_resumed_and_nothing_stays_changed(tour):
    panel = begin(tour, "temperature")
    take(tour, panel, 40)
    act(tour, panel)
    tour.click("tour-leave")
    assert not tour.part("tour").is_visible()
    assert tour.scene["temperature"] == 1
    start = tour.part("tour-start")
    expect(start).to_be_focused()
    expect(start).to_have_text("Resume the tour (4 of 6)")
    tour.page.wait_for_function("!location.hash.includes('tour')")
    start.click()
    expect(panel.locator("output")).to_have_text("40%")
    assert panel.locator("input").is_disabled()
    act(tour.settle(), panel)
    assert "You guessed 40%" in gap(tour)[1]
    tour.click("tour-again")
    assert panel.locator("input").is_enabled()
    assert tour.text("gap") == ""


def test_a_link_brings_the_step_the_guess_and_the_gap(tour, other):
    panel = begin(tour, "absent")
    take(tour, panel, 44)
    before = tour.page.evaluate("location.hash")
    act(tour, panel)
    said = gap(tour)
    changed = "(before) => location.hash !== before"
    tour.page.wait_for_function(changed, arg=before)
    assert tour.page.url.endswith("&tour=2-44")
    there = other().open("#" + tour.page.url.partition("#")[2])
    assert gap(there) == said
    assert there.text("tour").startswith("2 of 6")
    assert there.scene == tour.scene
    assert there.errors == []


@pytest.mark.parametrize(
    "state",
    ["0", "7", "", "1-4", "2-101", "3-256", "1--1", "1-1e1", "<b>"]
    + ["1&tour=2", "1%0A", "1-" + "0" * 3_000],
    ids=lambda text: text[:8],
)
def test_a_hostile_step_is_ignored_and_said_to_be(tour, state):
    before = tour.scene
    tour.open(f"{LINK}&tour={state}")
    expect(tour.part("note")).to_contain_text("no such step or guess")
    assert tour.scene == before
    assert not tour.part("tour").is_visible()
    assert "<" not in tour.text("note") and len(tour.text("note")) < 120


def test_words_light_the_parts_that_they_name(tour):
    for step in STEPS:
        panel = begin(tour, step)
        for word in panel.locator("[data-lights]:visible").all():
            word.focus()
            lit = tour.page.locator(".demo-lit")
            assert lit.count() == 1 and lit.is_visible()
            word.blur()
            assert lit.count() == 0
            word.hover()
            assert lit.count() == 1


def test_the_keyboard_alone_takes_a_step(tour):
    tour.part("tour-start").focus()
    tour.page.keyboard.press("Enter")
    heading = tour.page.locator('[data-step="erase"] h2')
    expect(heading).to_be_focused()
    press = tour.page.keyboard.press
    for _ in range(20):
        press("Tab")
        if tour.page.evaluate("document.activeElement.type") == "radio":
            break
    press("Space")
    for _ in range(5):
        press("Tab")
        active = "document.activeElement.dataset.part"
        if tour.page.evaluate(active) == "tour-guess":
            break
    press("Enter")
    focused = tour.page.evaluate("document.activeElement.textContent")
    assert focused == "Erase the red 7"
    press("Enter")
    assert gap(tour)[0]
    assert tour.part("gap").get_attribute("role") == "status"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_it_fits_and_has_no_barriers(other, width, look):
    demo = other(
        viewport={"width": width, "height": 720 if width > 400 else 640},
        color_scheme=look,
        reduced_motion="reduce",
    ).open()
    guesses = {"erase": 0, "alike": 60, "failure": 1}
    for step in STEPS:
        panel = begin(demo, step)
        take(demo, panel, guesses.get(step, 40))
        act(demo, panel)
        gap(demo)
        if step in ("erase", "alike", "temperature"):
            save_screenshot(demo.page, f"tour-{step}-{width}-{look}")
        whole = demo.page.evaluate("document.documentElement.scrollWidth")
        assert whole <= width
        assert faults(demo.page) == []
    assert demo.errors == []


def test_it_works_in_a_page_that_was_opened_as_a_file(other, html):
    demo = other()
    demo.page.unroute_all()
    demo.page.goto((html / "book" / "demo.html").as_uri())
    demo.page.locator('.demo[data-state="ready"]').wait_for()
    demo.click("tour-start")
    panel = demo.page.locator('[data-step="erase"]')
    take(demo, panel, 0)
    act(demo, panel)
    assert gap(demo)[0]
    demo.page.wait_for_function("location.hash.endsWith('&tour=1-0')")


@pytest.mark.parametrize(
    "page", ["book/index.html", "chapters/06_looking_inside.html"]
)
def test_other_pages_have_no_tour(other, page):
    demo = other().open(page=page)
    assert demo.part("tour-start").count() == 0
    assert demo.part("tour").count() == 0
    assert demo.errors == []
