// What every page does: its look, copying of code, where the reader is, and,
// when they are needed, the search and live figures.

const { dataset } = document.documentElement;
const here = document.currentScript.src;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const load = (name) =>
  new Promise((done, fail) => {
    const script = document.createElement("script");
    Object.assign(script, { src: new URL(name, here).href, onload: done });
    script.onerror = () => fail(new Error(`${name} is missing`));
    document.head.append(script);
  });

// The look: light, dark, or that of the system.
const MODES = { light: "dark", dark: "auto", auto: "light" };
const look = document.querySelector('[data-part="look"]');
if (look) {
  const say = () => {
    look.ariaLabel = `Color mode: ${dataset.mode}`;
  };
  look.hidden = false;
  look.onclick = () => {
    window.setLook(MODES[dataset.mode]);
    say();
  };
  say();
}

/** Do something to each of a list, while nothing else is to be done. */
function slowly(list, act) {
  const idle = window.requestIdleCallback ?? ((go) => setTimeout(go, 20));
  let next = 0;
  const go = () => {
    for (const end = next + 8; next < Math.min(end, list.length); next++) {
      act(list[next]);
    }
    if (next < list.length) idle(go);
  };
  idle(go);
}

// Code can be copied.
function addCopyButton(code) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "copy" });
  button.textContent = "Copy";
  button.onclick = async () => {
    await navigator.clipboard.writeText(code.querySelector("pre").textContent);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  };
  code.append(button);
}
if (navigator.clipboard) {
  const cells = ".cell_input .highlight, .highlight-bash .highlight";
  slowly(all(cells), addCopyButton);
}

// What scrolls by itself can be reached by the keyboard.
const sized = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    const scrolls = target.scrollWidth > target.clientWidth;
    if (scrolls) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
const boxes = "article :is(pre, .table-scroll, div.math)";
slowly(all(boxes), (box) => sized.observe(box));

// The list of sections marks the one that is being read.
const links = new Map(
  all("nav.sections a[href^='#']").map((a) => [a.hash.slice(1), a]),
);
if (links.size) {
  const mark = () => {
    const passed = [...links].filter(
      ([id]) => document.getElementById(id)?.getBoundingClientRect().top < 160,
    );
    const now = passed.at(-1)?.[1];
    for (const a of links.values())
      a.toggleAttribute("aria-current", a === now);
    for (const li of all("nav.sections li")) {
      li.classList.toggle("current", Boolean(now) && li.contains(now));
    }
  };
  let asked = 0;
  addEventListener(
    "scroll",
    () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(mark);
    },
    { passive: true },
  );
  slowly([mark], (act) => act());
}

// A list that floats goes away when its reader has chosen.
for (const list of all("[popover]")) {
  list.addEventListener("click", (event) => {
    if (event.target.closest("a") && list.matches(":popover-open")) {
      list.hidePopover();
    }
  });
}

// A figure can be seen larger: where it was shrunk, and as wide as the window.
function enlarge(link) {
  const figure = link.closest("figure");
  const [shown, large] = [link.querySelector("img"), new Image()];
  const box = document.createElement("dialog");
  const close = document.createElement("button");
  const sheet = document.createElement("div");
  box.className = "larger";
  box.ariaLabel = figure.querySelector("b").textContent;
  Object.assign(close, { type: "button", textContent: "Close" });
  close.onclick = () => box.close();
  Object.assign(large, { src: shown.currentSrc, alt: shown.alt });
  large.style.minWidth = `${shown.getAttribute("width")}px`;
  sheet.tabIndex = 0; // it scrolls
  sheet.append(large);
  box.append(close, sheet);
  box.onclick = ({ target }) => {
    if (target !== large && target !== sheet) box.close();
  };
  box.onclose = () => box.remove();
  document.body.append(box);
  box.showModal();
}
for (const link of all("a.enlarge")) {
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    enlarge(link);
  };
}

// The search: by click, by Ctrl+K, and on a page of its own.
const dialog = document.querySelector("#search");
const page = document.querySelector("#search-page");
const startSearch = async (box) => {
  if (!box.dataset.ready) {
    box.dataset.ready = "loading";
    await load("minisearch.js");
    await load("sections.js");
    await load("search.js");
    window.bookSearch(box);
    box.dataset.ready = "yes";
  }
};
const openSearch = (event) => {
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input").focus();
  startSearch(dialog);
};
for (const link of all(".search-link")) link.onclick = openSearch;
addEventListener("keydown", (event) => {
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) openSearch(event);
});
dialog.onclick = (event) => {
  if (event.target === dialog) dialog.close();
};
if (page) {
  const asked = new URLSearchParams(location.search).get("q") ?? "";
  const input = page.querySelector("input");
  input.value = asked;
  input.onfocus = () => startSearch(page);
  if (asked) startSearch(page);
}

// A number opens a card that says how it was measured.
const numbers = all(".claim").filter((e) => !e.closest("summary, a, button"));
slowly(numbers, (number) => {
  Object.assign(number, { role: "button", tabIndex: 0 });
  number.ariaHasPopup = "dialog";
});
let card;
const openCard = async (number) => {
  try {
    if (!window.bookClaims) await load("claims.js");
  } catch (_missing) {} // the card says so
  if (!card) {
    await load("cards.js");
    card ??= window.bookCard(new URL("../../", here).href);
  }
  card(number);
};
let closed; // the number whose card this press has closed
addEventListener("pointerdown", () => {
  closed = document.querySelector('.claim[aria-expanded="true"]');
});
addEventListener("click", ({ target }) => {
  const number = target.closest?.(".claim[role]");
  if (number && number !== closed) openCard(number);
});
addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!target.matches?.(".claim[role]") || !/^( |Enter)$/.test(key)) return;
  event.preventDefault();
  openCard(target);
});

// The ledger's table can be searched and sorted.
const table = document.querySelector("table.ledger");
if (table) load("ledger.js").then(() => window.bookLedger(table));

// What the reader has guessed and done.
const summary = document.querySelector('[data-reader="summary"]');
if (summary || document.querySelector(".reached, .course-chapters")) {
  const start = async () => {
    await load("course.js");
    await load("progress.js");
    const root = new URL("../../", here).href;
    if (summary) {
      await load("calibration.js");
      window.bookCalibration(document, window.bookCourse, root);
    }
    window.bookProgress.start(root);
  };
  start().catch(() => {}); // without it the page is as it is on paper
}

// The book can be installed and kept on this device, but not from a file.
if (location.protocol !== "file:") {
  const link = {
    rel: "manifest",
    href: new URL("../../manifest.webmanifest", here),
  };
  document.head.append(Object.assign(document.createElement("link"), link));
  const offline = document.querySelector(".offline");
  if (offline && navigator.serviceWorker) {
    load("offline.js")
      .then(() => window.bookOffline(offline, new URL("../../", here).href))
      .catch(() => {}); // then nothing is offered
  }
}

// Live figures start when they come near.
const figures = all(".live-figure");
if (figures.length) {
  const watcher = new IntersectionObserver(
    async (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        await load("live.js");
        await window.startLive(target);
      }
    },
    { rootMargin: "800px" },
  );
  for (const figure of figures) watcher.observe(figure);
  addEventListener("beforeprint", () => {
    for (const picture of all(".live-figure:not([data-ready]) noscript")) {
      picture.outerHTML = picture.textContent; // paper does not wait
    }
  });
}
