// The card of a number: how it was measured, as the ledger has it. What is
// missing in the ledger, or no text, is left out of the card.
{
  const KINDS = new Map(
    Object.entries({
      prediction: "prediction interval: 99% of further runs fall inside",
      confidence: "confidence interval for the mean over seeds, 95%",
      bootstrap: "bootstrap interval over other drawings, 95%",
      tolerance: "tolerance: how far another machine may be off",
    }),
  );
  const STATES = new Map(
    Object.entries({
      fresh: "fresh: unchanged since it was measured",
      stale: "stale: changed since it was measured",
      unreachable: "unreachable: its command cannot be run any more",
    }),
  );
  const FIELDS = new Map(
    Object.entries({
      sd: "the standard deviation",
      low: "the low end of the interval",
      high: "the high end of the interval",
      seeds: "how many runs there were",
      scenes: "how many scenes each run was measured on",
    }),
  );
  const MOST = 4; // places that a card names

  const make = (tag, text = "", more = {}) =>
    Object.assign(document.createElement(tag), { textContent: text }, more);

  const number = (value) =>
    typeof value === "number"
      ? value.toLocaleString("en-US", { maximumFractionDigits: 6 })
      : "";
  const text = (value) => (typeof value === "string" ? value : "");
  const joined = (parts, by = ", ") => parts.filter(Boolean).join(by);

  /** Return a link to a page of the book, or no link if it leads elsewhere. */
  function link(root, path, words) {
    const { href } = new URL(path, root);
    return href.startsWith(root) ? make("a", words, { href }) : make("span");
  }

  /** Choose where a number comes from: a figure above it, its chapter, a page. */
  function origin(claim, cited, root, anchor) {
    const own = ([page, , its]) =>
      its === anchor && location.href.startsWith(new URL(page, root).href);
    const number = /chapter_\d\d/.exec(claim.command)?.[0].slice(-2);
    const measured = cited.filter(([p]) => p.startsWith(`chapters/${number}`));
    return (
      cited.find((place) => place[4] && own(place)) ??
      measured.find((place) => place[4]) ??
      measured[0] ??
      cited[0]
    );
  }

  /** List what a claim's number rests on: pairs of a name and what to show. */
  function facts(claim, field, root, anchor) {
    const { low, high, seeds, scenes } = claim;
    const runs = seeds && `${number(seeds)} ${seeds === 1 ? "seed" : "seeds"}`;
    const on = scenes && `${number(scenes)} scenes`;
    const span = joined([number(low), number(high)], " to ");
    const cited = (Array.isArray(claim.cited) ? claim.cited : []).filter(
      (place) => Array.isArray(place) && place.every((p) => text(p) === p),
    );
    const from = origin(claim, cited, root, anchor);
    const links = cited
      .slice(0, MOST)
      .map(([page, name, anchor]) => link(root, `${page}#${anchor}`, name));
    const found = [
      ["This is", FIELDS.get(field)],
      ["Interval", span && joined([span, KINDS.get(claim.kind)])],
      ["Measured on", joined([runs, on])],
      ["Command", claim.command && make("code", text(claim.command))],
      [
        "Code",
        claim.command && joined([text(claim.code), STATES.get(claim.state)]),
      ],
      ["Hardware", text(claim.hardware)],
      ["Versions", text(claim.versions)],
      ["Date", text(claim.date)],
      ["Reported by", text(claim.source)],
    ];
    if (from) {
      const [page, name, anchor, section, figure] = from;
      const where = joined([name, section], ": ");
      const path = `${page}#${figure || anchor}`;
      found.push([figure ? "Figure" : "Section", link(root, path, where)]);
      found.push(["Given in", links]);
    }
    return found.filter(([, shown]) => shown);
  }

  /** Fill a card with what is known of a number. */
  function fill(card, element, root) {
    const [name, field] = element.dataset.claim.split(".");
    const known = window.bookClaims ?? {};
    const claim = Object.hasOwn(known, name) ? known[name] : undefined;
    const list = make("dl");
    let title = name;
    let what = "The ledger could not be loaded. Try again, or open its page.";
    if (claim && typeof claim === "object") {
      const unit = text(claim.unit);
      const sd = number(claim.sd) && `± ${number(claim.sd)}`;
      title = joined([number(claim.value), sd], " ");
      title += unit && (unit === "%" ? unit : ` ${unit}`);
      what = text(claim.what);
      for (const [word, shown] of facts(claim, field, root, element.id)) {
        const dd = make("dd");
        const parts = [shown].flat();
        parts.forEach((part, n) => {
          dd.append(n ? ", " : "", part);
        });
        list.append(make("dt", word), dd);
      }
    } else if (window.bookClaims) {
      what = "The ledger has no entry of this name.";
    }
    const close = make("button", "×", { type: "button", ariaLabel: "Close" });
    close.onclick = () => card.hidePopover();
    const row = `book/ledger.html#claim-${encodeURIComponent(name)}`;
    card.replaceChildren(
      close,
      make("p", title, { id: "card-title" }),
      make("p", what),
      list,
      make("p"),
    );
    card.lastChild.append(link(root, row, "Its row in the ledger"));
  }

  /** Put a card under its number, or over it where there is more room. */
  function place(card, element) {
    const { left, top, bottom } = element.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const { offsetWidth, offsetHeight } = card;
    const most = clientWidth - offsetWidth - 16;
    const above =
      bottom + offsetHeight + 8 > clientHeight && top > offsetHeight;
    const y = above ? top - offsetHeight - 8 : bottom + 8;
    card.style.left = `${Math.max(16, Math.min(left, most)) + scrollX}px`;
    card.style.top = `${y + scrollY}px`;
  }

  window.bookCard = (root) => {
    const card = make("div", "", {
      id: "card",
      popover: "auto",
      role: "dialog",
    });
    card.setAttribute("aria-labelledby", "card-title");
    document.body.append(card);
    let opener;
    card.addEventListener("toggle", ({ newState }) => {
      opener?.setAttribute("aria-expanded", newState === "open");
    });
    // Whoever leaves it by the keyboard has read it.
    card.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !card.contains(relatedTarget)) card.hidePopover();
    });
    return (element) => {
      if (card.matches(":popover-open")) card.hidePopover();
      opener?.setAttribute("aria-expanded", false);
      opener = element;
      // A screen reader may click what has no focus; Escape leads back here.
      element.focus({ preventScroll: true });
      fill(card, element, root);
      card.showPopover();
      place(card, element);
      card.querySelector("button").focus({ preventScroll: true });
      card.scrollIntoView({ block: "nearest" });
    };
  };
}
