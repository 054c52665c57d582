// The guided tour: six guesses, each compared with what the network does.
// Its words are in tour.html. Where it is, and the guess, are in the link.

import { drawings, network } from "../demo/data.js";
import { run, softmax } from "../demo/engine.js";
import * as v from "../demo/render.js";
import * as s from "../demo/scene.js";

const ALIKE = "#scene_mnist_4-0-34-11_9-5-5-30_2-2-5-3_2-7_100";
const ACROSS = 16; // places of the mark, in a row
const MIDDLE = (ACROSS * (ACROSS + 1)) / 2;
const HOT = 8; // a temperature that counts as high
const COUNT = 20; // scenes of clothes
const NEAR = { "%": 10, " px": 10, " of 20": 1 }; // guesses that count as right
const STEPS = { ArrowUp: -ACROSS, ArrowDown: ACROSS };
const SIDEWAYS = { ArrowLeft: -1, ArrowRight: 1 };

const percent = (share) => Math.round(100 * share);
const nameOf = ({ data, symbols }, color) =>
  `the ${s.COLORS[color]} ${s.CLASSES[data][symbols[color].kind]}`;

/** Compare a guessed number with a measured one. */
function compare(guess, truth, unit, what) {
  const gap = Math.abs(guess - truth);
  const points = unit === "%" ? " percentage points" : "";
  const way = truth > guess ? "more" : "less";
  const off = gap ? `${gap}${points} ${way} than` : "exactly what";
  const text = `You guessed ${guess}${unit}. ${what}: ${off} you thought.`;
  return { gap, right: gap <= NEAR[unit], text, guess, truth };
}

/** What each step shows first, does, waits for, and measures. */
const PLAN = {
  erase: {
    most: 3,
    act: (demo, { value }) => demo.set({ erased: +value }),
    acted: ({ scene }) => scene.erased >= 0,
    measure({ scene, query }, guess, { demo, from }) {
      const [all, ...without] = [-1, 0, 1, 2].map((erased) => {
        const image = s.paint({ ...scene, erased }, from);
        const net = demo.loaded[demo.net];
        return v.largest(run(net, image, query, scene.temperature).logits);
      });
      const each = without.map(
        (said, n) => `without ${nameOf(scene, n)} it is ${s.COLORS[said]}`,
      );
      const matter = [0, 1, 2].filter((n) => without[n] !== all);
      const right = guess < 3 ? matter.includes(guess) : !matter.length;
      const mine = guess < 3 ? nameOf(scene, guess) : "none of them";
      const text = `You guessed ${mine}. The answer is ${s.COLORS[all]}; ${each.join(", ")}.`;
      return { right, gap: right ? 0 : 1, text };
    },
  },
  absent: {
    most: 100,
    act: (demo) => demo.ask({ query: { kind: 6, drawing: 0 } }),
    acted: ({ scene }) => !scene.query.strokes && s.target(scene) < 0,
    measure({ answer }, guess) {
      const shares = softmax(answer.logits).weights;
      const [said, sure] = [v.largest(shares), percent(Math.max(...shares))];
      const what = `The network is ${sure}% sure of ${s.COLORS[said]}`;
      return compare(guess, sure, "%", what);
    },
  },
  alike: {
    most: ACROSS ** 2 - 1,
    scene: ALIKE,
    act: (demo) => demo.ask({ query: { kind: 9, drawing: 9 } }),
    acted({ scene }) {
      const kinds = scene.symbols.map(({ kind }) => kind);
      const there = kinds.includes(4) && kinds.includes(9);
      return there && [4, 9].includes(scene.query.kind);
    },
    measure({ scene, answer }, guess) {
      const { weights } = answer;
      const [side, cell] = [Math.sqrt(weights.length), v.largest(weights)];
      const [from, to] = [middle(guess, ACROSS), middle(cell, side)];
      const gap = Math.round(Math.hypot(from[0] - to[0], from[1] - to[1]));
      const shares = [0, 0, 0];
      for (const [n, weight] of weights.entries()) {
        const color = s.nearest(scene, n, side);
        if (color >= 0) shares[color] += weight;
      }
      const [on, right] = [v.place(scene, cell, side), gap <= NEAR[" px"]];
      const parts = shares.map(
        (share, n) => `${percent(share)}% on ${nameOf(scene, n)}`,
      );
      const text = `The largest weight is ${on}, ${gap} pixels from your mark. Of all the weight, ${parts.join(", ")}.`;
      return { gap, right, text, line: [from, to] };
    },
  },
  temperature: {
    most: 100,
    act: (demo) => demo.set({ temperature: 10 }),
    acted: ({ scene }) => scene.temperature >= HOT && s.target(scene) >= 0,
    measure({ scene, answer }, guess) {
      const right = s.target(scene);
      const shares = softmax(answer.logits).weights;
      const sure = percent(shares[right]);
      const said = `Its answer is ${s.COLORS[v.largest(shares)]}`;
      const what = `${said}, and it is ${sure}% sure of ${s.COLORS[right]}`;
      return compare(guess, sure, "%", what);
    },
  },
  failure: {
    most: 2,
    net: "post",
    act: (demo) => demo.failure(demo.net),
    acted: ({ scene, answer }) => {
      const right = s.target(scene);
      return right >= 0 && v.largest(answer.logits) !== right;
    },
    measure({ scene, answer }, guess) {
      const side = Math.sqrt(answer.weights.length);
      const cell = v.largest(answer.weights);
      const color = s.nearest(scene, cell, side);
      const asked = s.target(scene);
      const truth = color < 0 ? 2 : color === asked ? 0 : 1;
      const right = guess === truth;
      const said = s.COLORS[v.largest(answer.logits)];
      const mine = ["on the symbol asked for", "on a different one", "on none"];
      const text = `You guessed ${mine[guess]}. The network was asked for ${nameOf(scene, asked)} and says ${said}; its largest weight is ${v.place(scene, cell, side)}.`;
      return { right, gap: right ? 0 : 1, text };
    },
  },
  clothes: {
    most: COUNT,
    act: (demo) => demo.tour.count(),
    acted: (_, { counted }) => counted !== null,
    measure(_, guess, { counted }) {
      const what = `The network got ${counted} of ${COUNT} right`;
      return compare(guess, counted, " of 20", what);
    },
  },
};
const NAMES = Object.keys(PLAN);

