"""The live demo does in Firefox what it does in Chromium.

Nothing drives Firefox from outside: a script is added to a copy of the page,
plays with the demo, and posts what it saw.
"""

import http.server
import json
import queue
import shutil
import subprocess
import threading

import numpy as np
import pytest
from building import ROOT
from demo_networks import assert_answers_agree

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES = """
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("security.sandbox.content.level", 0);
"""  # no requests of its own; and it may run as root
PLAY = """
<script>
const wrong = [];
window.onerror = (message) => { wrong.push(message); };
window.onunhandledrejection = ({ reason }) => { wrong.push(`${reason}`); };
addEventListener("load", async () => {
  const demo = document.querySelector(".demo");
  const part = (name) => demo.querySelector(`[data-part="${name}"]`);
  const rest = () => new Promise((done) => setTimeout(done, 100));
  const until = async (holds) => {
    for (let n = 0; n < 200 && !holds(); n++) await rest();
  };
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
  const seen = { states, wrong, agent: navigator.userAgent,
    painted: pen.toDataURL() !== before, hash: location.hash,
    level: getComputedStyle(part("stage")).aspectRatio,
    sizes: [query.width, query.height, stage.width, stage.height],
    verdict: part("verdict").textContent };
  fetch("REPORT", { method: "POST", mode: "no-cors",
    body: JSON.stringify(seen) });
});
</script>
"""


@pytest.fixture
def reports(tmp_path, html):
    """A copy of the page that plays by itself; a server for its report."""
    (tmp_path / "site/book").mkdir(parents=True)
    (tmp_path / "site/_static").symlink_to(html / "_static")
    received = queue.Queue()

    class Site(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given, **named):
            super().__init__(*given, **named, directory=str(tmp_path / "site"))

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            received.put(json.loads(self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Keep the output of the tests free of one line per file."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        page = (html / "book/demo.html").read_text(encoding="utf-8")
        play = PLAY.replace("REPORT", f"{address}/report")
        copy = tmp_path / "site/book/demo.html"
        copy.write_text(page.replace("</body>", f"{play}</body>"), "utf-8")
        yield received, {"http": address, "file": f"file://{tmp_path}/site"}
        server.shutdown()


@pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed")
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_firefox_shows_what_python_computes(reports, tmp_path, scheme):
    received, addresses = reports
    profile = tmp_path / "profile"
    profile.mkdir()
    (profile / "user.js").write_text(PREFERENCES)
    command = [FIREFOX, "--headless", "--no-remote", "--profile", profile]
    running = subprocess.Popen(
        [*command, f"{addresses[scheme]}/book/demo.html"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    try:
        seen = received.get(timeout=120)
    finally:
        running.terminate()
        running.wait(timeout=30)
    assert "Firefox" in seen["agent"]
    assert seen["wrong"] == []
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
    assert seen["verdict"].startswith("Answer: ")
