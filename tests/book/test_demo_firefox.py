"""The live demo does in Firefox what it does in Chromium."""

import numpy as np
import pytest
from demo_networks import assert_answers_agree
from demo_page import PAGE
from firefox import BROWSERS, reports, visit

PLAY = """
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


@pytest.mark.parametrize("other", BROWSERS)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_they_show_what_python_computes(other, html, tmp_path, scheme):
    with reports(tmp_path, html, PAGE, PLAY) as (received, addresses):
        address = f"{addresses[scheme]}/{PAGE}"
        seen = visit(other, tmp_path, address, received)
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