/** Return the middle of a cell, row and column in px of the scene. */
const middle = (cell, side) =>
  [Math.floor(cell / side), cell % side].map(
    (k) => ((k + 0.5) * s.CANVAS) / side,
  );

export class Tour {
  constructor(demo) {
    this.demo = demo;
    this.panel = demo.part("tour");
    this.steps = NAMES.map((name) =>
      this.panel.querySelector(`[data-step="${name}"]`),
    );
    this.guesses = NAMES.map(() => null);
    this.right = NAMES.map(() => null);
    [this.at, this.open, this.counted] = [0, false, null];
    this.makeMark();
    const on = (name, act) => demo.part(name).addEventListener("click", act);
    on("tour-start", () => this.go(this.at));
    on("tour-guess", () => this.guess());
    on("tour-again", () => {
      this.guesses[this.at] = this.counted = null;
      this.go(this.at);
    });
    on("tour-back", () => this.go(this.at - 1));
    on("tour-next", () => this.go(this.at + 1));
    on("tour-leave", () => {
      this.leave();
      demo.set({ erased: -1, temperature: 1 });
      demo.part("tour-start").focus();
    });
    for (const [n, step] of this.steps.entries()) {
      for (const button of step.querySelectorAll("[data-act] button"))
        button.onclick = () => PLAN[NAMES[n]].act(demo, button);
      const range = step.querySelector("input[type=range]");
      if (range) range.oninput = () => this.showAmount(range);
    }
    for (const word of this.panel.querySelectorAll("[data-lights]"))
      this.light(word);
    demo.root.addEventListener("shown", () => this.look());
  }

  /** Let a word light the part of the demo that it names. */
  light(word) {
    const { lights } = word.dataset;
    const { demo } = this;
    const find = () =>
      demo.root.querySelector(`.demo-${lights}`) ?? demo.part(lights);
    const lit = (on) => () => {
      demo.root.querySelector(".demo-lit")?.classList.remove("demo-lit");
      if (on) find().classList.add("demo-lit");
    };
    for (const [event, on] of [
      ["pointerenter", true],
      ["focus", true],
      ["pointerleave", false],
      ["blur", false],
    ])
      word.addEventListener(event, lit(on));
    word.onclick = () => {
      lit(true)();
      find().scrollIntoView({ block: "nearest" });
    };
  }

