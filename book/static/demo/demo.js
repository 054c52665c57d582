// The live demo: it wires the page's parts to the scene and to the networks.
//
// For those who look on: `element.shown` is what an element of class `demo`
// shows now: {scene, image, query, answers, net, numbers}, with the networks'
// outputs in `answers` and one cell's in `numbers`. Each time it changes, the
// element sends the event "shown".

import { lettersOf } from "../../../colorattn/widgets/letters.js";
import { drawings, network } from "./data.js";
import { run, softmax } from "./engine.js";
import { drag, draw, point } from "./gestures.js";
import { explain, fieldOf, patchOf, showNumbers } from "./numbers.js";
import * as v from "./render.js";
import * as s from "./scene.js";
import { raster, shift } from "./strokes.js";

const DEALS = 3000; // looked through for a failure
const AREA = s.CANVAS ** 2;

class Demo {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.note = this.part("note");
    this.search = 0; // counts changes; a search ends when there was one
    this.cell = null; // chosen; without one, that of the largest weight
    this.nets = root.dataset.nets.split(" ");
    this.net = this.nets.at(-1);
    this.over = "weights";
    this.handles = [...root.querySelectorAll('[data-part="symbol"]')];
    for (const [n, handle] of this.handles.entries()) drag(this, handle, n);
    draw(this, this.part("card"));
    point(this, this.part("stage"), this.part("cell"));
    this.listen();
    const { Tour, Training } = self.demoGuide ?? {};
    if (Tour && this.part("tour")) this.tour = new Tour(this);
    if (Training && this.part("training")) new Training(this);
  }

  listen() {
    const on = (name, event, act) =>
      this.part(name).addEventListener(event, ({ target }) => act(target));
    const deal = (data) => this.ask(s.deal(data, this.scene.temperature));
    const query = (from) => this.ask({ query: s.another(from) });
    on("deal", "click", () => deal(this.scene.data));
    on("data", "change", ({ value }) => deal(value));
    on("class", "change", ({ value }) => query({ kind: +value, drawing: 0 }));
    on("another", "click", () => {
      const { query: asked, symbols } = this.scene;
      query(asked.strokes ? symbols[0] : asked);
    });
    on("wipe", "click", () => this.ask({ query: { strokes: [] } }));
    on("trained", "click", () => this.set({ temperature: 1 }));
    on("temperature", "input", ({ value }) =>
      this.set({ temperature: Math.round(100 * 10 ** value) / 100 }),
    );
    on("over", "change", ({ value }) => this.again({ over: value }));
    on("failure", "click", () => this.failure(this.net));
    on("link", "click", () => this.copy());
    for (const button of this.root.querySelectorAll("[data-name]"))
      button.onclick = () => this.again({ net: button.value, cell: null });
    // By now the address can be another: the last scene's, which was at rest.
    window.addEventListener("hashchange", ({ newURL }) =>
      this.open(new URL(newURL).hash),
    );
    const repaint = () => this.again({});
    const looks = { attributeFilter: ["data-theme"] };
    const page = document.documentElement;
    new MutationObserver(repaint).observe(page, looks);
  }

  /** Show the scene of a link; or, where it has none, say so. */
  open(hash) {
    if ("unlinked" in this.root.dataset) return this.set(s.read(s.FIRST));
    const [begin, id] = [this.scene ?? s.read(s.FIRST), hash.slice(1)];
    const here = this.scene && this.link() === hash;
    if (!hash || here || document.getElementById(id)) return this.set(begin);
    try {
      const [link, step] = hash.split(/&tour=(.*)/s);
      const scene = s.read(link);
      this.tour?.resume(step);
      return this.ask(scene, "This scene is the link’s.");
    } catch (wrong) {
      const why = `The link’s scene cannot be shown: ${wrong.message}.`;
      return this.set(begin, why);
    }
  }

  /** Ask something else, and look at the largest weight. */
  ask(change, message) {
    this.cell = null;
    return this.set(change, message);
  }

  /** Change parts of the scene, and show what follows. */
  async set(change, message = "") {
    this.search++;
    this.note.textContent = message;
    this.scene = { ...this.scene, ...change };
    this.stale = true;
    if (this.root.ariaBusy === "true") return; // what runs will look again
    this.root.ariaBusy = "true";
    try {
      while (this.stale) {
        this.stale = false;
        await this.show(this.scene);
      }
    } catch (wrong) {
      this.root.dataset.state = this.root.shown ? "stuck" : "failed";
      this.note.textContent = wrong.message;
    }
    this.root.ariaBusy = "false";
  }

  async show(scene) {
    const from = await drawings(scene.data);
    const [answers, loaded] = [[], {}];
    const image = s.paint(scene, from);
    const { strokes } = scene.query;
    if (strokes && !this.drawing) this.shift = shift(strokes);
    const query = strokes
      ? raster(strokes, this.shift)
      : s.drawingOf(from, scene.query);
    for (const net of this.nets) {
      loaded[net] = await network(`${net}-${scene.data}`);
      const found = run(loaded[net], image, query, scene.temperature);
      answers.push({ net, ...found });
    }
    this.loaded = loaded;
    this.inks = scene.symbols.map((symbol) => s.drawingOf(from, symbol));
    const all = s.paint({ ...scene, erased: -1 }, from);
    const layers = [0, 1, 2].map((c) => all.subarray(c * AREA, (c + 1) * AREA));
    v.show(this.part("card"), query, 0.7);
    this.showControls(scene, lettersOf(layers));
    this.showAnswer({ scene, image, query, answers });
    clearTimeout(this.later); // it is spoken once the hand rests
    this.later = setTimeout(() => this.rest(), 500);
  }

  /** Write what is shown as a link's last part. */
  link() {
    return s.write(this.scene) + (this.tour?.link() ?? "");
  }

  /** Say the answer, and bring the address up to date. */
  rest() {
    this.part("live").textContent = this.part("verdict").textContent;
    if ("unlinked" in this.root.dataset) return; // the address is another's
    const link = this.link();
    const plain = !location.hash.startsWith("#scene");
    if (plain && link === s.FIRST) return; // nothing was changed
    try {
      history.replaceState(history.state, "", link);
    } catch {} // a browser may forbid it in a page that was opened as a file
  }

  showControls(scene, letters) {
    const { data, symbols, query, temperature } = scene;
    const names = s.CLASSES[data];
    for (const [color, { kind, row, column }] of symbols.entries()) {
      const handle = this.handles[color];
      const name = `${s.COLORS[color]} ${names[kind]}`;
      handle.style.top = `${(100 * row) / s.CANVAS}%`;
      handle.style.left = `${(100 * column) / s.CANVAS}%`;
      handle.ariaLabel = `${name}, row ${row}, column ${column}: ask for it`;
      handle.ariaPressed = kind === query.kind;
      const at = [letters[color][0] - row, letters[color][1] - column];
      const [y, x] = at.map((px) => `${(100 * px) / s.SIDE}%`);
      Object.assign(handle.firstElementChild.style, { top: y, left: x });
    }
    const { strokes } = query; // the card grows, but not while it is drawn on
    if (!strokes) delete this.root.dataset.drawn;
    else if (!this.drawing || this.root.dataset.drawn)
      this.root.dataset.drawn = strokes.length ? "on" : "empty";
    const choices = names.map((name, kind) => new Option(name, kind));
    if (query.strokes) choices.push(new Option("what I drew", ""));
    this.part("class").replaceChildren(...choices);
    this.part("class").value = query.kind ?? "";
    const asked = names[query.kind] ?? "your own drawing";
    this.part("card").ariaLabel = `The query: ${asked}`;
    const trained = temperature === 1 ? ", as trained" : "";
    const degrees = `${v.number(temperature)}${trained}`;
    this.part("degrees").textContent = degrees;
    this.part("temperature").value = Math.log10(temperature);
    this.part("temperature").ariaValueText = degrees;
    this.part("data").querySelector(`[value=${data}]`).checked = true;
  }

  /** Look at the same answers in another way. */
  again(change) {
    Object.assign(this, change);
    if (this.root.shown) this.showAnswer(this.root.shown);
  }

  /** Show the chosen network's answer, and one cell of it. */
  showAnswer({ scene, image, query, answers }) {
    const answer = answers.find(({ net }) => net === this.net);
    for (const button of this.root.querySelectorAll("[data-name]")) {
      const its = answers.find(({ net }) => net === button.value);
      const said = v.largest(its.logits);
      const right = s.target(scene);
      const mark = right < 0 ? "" : said === right ? " ✓" : " ✗";
      const text = `${button.dataset.name}: ${s.COLORS[said]}${mark}`;
      button.replaceChildren(...v.colored(text));
      button.ariaPressed = its === answer;
    }
    const lines = v.verdict(scene, answer).map((text) => {
      const line = document.createElement("span");
      line.append(...v.colored(text));
      return line;
    });
    this.part("verdict").replaceChildren(lines[0], " ", lines[1]);
    this.showMap(scene, answer);
    const shares = softmax(answer.logits).weights;
    for (const [k, name] of s.COLORS.entries()) {
      const row = this.root.querySelector(`tr[data-color="${name}"]`);
      const [, bar, share, logit] = row.children;
      bar.firstElementChild.style.width = `${100 * shares[k]}%`;
      share.textContent = v.number(shares[k]);
      logit.textContent = v.number(answer.logits[k], 1);
    }
    this.root.shown = { scene, image, query, answers, net: this.net };
    this.showCell();
    this.root.dataset.state = "ready";
    this.root.dispatchEvent(new CustomEvent("shown"));
  }

  showMap({ symbols, erased }, { scores, weights }) {
    const [low, high] = [Math.min(...scores), Math.max(...scores)];
    const maps = {
      weights: weights.map(v.along),
      scores: scores.map((score) => (score - low) / (high - low || 1)),
      nothing: weights.map(() => 0),
    };
    const inks = this.inks.map((ink, n) => (n === erased ? [] : ink));
    const quantity = this.over === "scores" ? "scores" : "weights";
    this.inked = v.inked(symbols, inks);
    v.stage(this.part("scene"), this.inked, maps[this.over], quantity);
    const ends = [low, high].map((end) => v.number(end, 1));
    const most = `the largest here is ${v.precise(Math.max(...weights))}`;
    const [name, marks, label] =
      quantity === "scores"
        ? ["score", ends, `Scale of the scores: ${ends.join(" to ")}`]
        : ["weight α", v.MARKS, `Scale of the weights: 0 to 1; ${most}`];
    v.scale(this.part("scale"), quantity, name, marks);
    this.part("scale").ariaLabel = label;
    this.part("scale").hidden = this.over === "nothing";
  }

  /** Show the numbers of one cell: pointed at, chosen, or the heaviest. */
  showCell(pointed = null) {
    const { scene, image, answers } = this.root.shown;
    const answer = answers.find(({ net }) => net === this.net);
    const net = this.loaded[this.net];
    const heaviest = v.largest(answer.weights);
    const cell = pointed ?? this.cell ?? heaviest;
    const side = Math.sqrt(answer.weights.length);
    const [row, column] = [Math.floor(cell / side), cell % side];
    const numbers = explain(answer, cell, scene.temperature);
    const field = fieldOf(net.image);
    const patch = patchOf(image, field, cell, net.brightness);
    showNumbers(this.part, answer, numbers, patch);
    const box = (name, y, x, size) =>
      Object.assign(this.part(name).style, {
        top: `${(100 * y) / s.CANVAS}%`,
        left: `${(100 * x) / s.CANVAS}%`,
        width: `${(100 * size) / s.CANVAS}%`,
        height: `${(100 * size) / s.CANVAS}%`,
      });
    const [y, x] = [row * field.step, column * field.step];
    box("cell", y, x, field.step);
    box("field", y - (field.side >> 1), x - (field.side >> 1), field.side);
    const where = `row ${row}, column ${column}`;
    const on = v.place(scene, cell, side);
    const weight = v.precise(numbers.weight);
    this.part("cell").ariaLabel =
      `Cell in ${where}, ${on}: score ${v.precise(numbers.score)}, weight ${weight}`;
    this.part("which").textContent =
      cell === heaviest
        ? `The cell with the largest weight (${where}, ${on}), number by number:`
        : `The cell in ${where} (${on}), number by number:`;
    Object.assign(this.root.shown, { numbers, patch, side });
  }

  /** Deal until a network is wrong, and show that scene. */
  async failure(net) {
    const { data, temperature } = this.scene;
    const mine = ++this.search;
    const from = await drawings(data);
    const loaded = await network(`${net}-${data}`);
    for (let n = 1; n <= DEALS; n++) {
      const scene = s.deal(data, temperature);
      const image = s.paint(scene, from);
      const query = s.drawingOf(from, scene.query);
      const { logits } = run(loaded, image, query, temperature);
      if (mine !== this.search) return; // the reader has gone on
      if (v.largest(logits) !== s.target(scene)) {
        await this.ask(scene, `Scene ${n} fools ${v.NAMES[net]}.`);
        return this.part("stage").scrollIntoView({ block: "nearest" });
      }
      if (n % 5 === 0) {
        this.note.textContent = `Looking for a failure: ${n} scenes so far.`;
        await new Promise((done) => setTimeout(done));
      }
    }
    this.note.textContent = `No failure was found in ${DEALS} scenes.`;
  }

  /** Copy the address of the scene. */
  async copy() {
    this.rest();
    const link = new URL(this.link(), location.href).href;
    const written = navigator.clipboard?.writeText(link);
    let copied = await written?.then(() => true).catch(() => false);
    if (!copied) {
      const text = document.createElement("textarea");
      text.value = link;
      this.root.append(text);
      text.select();
      copied = document.execCommand("copy");
      text.remove();
      this.part("link").focus();
    }
    this.note.textContent = copied
      ? "The link to this scene is copied."
      : "Copy the link from the address bar: it is this scene’s.";
  }
}

for (const root of document.querySelectorAll(".demo"))
  new Demo(root).open(location.hash);
