"""A reader can keep a copy of the book, read it offline, and remove it."""

import contextlib
import functools
import http.server
import json
import queue
import shutil
import threading
import time

import offline
import pytest
import whole_book
from building import PROJECT, listed_pages
from conftest import Pages
from other_browsers import BROWSERS, visit
from playwright.sync_api import Error, expect
from test_demo_links import FORBID

PAGE = "book/glossary.html"
KINDS = ["book/demo.html", "book/ledger.html", "search.html", PAGE]
KEEP, REMOVE = "Keep a copy", "Remove the copy"
OFFERED = "No copy is stored until you ask for one."
KEPT = "This device has a copy of the whole book"
REMOVED = "This device has no copy of the book any more."
# How many workers the site has, and how many files it has stored.
STORED = """async () => {
  const files = await Promise.all((await caches.keys()).map(
    async (name) => (await caches.open(name)).keys()));
  return [(await navigator.serviceWorker.getRegistrations()).length,
    files.flat().length];
}"""
# The pictures of a page that aren't there, near or far.
MISSING = """async (page) => {
  const { images } = page ?? document;
  const found = await Promise.all([...images].map(({ src }) => fetch(src)));
  return found.filter(({ ok }) => !ok).map(({ url }) => url);
}"""
FACES = """() => document.fonts.ready.then((faces) =>
  faces.check('1em "Source Serif"') && faces.check('1em "Source Sans"'))"""
# Looks for a new edition, and tells what became of it.
UPDATE = """async () => {
  const own = await navigator.serviceWorker.getRegistration();
  return new Promise((done) => {
    own.onupdatefound = () => {
      const worker = own.installing;
      worker.onstatechange = () => done(worker.state);
    };
    own.update();
    setTimeout(done, 30_000, "nothing");
  });
}"""
SCRIPT = "_static/page/page.js"
SERVED = f"(root) => fetch(root + '{SCRIPT}').then((r) => r.text())"
MARK = 'window.edition = "new"; console.log(window.edition);'


class Server:
    """A server of a site: it can be slow or stopped, also by a page."""

    def __init__(self, site):
        self.site, self.pause, self.down = site, 0.0, False
        self.reports = queue.Queue()
        outer = self

        class Watched(Pages):
            def do_GET(self):
                time.sleep(outer.pause)
                if outer.down:
                    self.close_connection = True
                    return
                with contextlib.suppress(BrokenPipeError):
                    super().do_GET()

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                said = json.loads(self.rfile.read(length))
                if said == "stop":
                    outer.down = True
                else:
                    outer.reports.put(said)
                self.send_response(204)
                self.end_headers()

        handler = functools.partial(Watched, directory=str(site))
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), handler
        )
        self.address = f"http://127.0.0.1:{self.server.server_port}{PROJECT}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def serve(html, folder, *left_out):
    """Serve a copy of the built book, finished as `make pdf` does it."""
    ignored = shutil.ignore_patterns("_sources", "take-along", *left_out)
    shutil.copytree(html, folder / "site", ignore=ignored)
    whole_book.offer(folder / "site")
    server = Server(folder / "site")
    yield server
    server.stop()


@pytest.fixture
def whole(html, tmp_path):
    """The whole book."""
    yield from serve(html, tmp_path)


@pytest.fixture
def server(html, tmp_path):
    """A book without chapters, which is soon copied."""
    yield from serve(html, tmp_path, "chapters", "_images")


@pytest.fixture
def window(browser):
    """A window of its own: nothing is stored in it."""
    with browser.new_context() as context:
        context.set_default_timeout(20_000)
        yield context


@pytest.fixture
def page(window):
    return window.new_page()


def says(page, words):
    """Wait until a page says something of the copy."""
    status = page.locator(".offline [role=status]")
    expect(status).to_contain_text(words, timeout=30_000)


def keep(page, server):
    """Open the first page, and ask for a copy."""
    page.goto(server.address)
    page.get_by_role("button", name=KEEP).click()
    says(page, KEPT)