  /** Make the mark that the reader puts on the scene. */
  makeMark() {
    this.layer = document.createElement("div");
    this.layer.className = "demo-mark";
    this.layer.innerHTML =
      '<svg viewBox="0 0 64 64" aria-hidden="true"><line /></svg><button type="button" data-part="mark"></button>';
    [this.line, this.mark] = [
      this.layer.querySelector("line"),
      this.layer.querySelector("button"),
    ];
    this.layer.hidden = true;
    this.demo.part("stage").append(this.layer);
    const put = (event) => {
      const box = this.layer.getBoundingClientRect();
      const [y, x] = [
        (event.clientY - box.top) / box.height,
        (event.clientX - box.left) / box.width,
      ].map((at) => Math.min(ACROSS - 1, Math.max(0, Math.floor(at * ACROSS))));
      this.showMark(y * ACROSS + x);
    };
    this.layer.onpointerdown = (event) => {
      this.layer.setPointerCapture(event.pointerId);
      put(event);
    };
    this.layer.onpointermove = (event) => event.buttons && put(event);
    this.layer.onclick = (event) => event.stopPropagation();
    this.mark.onkeydown = (event) => {
      const [down, across] = [STEPS, SIDEWAYS].map((k) => k[event.key] ?? 0);
      if (!down && !across) return;
      event.preventDefault();
      const column = (this.marked % ACROSS) + across;
      const cell = this.marked + down + across;
      const inside = cell >= 0 && cell < ACROSS ** 2;
      if (inside && column >= 0 && column < ACROSS) this.showMark(cell);
    };
  }

  showMark(cell) {
    this.marked = cell;
    const [y, x] = middle(cell, ACROSS);
    this.mark.style.top = `${(100 * y) / s.CANVAS}%`;
    this.mark.style.left = `${(100 * x) / s.CANVAS}%`;
    const on = v.place(this.demo.scene, cell, ACROSS);
    const at = `row ${Math.floor(cell / ACROSS)}, column ${cell % ACROSS}`;
    this.mark.ariaLabel = `Your mark: ${at}, ${on}`;
  }

  showAmount(range) {
    const text = `${range.value}${range.dataset.unit}`;
    range.ariaValueText = text;
    range.closest("fieldset").querySelector("output").textContent = text;
  }

  /** Return what the link of a scene says of the tour. */
  link() {
    const guess = this.guesses[this.at];
    const mine = guess === null ? "" : `-${guess}`;
    return this.open ? `&tour=${this.at + 1}${mine}` : "";
  }

  /** Read that. Throws an Error where it is no step with a guess. */
  read(text) {
    const found = /^([1-6])(?:-(\d{1,3}))?$/.exec(text);
    const at = found && found[1] - 1;
    const guess = found?.[2] === undefined ? null : +found[2];
    if (!found || guess > PLAN[NAMES[at]].most)
      throw new Error("its tour has no such step or guess");
    return { at, guess };
  }

  /** Show the step that a link says; or, where it says none, leave. */
  resume(text) {
    if (text === undefined) return this.leave();
    const found = this.read(text);
    [this.at, this.open, this.counted] = [found.at, true, null];
    this.guesses[this.at] = found.guess;
    this.demo.net = PLAN[NAMES[this.at]].net ?? "best";
    return this.render();
  }

  leave() {
    this.open = false;
    this.render();
  }

  /** Go to a step, and show the scene that it begins with. */
  async go(at) {
    [this.at, this.open, this.counted] = [at, true, null];
    const { scene, net } = PLAN[NAMES[at]];
    this.demo.again({ net: net ?? "best" });
    this.render();
    const heading = this.steps[at].querySelector("h2");
    heading.focus({ preventScroll: true });
    window.scrollBy(0, this.demo.root.getBoundingClientRect().top);
    await this.demo.ask(s.read(scene ?? s.FIRST));
  }

  /** Take what the reader chose, set or marked as the guess. */
  guess() {
    const step = this.steps[this.at];
    const chosen = step.querySelector("input:checked, input[type=range]");
    const { guess: kind } = step.querySelector("[data-guess]").dataset;
    if (kind === "choice" && !chosen) {
      this.demo.part("gap").textContent = "Choose one of the answers first.";
      step.querySelector("input").focus();
      return;
    }
    this.guesses[this.at] = kind === "place" ? this.marked : +chosen.value;
    this.render();
    this.look();
    this.demo.rest();
    step.querySelector("[data-act] button").focus();
  }

