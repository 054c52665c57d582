// What the reader has guessed and done. It is kept in this browser and goes
// nowhere else. Where nothing can be kept, it lasts as long as the page.
{
  const KEY = "progress";
  const NAME = /^[a-z0-9-]{1,100}$/;
  const MOST = 1000; // entries of a kind
  const isPair = (value) => Array.isArray(value) && value.length === 2;
  const VALID = {
    // of a claim, from and to
    guesses: (v) => isPair(v) && v.every(Number.isFinite) && v[0] <= v[1],
    // right at once, and found in the end
    questions: (v) => isPair(v) && v.every((each) => typeof each === "boolean"),
    exercises: (v) => v === true,
  };

  const make = (tag, text = "", more = {}) =>
    Object.assign(document.createElement(tag), { textContent: text }, more);
  const shown = (value) =>
    value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
  const withUnit = (value, unit) =>
    `${shown(value)}${unit === "%" || !unit ? unit : ` ${unit}`}`;

  /** Return what is valid in some stored or imported data, and only that. */
  function clean(data) {
    const found = {};
    for (const [kind, valid] of Object.entries(VALID)) {
      const its = data?.[kind];
      const entries =
        its && typeof its === "object" && !Array.isArray(its)
          ? Object.entries(its)
          : [];
      found[kind] = new Map(
        entries
          .filter(([name, value]) => NAME.test(name) && valid(value))
          .slice(0, MOST),
      );
    }
    return found;
  }

  const asData = (state) =>
    Object.fromEntries(
      Object.entries(state).map(([kind, its]) => [
        kind,
        Object.fromEntries(its),
      ]),
    );

  function parse(text) {
    try {
      return clean(JSON.parse(text));
    } catch (_broken) {
      return clean(null);
    }
  }

  let state = clean(null);
  let isKept = true; // until the browser refuses
  function read() {
    if (!isKept) return;
    try {
      state = parse(localStorage.getItem(KEY));
    } catch (_blocked) {
      isKept = false;
    }
  }
  function save(change) {
    read(); // another window may have added something
    change(state);
    try {
      localStorage.setItem(KEY, JSON.stringify(asData(state)));
    } catch (_blocked) {
      isKept = false;
    }
    show();
  }

  /** Count what is done in a chapter, by kind, and what there is to do. */
  function count({ number, questions, exercises, guesses }) {
    const done = (kind, names, is = Boolean) =>
      names.filter((name) => is(state[kind].get(name))).length;
    const named = (list) => list.map((n) => `${number}-${n}`);
    const asked = named(questions);
    const found = {
      questions: [done("questions", asked, (v) => v?.[1]), asked.length],
      exercises: [done("exercises", named(exercises)), exercises.length],
      guesses: [
        done(
          "guesses",
          guesses.map(([name]) => name),
        ),
        guesses.length,
      ],
    };
    found.all = [0, 1].map((n) =>
      Object.values(found).reduce((sum, pair) => sum + pair[n], 0),
    );
    found.atOnce = done("questions", asked, (v) => v?.[0]);
    return found;
  }
  const ofAll = ([n, all]) => `${n} of ${all}`;

  // ----------------------------------------------------------- in a chapter

  const shows = []; // what is drawn again when something has been done
  const show = () => {
    for (const each of shows) each();
  };

  function header(line, chapter, root) {
    const words = make("span");
    const page = new URL("book/progress.html", root);
    line.replaceChildren(
      make("strong", "Your progress."),
      " ",
      words,
      " ",
      make("a", "All chapters", { href: page.href }),
    );
    shows.push(() => {
      const { questions, exercises, guesses } = count(chapter);
      const parts = [
        `${ofAll(questions)} questions`,
        `${ofAll(exercises)} exercises`,
        guesses[1] && `${ofAll(guesses)} guesses`,
      ];
      words.textContent = `${parts.filter(Boolean).join(", ")}.`;
    });
  }

  /** Notice which option of a question is opened. */
  function watchQuestions(section, number) {
    let name;
    for (const element of section.children) {
      const found = /^Question (\d+)\./.exec(element.textContent);
      if (element.matches("p") && found) {
        const its = `${number}-${found[1]}`;
        const mark = make("small", "", { className: "answered" });
        element.append(" ", mark);
        shows.push(() => {
          const right = state.questions.get(its)?.[1];
          mark.textContent = right ? "✓ answered" : "";
        });
        name = its;
      } else if (name && element.matches("details.option")) {
        const its = name;
        element.addEventListener("toggle", () => {
          if (!element.open) return;
          const right = element.matches(".right");
          save(({ questions }) => {
            const [first, done] = questions.get(its) ?? [right, false];
            questions.set(its, [first, done || right]);
          });
        });
      }
    }
  }

  function addTicks(chapter) {
    for (const heading of document.querySelectorAll("article h3")) {
      const found = /^\d+\.(\d+) · /.exec(heading.textContent);
      if (!found) continue;
      const name = `${chapter.number}-${found[1]}`;
      const label = make("label", "", { className: "tick" });
      const box = make("input", "", { type: "checkbox" });
      label.append(box, " I've done this exercise");
      heading.after(label);
      box.onchange = () =>
        save(({ exercises }) => {
          if (box.checked) exercises.set(name, true);
          else exercises.delete(name);
        });
      shows.push(() => {
        box.checked = state.exercises.has(name);
      });
    }
  }

  /** Say how a guess compares with what was measured. */
  function verdict([low, high], value, unit) {
    const measured = `Measured: ${withUnit(value, unit)}.`;
    if (value >= low && value <= high) return `${measured} Inside your range.`;
    const off = value < low ? low - value : value - high;
    const by = `${shown(off)}${unit === "%" ? " points" : ` ${unit}`}`.trim();
    const side = value < low ? "below" : "above";
    return `${measured} That's ${by} ${side} your range.`;
  }

  /** Ask for a range: typed, or drawn on a line where it is a share. */
  function ask(place, [name, said, value, unit]) {
    const form = make("form");
    const field = (word) => {
      const label = make("label", `${word} `);
      const input = make("input", "", {
        inputMode: "decimal",
        autocomplete: "off",
        maxLength: 12,
      });
      label.append(input);
      form.append(label);
      return input;
    };
    const from = field("from");
    const to = field("to");
    const button = make("button", "Compare");
    form.append(unit, button);
    const line = make("div", "", { className: "line" });
    const range = make("span", "", { className: "range" });
    const mark = make("span", "", { className: "measured" });
    line.append(range, mark);
    line.hidden = unit !== "%";
    const status = make("p", "");
    status.setAttribute("role", "status");
    const title = make("p", "Your guess: ");
    title.append(make("b", said || "this number"));
    form.ariaLabel = title.textContent;
    place.append(title, form, line, status);

    const draw = (ends) => {
      range.hidden = !ends;
      const [a, b] = (ends ?? []).map((x) => Math.min(100, Math.max(0, x)));
      range.style.left = `${a}%`;
      range.style.width = `${b - a}%`;
    };
    const typed = () => {
      const texts = [from, to].map((input) => input.value.trim());
      const given = texts
        .filter(Boolean)
        .map((t) => Number(t.replace(",", ".")));
      if (!given.length || !given.every(Number.isFinite)) return undefined;
      return [Math.min(...given), Math.max(...given)];
    };
    form.oninput = () => draw(typed());

    let start;
    const at = ({ clientX }) => {
      const { left, width } = line.getBoundingClientRect();
      const share = (clientX - left) / width;
      return Math.round(100 * Math.min(1, Math.max(0, share)));
    };
    const drag = (event) => {
      const ends = [start, at(event)].sort((a, b) => a - b);
      [from.value, to.value] = ends;
      draw(ends);
    };
    line.onpointerdown = (event) => {
      if (from.readOnly) return;
      line.setPointerCapture(event.pointerId);
      start = at(event);
      drag(event);
    };
    line.onpointermove = (event) => {
      if (line.hasPointerCapture(event.pointerId)) drag(event);
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const guess = typed();
      if (guess) save(({ guesses }) => guesses.set(name, guess));
      else status.textContent = "Type a number, or two, such as 40 and 60.";
    };
    let before;
    shows.push(() => {
      const guess = state.guesses.get(name);
      if (guess && guess.join() === before) return;
      if (!guess && before === undefined && status.textContent) return;
      before = guess?.join();
      const made = Boolean(guess);
      place.classList.toggle("guessed", made);
      button.hidden = made;
      mark.hidden = !made;
      for (const input of [from, to]) input.readOnly = made;
      [from.value, to.value] = guess ?? ["", ""];
      draw(guess);
      mark.style.left = `${value}%`;
      const how = line.hidden ? "" : ": type it, or drag along the line";
      status.textContent = made
        ? verdict(guess, value, unit)
        : `Give a range that you're 80% sure of${how}.`;
    });
  }

  // ------------------------------------------------------------------ start

  window.bookProgress = {
    clean,
    parse,
    save,
    count,
    make,
    ofAll,
    withUnit,
    asData: () => asData(state),
    isKept: () => isKept,
    guessOf: (name) => state.guesses.get(name),
    whenChanged: (act) => shows.push(act),
    start(root) {
      const course = Array.isArray(window.bookCourse) ? window.bookCourse : [];
      const address = location.href.split(/[?#]/)[0];
      const chapter = course.find(
        ({ uri }) => new URL(uri, root).href === address,
      );
      if (chapter) {
        for (const line of document.querySelectorAll(".reached"))
          header(line, chapter, root);
        for (const section of document.querySelectorAll("section.questions"))
          watchQuestions(section, chapter.number);
        addTicks(chapter);
        for (const place of document.querySelectorAll("div.guess")) {
          const { claim } = place.dataset;
          const known = chapter.guesses.find(([name]) => name === claim);
          if (known) ask(place, known);
        }
      }
      for (const link of document.querySelectorAll(".course-chapters td a")) {
        const its = course.find(
          ({ uri }) => new URL(uri, root).href === link.href,
        );
        if (!its) continue;
        const words = make("small", "", { className: "answered" });
        link.after(words);
        shows.push(() => {
          const { all } = count(its);
          words.textContent = all[0] ? ` ${ofAll(all)} done` : "";
        });
      }
      const again = () => {
        read();
        show();
      };
      addEventListener("storage", again);
      addEventListener("pageshow", again);
      again();
    },
  };
}