def test_after_one_visit_all_of_the_book_works_offline(page, whole):
    keep(page, whole)
    whole.stop()
    failed = []
    page.on("pageerror", lambda error: failed.append(error))
    page.on("requestfailed", lambda request: failed.append(request))
    page.keyboard.press("Control+k")  # still on the page that was visited
    page.keyboard.type("softmax")
    page.locator("#search ol li").first.wait_for()
    for name in set(listed_pages()) - {"404.html"}:
        page.goto(whole.address + name)
        assert page.locator("h1").first.is_visible()
        assert page.evaluate(MISSING) == []
        assert page.evaluate(FACES)
    page.goto(f"{whole.address}search.html?q=softmax")
    page.locator("#search-page ol li").first.wait_for()
    page.goto(f"{whole.address}book/demo.html")
    page.locator('.demo[data-state="ready"]').wait_for()
    page.locator('.demo [value="fashion"]').check(force=True)
    page.wait_for_url("**#scene_fashion*")
    page.goto(f"{whole.address}book/train.html")
    page.locator('.train [data-part="go"]').click()
    page.wait_for_function("document.querySelector('.train').shown.step > 0")
    page.goto(f"{whole.address}book/ledger.html")
    page.locator(".find input").fill("plateau")
    page.goto(f"{whole.address}chapters/04_model.html")
    page.locator(".live-figure").first.scroll_into_view_if_needed()
    page.locator(".live-figure[data-ready]").first.wait_for()
    page.locator(".claim[role]").first.click()
    expect(page.locator("#card")).to_be_visible()
    # A page that is left asks for nothing more.
    left = "net::ERR_ABORTED"
    assert [x for x in failed if getattr(x, "failure", x) != left] == []


def test_nothing_is_stored_unasked(page, server):
    page.goto(server.address)
    says(page, OFFERED)
    expect(page.locator(".offline")).to_contain_text("MB")
    expect(page.get_by_text("Run it in Colab.")).to_be_visible()
    assert page.evaluate(STORED) == [0, 0]


def test_there_is_a_way_out_and_back(page, server):
    keep(page, server)
    everything = [1, len(offline.kept(server.site))]
    assert page.evaluate(STORED) == everything
    page.reload()
    says(page, KEPT)
    page.get_by_role("button", name=REMOVE).click()
    says(page, REMOVED)
    assert page.evaluate(STORED) == [0, 0]
    page.get_by_role("button", name=KEEP).click()
    says(page, KEPT)
    assert page.evaluate(STORED) == everything
    page.get_by_role("button", name=REMOVE).click()
    says(page, REMOVED)
    server.stop()
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        page.reload()


def test_copying_can_be_stopped_and_then_nothing_is_left(page, server):
    page.goto(server.address)
    server.pause = 0.02
    page.get_by_role("button", name=KEEP).click()
    page.wait_for_function("document.querySelector('.offline progress').value")
    page.get_by_role("button", name="Stop").click()
    says(page, REMOVED)
    page.wait_for_timeout(1000)
    assert page.evaluate(STORED) == [0, 0]


def publish(server):
    """Publish a new edition: a page and a script of it are new."""
    page, script = server.site / PAGE, server.site / SCRIPT
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("<h1>", "<h1>New "), encoding="utf-8")
    script.write_text(script.read_text("utf-8") + MARK, "utf-8")
    offline.write(server.site)


def assert_edition(page, server, new):
    """Expect a page of an edition, all of it: what it loads later, too."""
    heading = page.locator("h1")
    expect(heading).to_contain_text("New Glossary" if new else "Glossary")
    assert ("New" in heading.inner_text()) == new
    page.wait_for_load_state()
    assert page.evaluate("window.edition") == ("new" if new else None)
    assert (MARK in page.evaluate(SERVED, server.address)) == new


def test_a_new_edition_replaces_the_old_one_and_never_mixes(
    window, page, server
):
    keep(page, server)
    page.goto(server.address + PAGE)
    publish(server)
    page.reload()
    assert_edition(page, server, new=False)
    assert page.evaluate(UPDATE) == "installed"
    server.stop()
    other = window.new_page()
    other.goto(server.address + PAGE)
    for each in page, other:
        assert_edition(each, server, new=False)
    other.close()
    # Empty pages come and go, in which nothing can be asked.
    with page.expect_console_message(lambda said: said.text == "new"):
        page.reload(wait_until="commit")
    assert_edition(page, server, new=True)
    assert page.evaluate(STORED) == [1, len(offline.kept(server.site))]


