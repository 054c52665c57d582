// The search: sections of the book whose words are like those asked for.
// Typing errors are forgiven, and the last word need not be finished.

const MOST = 12; // results
const AROUND = 90; // characters of text before and after the first word found
const NUMBER = /^\d+(\.\d+)*$/;

const asText = (text) =>
  text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Cut text into words; numbers such as 5.1 stay whole. */
function cut(text) {
  return text.toLowerCase().match(/\d+(?:\.\d+)+|[\p{L}\p{N}_]+/gu) ?? [];
}

function makeIndex() {
  const index = new window.MiniSearch({
    idField: "at",
    fields: ["title", "under", "text"],
    storeFields: ["title", "under", "text"],
    tokenize: cut,
    searchOptions: {
      boost: { title: 6, under: 1.5 },
      combineWith: "AND",
      prefix: (word, n, words) => n === words.length - 1 && word.length > 1,
      fuzzy: (word) => (NUMBER.test(word) || word.length < 4 ? false : 0.25),
      weights: { fuzzy: 0.2, prefix: 0.5 },
    },
  });
  const seen = new Set();
  index.addAll(
    window.bookSections.filter(({ at }) => !seen.has(at) && seen.add(at)),
  );
  return index;
}

/** Return the text around the first word that was found, with marks. */
function excerpt({ text, terms }) {
  const longest = [...terms].sort((a, b) => b.length - a.length);
  const word = new RegExp(
    `(?<![\\p{L}\\p{N}])(${longest.join("|").replaceAll(".", "\\.")})`,
    "giu",
  );
  const at = Math.max(0, text.search(word));
  const from = at < AROUND ? 0 : text.indexOf(" ", at - AROUND) + 1;
  const part = text.slice(from, at + 2 * AROUND);
  const marked = asText(part).replace(word, "<mark>$1</mark>");
  const more = at + 2 * AROUND < text.length;
  return `${from ? "… " : ""}${marked}${more ? " …" : ""}`;
}

window.bookSearch = (box) => {
  const index = makeIndex();
  const input = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  const list = box.querySelector("ol");
  const show = () => {
    const asked = input.value.trim();
    let found = index.search(asked);
    if (asked && !found.length)
      found = index.search(asked, { combineWith: "OR" });
    const count = found.length === 1 ? "1 section" : `${found.length} sections`;
    if (!asked) status.textContent = "";
    else if (found.length) status.textContent = `${count} found`;
    else status.textContent = "Nothing was found: try another word.";
    list.innerHTML = found
      .slice(0, MOST)
      .map(
        (one) => `<li><a href="${box.dataset.root}${one.id}">
          <b>${asText(one.title)}</b> <small>${asText(one.under)}</small>
          <span>${excerpt(one)}</span></a></li>`,
      )
      .join("");
  };
  input.oninput = show;
  // Enter follows the first result; arrow keys walk through them.
  box.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  };
  box.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [input, ...list.querySelectorAll("a")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) next.focus();
    event.preventDefault();
  };
  list.onclick = () => box.close?.();
  show();
};
