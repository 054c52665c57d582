"""Play with a page of the book in Firefox and WebKit; hear what was seen.

Nothing drives these browsers from outside: a script is added to a copy of the
page, plays with it, and posts what it saw.
"""

import contextlib
import http.server
import json
import os
import pathlib
import queue
import shutil
import subprocess
import threading

import pytest
from building import ROOT

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
# WebKitGTK's own small browser. It needs a screen, here one in memory.
WEBKIT = next(
    pathlib.Path("/usr").glob("lib*/*/webkit2gtk-4.1/MiniBrowser"), None
)
SCREEN = shutil.which("Xvfb")
PREFERENCES = """
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("security.sandbox.content.level", 0);
"""  # no requests of its own; and it may run as root
# A play is the body of a function that returns what it saw.
SCRIPT = """
<script>
const wrong = [];
window.onerror = (message) => { wrong.push(message); };
window.onunhandledrejection = ({ reason }) => { wrong.push(`${reason}`); };
const rest = () => new Promise((done) => setTimeout(done, 100));
const until = async (find, times = 200) => {
  for (let n = 0; n < times && !find(); n++) await rest();
  return find();
};
const play = async () => {PLAY};
addEventListener("load", async () => {
  const seen = { ...(await play()), wrong, agent: navigator.userAgent };
  fetch("REPORT", { method: "POST", mode: "no-cors",
    body: JSON.stringify(seen) });
});
</script>
"""


@contextlib.contextmanager
def reports(folder, html, name, play):
    """Copy a page that plays by itself; serve it, and take its report."""
    copy = folder / "site" / name
    copy.parent.mkdir(parents=True)
    (folder / "site/_static").symlink_to(html / "_static")
    received = queue.Queue()

    class Site(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given, **named):
            super().__init__(*given, **named, directory=str(folder / "site"))

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
        page = (html / name).read_text(encoding="utf-8")
        script = SCRIPT.replace("REPORT", f"{address}/report")
        script = script.replace("PLAY", play)
        copy.write_text(page.replace("</body>", f"{script}</body>"), "utf-8")
        yield received, {"http": address, "file": f"file://{folder}/site"}
        server.shutdown()


BROWSERS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(not there, reason=f"{name} is not installed"),
    )
    for name, there in {
        "Firefox": FIREFOX,
        "WebKit": WEBKIT and SCREEN,
    }.items()
]


@contextlib.contextmanager
def running(command, **options):
    """Run a program until what follows is done."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, **quiet | options) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def visit(browser, folder, address, received, timeout=120):
    """Open an address in a fresh browser; return what its page reports."""
    with contextlib.ExitStack() as stack:
        if browser == "Firefox":
            profile = folder / "profile"
            profile.mkdir()
            (profile / "user.js").write_text(PREFERENCES)
            command = [FIREFOX, "--headless", "--no-remote", "--profile"]
            stack.enter_context(running([*command, profile, address]))
        else:
            command = [SCREEN, "-displayfd", "1", "-nolisten", "tcp"]
            pipe = {"stdout": subprocess.PIPE, "text": True}
            screen = stack.enter_context(running(command, **pipe))
            number = screen.stdout.readline().strip()
            own = {"DISPLAY": f":{number}", "HOME": str(folder)}
            command = [WEBKIT, "--private", address]
            stack.enter_context(running(command, env=os.environ | own))
        seen = received.get(timeout=timeout)
    assert browser in seen["agent"]
    assert seen["wrong"] == []
    return seen


def played(browser, folder, html, name, play, scheme="file", timeout=120):
    """Let a page play by itself in a browser; return what it reports."""
    with reports(folder, html, name, play) as (received, addresses):
        address = f"{addresses[scheme]}/{name}"
        return visit(browser, folder, address, received, timeout)