def test_half_a_new_edition_is_not_taken(page, server):
    keep(page, server)
    page.goto(server.address + PAGE)
    publish(server)
    with (server.site / SCRIPT).open("a", encoding="utf-8") as script:
        script.write("// from one more edition")
    assert page.evaluate(UPDATE) == "redundant"
    server.stop()
    page.reload()
    assert_edition(page, server, new=False)


@pytest.mark.parametrize(
    ("forbidden", "said"),
    [
        (FORBID, None),
        ("delete Navigator.prototype.serviceWorker;", None),
        (
            "ServiceWorkerContainer.prototype.register = async () => {"
            'throw new DOMException("private", "SecurityError"); };',
            "The book couldn't be copied.",
        ),
    ],
    ids=["storage", "workers", "registering"],
)
def test_the_page_works_where_nothing_can_be_kept(
    page, address, forbidden, said
):
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.add_init_script(forbidden)
    page.goto(address, wait_until="networkidle")
    if said:
        page.get_by_role("button", name=KEEP).click()
        says(page, said)
    else:
        expect(page.locator(".offline")).to_be_hidden()
    assert errors == []


def test_a_file_offers_nothing(page, html):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto((html / "index.html").as_uri(), wait_until="load")
    page.locator('.demo[data-state="ready"]').wait_for()
    expect(page.locator(".offline")).to_be_hidden()
    assert errors == []


def test_the_book_can_be_installed(page, address, html):
    page.goto(address)
    browser = page.context.new_cdp_session(page)
    told = browser.send("Page.getAppManifest")
    assert told["errors"] == []
    about = json.loads(told["data"])
    assert about["name"] == "Attention in Color"
    for icon in about["icons"]:
        assert (html / icon["src"]).is_file()
    found = browser.send("Page.getInstallabilityErrors")
    faults = {each["errorId"] for each in found["installabilityErrors"]}
    assert faults <= {"in-incognito"}  # which every window of a test is


PLAY = """
<script>
const post = (seen) => fetch("POST", { method: "POST", mode: "no-cors",
  body: JSON.stringify(seen) });
const rest = () => new Promise((done) => setTimeout(done, 100));
const until = async (holds) => {
  for (let n = 0; n < 600 && !holds(); n++) await rest();
};
const stored = STORED;
const missing = MISSING;
addEventListener("load", async () => {
  const place = document.querySelector(".offline");
  const [status, button] = place.querySelectorAll("[role=status], button");
  await until(() => !place.hidden);
  const counts = [await stored()];
  button.click();
  await until(() => /has a copy|couldn't/.test(status.textContent));
  const said = [status.textContent];
  counts.push(await stored());
  await post("stop");
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const pages = [];
  for (const name of PAGES) {
    frame.src = name;
    await new Promise((done) => { frame.onload = done; });
    const page = frame.contentDocument; // null where there is an error
    const demo = page?.querySelector(".demo");
    await until(() => !demo || demo.dataset.state === "ready");
    pages.push([name, page?.querySelector("h1")?.textContent,
      page && await missing(page), demo?.dataset.state]);
  }
  button.click();
  await until(() => /no copy/.test(status.textContent));
  said.push(status.textContent);
  counts.push(await stored());
  post({ counts, said, pages, wrong: [], agent: navigator.userAgent });
});
</script>
"""


@pytest.mark.parametrize("other", BROWSERS[:1])  # WebKit keeps nothing here
def test_elsewhere_it_works_offline_and_can_be_removed(
    other, server, tmp_path
):
    given = {
        "PAGES": json.dumps(KINDS),
        '"POST"': json.dumps(f"{server.address}post"),
        "STORED": STORED,
        "MISSING": MISSING,
    }
    play = PLAY
    for word, said in given.items():
        play = play.replace(word, said, 1)
    first = server.site / "index.html"
    text = first.read_text(encoding="utf-8")
    first.write_text(text.replace("</body>", f"{play}</body>"), "utf-8")
    offline.write(server.site)
    seen = visit(other, tmp_path, server.address, server.reports)
    files = len(offline.kept(server.site))
    assert seen["counts"] == [[0, 0], [1, files], [0, 0]]
    assert seen["said"][0].startswith(KEPT)
    assert seen["said"][1] == REMOVED
    for name, heading, missing, state in seen["pages"]:
        assert heading and missing == [], name
        assert state in (None, "ready"), name
