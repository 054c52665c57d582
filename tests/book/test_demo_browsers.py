"""The live demo does in other browsers what it does in Chromium."""

import re

import numpy as np
import pytest
import torch
from demo_networks import assert_answers_agree
from demo_page import PAGE
from other_browsers import BROWSERS, played

from colorattn.data.scene import COLORS

BEGIN = """
  const demo = document.querySelector(".demo");
  const part = (name) => demo.querySelector(`[data-part="${name}"]`);
  const states = [];
  const note = async () => {
    await rest();
    await until(() => demo.ariaBusy === "false");
    const list = (key, value) =>
      ArrayBuffer.isView(value) ? [...value] : value;
    states.push(JSON.parse(JSON.stringify(demo.shown, list)));
  };
  const press = (element, key) => element.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true }));
  await until(() => demo.dataset.state === "ready");
"""
PLAY = (
    BEGIN
    + """
  await note();
  const [pen, before] = [part("scene"), part("scene").toDataURL()];
  press(part("symbol"), "ArrowDown");
  await note();
  const box = part("stage").getBoundingClientRect();
  part("stage").dispatchEvent(new PointerEvent("pointermove", {
    pointerType: "mouse", bubbles: true,
    clientX: box.left + box.width * 4.5 / 16,
    clientY: box.top + box.height * 6.5 / 16 }));
  await note();
  part("switch").querySelector("button").click();
  await note();
  demo.querySelector("[value=fashion]").click();
  await until(() => demo.shown.scene.data === "fashion");
  await note();
  await until(() => location.hash.startsWith("#scene_fashion"));
  const [query, stage] = ["card", "stage"].map(
    (name) => part(name).getBoundingClientRect());
  return { states,
    painted: pen.toDataURL() !== before, hash: location.hash,
    line: [...part("data").querySelectorAll("b, label")].map((each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return (top + bottom) / 2;
    }),
    sizes: [query.width, query.height, stage.width, stage.height],
    verdict: part("verdict").textContent };
"""
)
# Takes each step of the tour: guesses, does what it asks for, and reads on.
TOUR = (
    BEGIN
    + """
  part("tour-start").click();
  const steps = [];
  for (const panel of demo.querySelectorAll("[data-step]")) {
    if (steps.length) part("tour-next").click();
    await note();
    const field = panel.querySelector("input");
    if (field?.type === "radio") field.click();
    else if (!field) press(part("mark"), "ArrowLeft");
    part("tour-guess").click();
    panel.querySelector("[data-act] button").click();
    await until(() => part("gap").textContent);
    await note();
    const [line, means] = [demo.querySelector(".demo-mark line"),
      panel.querySelector("[data-means]")];
    steps.push({ name: panel.dataset.step, shown: states.at(-1),
      gap: part("gap").textContent, right: part("gap").dataset.right,
      means: means.checkVisibility(), only:
        [...demo.querySelectorAll("[data-step]")].filter(
          (step) => step.checkVisibility()).length,
      line: ["x1", "y1", "x2", "y2"].map((end) => +line.getAttribute(end)) });
  }
  await until(() => location.hash.includes("tour=6-"));
  const { hash } = location;
  const sum = part("tour-sum").textContent;
  part("tour-leave").click();
  return { steps, hash, sum, left: !part("tour").checkVisibility() };
"""
)


@pytest.mark.parametrize("other", BROWSERS)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_they_show_what_python_computes(other, html, tmp_path, scheme):
    seen = played(other, tmp_path, html, PAGE, PLAY, scheme)
    for state in seen["states"]:
        assert_answers_agree(state)
    first, moved, pointed, switched, clothes = seen["states"]
    rows = [s["scene"]["symbols"][0]["row"] for s in (first, moved)]
    assert rows == [2, 3]
    assert seen["painted"]
    assert pointed["numbers"]["cell"] == 6 * 16 + 4
    assert [s["net"] for s in (pointed, switched)] == ["best", "post"]
    weights = switched["answers"][0]["weights"]
    assert switched["numbers"]["cell"] == int(np.argmax(weights))
    assert clothes["scene"]["data"] == "fashion"
    assert seen["hash"].startswith("#scene_fashion")
    card, _, stage, height = seen["sizes"]
    assert stage == pytest.approx(height, abs=1)
    assert card < stage / 2
    assert max(seen["line"]) - min(seen["line"]) < 10  # one line of choices
    assert seen["verdict"].startswith("Answer: ")


def own(shown):
    """Return the answer of the network that the page shows."""
    (answer,) = [a for a in shown["answers"] if a["net"] == shown["net"]]
    return answer


def sure(shown, color=None):
    """Say how sure the network is, in percent: of a color, or the largest."""
    shares = torch.tensor(own(shown)["logits"]).softmax(0)
    return round(100 * float(shares.max() if color is None else shares[color]))


@pytest.mark.parametrize("other", BROWSERS)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_they_take_all_steps_of_the_tour(other, html, tmp_path, scheme):
    seen = played(other, tmp_path, html, PAGE, TOUR, scheme)
    steps = {step.pop("name"): step for step in seen["steps"]}
    assert list(steps) == [
        *("erase", "absent", "alike"),
        *("temperature", "failure", "clothes"),
    ]
    for step in steps.values():
        said = "Right." if step["right"] == "true" else "Not quite."
        assert step["gap"].startswith(said)
        assert step["means"] and step["only"] == 1
        assert_answers_agree(step["shown"])
    shown = {name: step["shown"] for name, step in steps.items()}
    gap = {name: step["gap"] for name, step in steps.items()}
    assert shown["erase"]["scene"]["erased"] == 0
    assert "without the red 7 it is" in gap["erase"]
    assert shown["absent"]["scene"]["query"]["kind"] == 6
    assert f"is {sure(shown['absent'])}% sure" in gap["absent"]
    cell = int(np.argmax(own(shown["alike"])["weights"]))
    row, column = divmod(cell, 16)
    ends = [(cell + 0.5) * 4 for cell in (7, 8, column, row)]
    assert steps["alike"]["line"] == ends
    assert shown["temperature"]["scene"]["temperature"] == 10
    heat = sure(shown["temperature"], color=0)
    assert f"it is {heat}% sure of red" in gap["temperature"]
    scene = shown["failure"]["scene"]
    kinds = [symbol["kind"] for symbol in scene["symbols"]]
    named = int(np.argmax(own(shown["failure"])["logits"]))
    assert kinds[named] != scene["query"]["kind"]
    assert f"says {COLORS[named]};" in gap["failure"]
    assert shown["clothes"]["scene"]["data"] == "fashion"
    assert re.search(r"got (1[2-9]|20) of 20 right", gap["clothes"])
    rights = [step["right"] for step in steps.values()].count("true")
    assert seen["sum"] == (
        f"Your guesses on this tour so far: {rights} of 6 right."
    )
    assert seen["hash"].endswith("tour=6-10")
    assert seen["left"]