  /** Show the step as far as the reader is. */
  render() {
    const { at, panel, open } = this;
    const part = (name) => this.demo.part(name);
    const guess = this.guesses[at];
    panel.hidden = !open;
    part("tour-start").hidden = open;
    const started = at > 0 || guess !== null;
    part("tour-start").textContent = started
      ? `Resume the tour (${at + 1} of 6)`
      : "Guided tour";
    for (const [n, step] of this.steps.entries()) step.hidden = n !== at;
    const fields = this.steps[at].querySelector("fieldset");
    const inputs = [...fields.querySelectorAll("input")];
    for (const input of inputs) {
      input.disabled = guess !== null;
      if (input.type === "radio") input.checked = +input.value === guess;
      else if (guess !== null) input.value = guess;
      if (input.type === "range") this.showAmount(input);
    }
    const marking = open && fields.dataset.guess === "place";
    this.layer.hidden = !marking;
    this.layer.dataset.set = guess !== null;
    this.mark.disabled = guess !== null;
    if (marking && this.demo.scene)
      this.showMark(guess ?? this.marked ?? MIDDLE);
    this.steps[at].querySelector("[data-act]").hidden = guess === null;
    const means = this.steps[at].querySelector("[data-means]");
    means.before(part("gap"), part("gap-bar"));
    part("tour-guess").hidden = guess !== null;
    part("tour-again").hidden = guess === null;
    part("tour-back").hidden = at === 0;
    part("tour-next").hidden = at === NAMES.length - 1;
    this.show(null);
  }

  /** Look at what the demo shows: was it done, and how far off was it? */
  look() {
    const { scene } = this.demo.root.shown ?? {};
    if (!this.open || !scene) return;
    for (const word of this.steps[this.at].querySelectorAll("[data-symbol]"))
      word.textContent = nameOf(scene, word.dataset.symbol);
    if (!this.layer.hidden)
      this.showMark(this.guesses[this.at] ?? this.marked ?? MIDDLE);
    clearTimeout(this.later); // it is said once the hand rests
    this.later = setTimeout(() => this.judge(), 200);
  }

  async judge() {
    const { at, demo } = this;
    const guess = this.guesses[at];
    const { shown } = demo.root;
    const answer = shown.answers.find(({ net }) => net === demo.net);
    const seen = { ...shown, answer };
    const step = PLAN[NAMES[at]];
    if (!this.open || guess === null || !step.acted(seen, this)) return;
    this.from = await drawings(shown.scene.data);
    if (at !== this.at || shown !== demo.root.shown) return;
    this.show(step.measure(seen, guess, this));
  }

  /** Show what was found, or nothing yet. */
  show(found) {
    const { at, demo } = this;
    const [gap, bar] = [demo.part("gap"), demo.part("gap-bar")];
    this.steps[at].querySelector("[data-means]").hidden = !found;
    this.steps[at].querySelector(".demo-ask").hidden = Boolean(found);
    this.line.toggleAttribute("hidden", !found?.line);
    bar.hidden = found?.guess === undefined;
    gap.dataset.right = found?.right ?? "";
    if (!found) return gap.replaceChildren();
    const text = `${found.right ? "Right." : "Not quite."} ${found.text}`;
    if (gap.textContent !== text) gap.replaceChildren(...v.colored(text));
    this.right[at] = found.right;
    const right = this.right.filter(Boolean).length;
    const of = this.right.filter((each) => each !== null).length;
    demo.part("tour-sum").textContent =
      `Your guesses on this tour so far: ${right} of ${of} right.`;
    if (found.line) {
      const [[y1, x1], [y2, x2]] = found.line;
      for (const [name, value] of Object.entries({ x1, y1, x2, y2 }))
        this.line.setAttribute(name, value);
    }
    if (bar.hidden) return undefined;
    const { max, min } = this.steps[at].querySelector("input");
    const ends = [found.guess, found.truth].map((value) =>
      Math.max(0, (100 * (value - min)) / (max - min)),
    );
    const [band, you, network] = bar.children;
    band.style.left = `${Math.min(...ends)}%`;
    band.style.width = `${Math.abs(ends[0] - ends[1])}%`;
    you.style.left = `${ends[0]}%`;
    network.style.left = `${ends[1]}%`;
    return undefined;
  }

  /** Let the network answer scenes of clothes, and show one of them. */
  async count() {
    const { demo } = this;
    const net = demo.net;
    const from = await drawings("fashion");
    const loaded = await network(`${net}-fashion`);
    let [right, wrong, scene] = [0, null, null];
    for (let n = 0; n < COUNT; n++) {
      scene = s.deal("fashion");
      const image = s.paint(scene, from);
      const query = s.drawingOf(from, scene.query);
      const { logits } = run(loaded, image, query, 1);
      if (v.largest(logits) === s.target(scene)) right++;
      else wrong ??= scene;
      if (n % 5 === 4) await new Promise((done) => setTimeout(done));
    }
    this.counted = right;
    await demo.ask(wrong ?? scene);
  }
}
