"""The training page trains in other browsers, also opened as a file."""

import pytest
from other_browsers import BROWSERS, played
from train_page import PAGE

STEPS = 5
PLAY = """
  const train = document.querySelector(".train");
  const part = (name) => train.querySelector(`[data-part="${name}"]`);
  await until(() => train.dataset.state, 1000);
  part("go").click();
  await until(() => train.shown.step >= STEPS
    || train.dataset.state === "failed", 1000);
  part("go").click();
  await rest();
  part("take").click();
  await until(() => document.querySelector(".demo")?.shown, 1000);
  const { step, means } = train.shown;
  const demo = document.querySelector(".demo");
  return { step, means,
    story: part("story").textContent, note: part("note").textContent,
    lines: part("losses").querySelectorAll("polyline").length,
    answers: demo?.shown?.answers.length };
""".replace("STEPS", str(STEPS))


@pytest.mark.parametrize("other", BROWSERS)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_they_train_and_take_the_network_along(other, html, tmp_path, scheme):
    seen = played(other, tmp_path, html, PAGE, PLAY, scheme)
    assert seen["step"] >= STEPS, seen["note"]
    assert 0.5 < seen["means"]["loss"] < 3
    assert "the first loss is" in seen["story"]
    assert seen["lines"] == 1
    assert seen["answers"] == 1
