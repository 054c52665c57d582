// The last page: what is done in each chapter, how good the guesses were, and
// ways to keep all of it, to pass on a summary, and to start over.
{
  const SURE = 0.8; // how sure readers are asked to be of their ranges
  const LEAST = 5; // guesses that say something
  const UNLIKELY = 0.05;

  /** Return the chance of at most k hits among n, if each has chance p. */
  function atMost(k, n, p) {
    let term = (1 - p) ** n;
    let sum = 0;
    for (let i = 0; i <= k; i++) {
      sum += term;
      term *= ((n - i) / (i + 1)) * (p / (1 - p));
    }
    return sum;
  }

  /** Say what so many hits mean. */
  function judgement(hits, n) {
    if (n < LEAST) return `With ${LEAST} guesses or more, this says something.`;
    if (atMost(hits, n, SURE) < UNLIKELY)
      return "That's fewer than chance explains: your ranges are too narrow. You're surer than you should be, as most people are.";
    if (1 - atMost(hits - 1, n, SURE) < UNLIKELY)
      return "That's more than chance explains: your ranges are wider than they'd have to be. You know more than you think.";
    return "That's as close as so few guesses can tell: you're well calibrated.";
  }

  window.bookCalibration = (page, course, root) => {
    const { bookProgress: progress } = window;
    const { make, ofAll, withUnit, count } = progress;
    const part = (name) => page.querySelector(`[data-reader="${name}"]`);

    const table = (head, rows) => {
      const made = make("table", "", { className: "docutils" });
      const line = (cells, tag) => {
        const tr = make("tr");
        for (const cell of cells) {
          const td = make(tag);
          td.append(cell);
          if (tag === "th") td.scope = "col";
          tr.append(td);
        }
        return tr;
      };
      made.createTHead().append(line(head, "th"));
      made.createTBody().append(...rows.map((cells) => line(cells, "td")));
      const box = make("div", "", { className: "table-scroll" });
      box.append(made);
      return box;
    };

    function chapters() {
      const rows = course.map((chapter) => {
        const href = new URL(chapter.uri, root).href;
        const { questions, exercises, guesses } = count(chapter);
        const link = make("a", chapter.title, { href });
        return [link, ...[questions, exercises, guesses].map(ofAll)];
      });
      const head = ["chapter", "questions", "exercises", "guesses"];
      part("chapters").replaceChildren(table(head, rows));
    }

    /** List all guesses that were made, with what was measured. */
    const guesses = () =>
      course.flatMap((chapter) =>
        chapter.guesses
          .map(([name, said, value, unit]) => {
            const guess = progress.guessOf(name);
            const hit = guess && guess[0] <= value && value <= guess[1];
            return { name, said, value, unit, chapter, guess, hit };
          })
          .filter(({ guess }) => guess),
      );

    /** Draw a range and a measured value on a line of their own. */
    function picture({ guess, value, unit, hit }) {
      const ends = [...guess, value];
      const low = unit === "%" ? Math.min(0, ...ends) : Math.min(...ends);
      const high = Math.max(...ends, unit === "%" ? 100 : low + 1e-9);
      const at = (x) => `${(100 * (x - low)) / (high - low)}%`;
      const line = make("div", "", {
        className: `line ${hit ? "hit" : "miss"}`,
      });
      const range = make("span", "", { className: "range" });
      range.style.left = at(guess[0]);
      range.style.width = at(low + guess[1] - guess[0]);
      const mark = make("span", "", { className: "measured" });
      mark.style.left = at(value);
      line.append(range, mark);
      return line;
    }

    function calibration() {
      const made = guesses();
      const hits = made.filter(({ hit }) => hit).length;
      if (!made.length) {
        const words =
          "You haven't guessed yet. Chapter 2 asks for the first two.";
        part("calibration").replaceChildren(make("p", words));
        return;
      }
      const share = Math.round((100 * hits) / made.length);
      const ranges = made.length === 1 ? "range contains" : "ranges contain";
      const words = `${hits} of your ${made.length} ${ranges} the measured number, ${share}%, where ${100 * SURE}% would be right. ${judgement(hits, made.length)}`;
      const rows = made.map((one) => {
        const href = new URL(one.chapter.uri, root).href;
        const link = make("a", `chapter ${Number(one.chapter.number)}`, {
          href,
        });
        const what = make("span", `${one.said}, `);
        what.append(link);
        const ledger = new URL(`book/ledger.html#claim-${one.name}`, root).href;
        const measured = withUnit(one.value, one.unit);
        const [low, high] = one.guess.map((x) => withUnit(x, one.unit));
        return [
          what,
          low === high ? low : `${low} to ${high}`,
          make("a", measured, { href: ledger }),
          one.hit ? "✓ inside" : "✗ outside",
          picture(one),
        ];
      });
      const head = ["guess", "your range", "measured", "inside?", "picture"];
      part("calibration").replaceChildren(make("p", words), table(head, rows));
    }

    function summary() {
      const lines = course.map((chapter) => {
        const its = count(chapter);
        const { questions, exercises, guesses, atOnce } = its;
        const right = `${ofAll(questions)} questions (${atOnce} right at once)`;
        const rest = `${ofAll(exercises)} exercises, ${ofAll(guesses)} guesses`;
        return `${Number(chapter.number)}: ${right}, ${rest}`;
      });
      const made = guesses();
      const hits = made.filter(({ hit }) => hit).length;
      const title = "Attention in Color: progress by chapter";
      const end = `${hits} of ${made.length} ranges contain the measured number`;
      return [title, ...lines, end].join("\n");
    }

    // What stays in place, so that nothing is lost while it is used.
    const status = make("p");
    status.setAttribute("role", "status");
    const button = (words, act) => {
      const made = make("button", words, { type: "button" });
      made.onclick = act;
      return made;
    };
    const say = (words) => {
      status.textContent = words;
    };
    const save = button("Save as a file", () => {
      const text = JSON.stringify(progress.asData(), null, 1);
      const file = new Blob([text], { type: "application/json" });
      const href = URL.createObjectURL(file);
      make("a", "", { href, download: "attention-in-color.json" }).click();
      setTimeout(() => URL.revokeObjectURL(href), 1000);
      say("The file is saved.");
    });
    const input = make("input", "", { type: "file", accept: ".json" });
    const label = make("label", "Load a file ");
    label.append(input);
    input.onchange = async () => {
      const [file] = input.files;
      if (!file) return;
      const small = file.size < 1e6;
      const found = progress.parse(small ? await file.text() : "");
      const size = Object.values(found).reduce((n, its) => n + its.size, 0);
      input.value = "";
      if (!size) return say("There is no progress of this book in that file.");
      progress.save((state) => {
        for (const [kind, its] of Object.entries(found))
          for (const [name, value] of its) state[kind].set(name, value);
      });
      say(`Loaded: ${size} ${size === 1 ? "entry" : "entries"}.`);
    };
    const FORGET = "Forget everything";
    const forget = button(FORGET, () => {
      if (forget.textContent === FORGET) {
        forget.textContent = "Really? Click again to forget everything";
        return;
      }
      forget.textContent = FORGET;
      progress.save((state) => {
        for (const its of Object.values(state)) its.clear();
      });
      say("Everything is forgotten.");
    });
    forget.onblur = () => {
      forget.textContent = FORGET;
    };
    const text = make("textarea", "", { readOnly: true, rows: 6 });
    text.ariaLabel = "Summary";
    const copy = button("Copy the summary", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
        say("The summary is copied.");
      } catch (_forbidden) {
        text.select();
        const isCopied = document.execCommand("copy");
        const said = "The summary is selected: copy it with Ctrl+C.";
        say(isCopied ? "The summary is copied." : said);
      }
    });
    const lost =
      "This browser keeps nothing for this page, so save a file before you leave.";
    part("keep").replaceChildren(save, label, forget);
    part("summary").replaceChildren(text, copy);
    part("summary").after(status);
    progress.whenChanged(() => {
      chapters();
      calibration();
      text.value = summary();
      if (!progress.isKept()) say(lost);
    });
  };
}
