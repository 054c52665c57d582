// The live demo: it wires the page's parts to the scene and to the nets.
//
// For those who look on: `element.shown` is what an element of class `demo`
// shows now: {scene, image, query, answers}, with the nets' outputs in
// `answers`; each time it changes, the element sends the event "shown".

import { drag, draw } from "./gestures.js";
import { ask, drawings } from "./onnx.js";
import * as v from "./render.js";
import * as s from "./scene.js";
import { raster, shift } from "./strokes.js";

const FIRST = "#scene_mnist_7-0-2-36_3-1-7-4_0-3-34-21_7-4_100";
const DEALS = 3000; // looked through for a failure

class Demo {
  constructor(root) {
    this.root = root;
    this.note = this.part("note");
    this.search = 0; // counts changes; a search ends when there was one
    this.nets = root.dataset.nets.split(" ");
    this.columns = this.nets.map((net) => {
      const column = this.part("column").content.cloneNode(true).children[0];
      this.part("net", column).textContent = v.NAMES[net];
      this.part("failure", column).onclick = () => this.failure(net);
      return column;
    });
    this.part("column").after(...this.columns);
    this.handles = [...root.querySelectorAll(".demo-stage button")];
    for (const [n, handle] of this.handles.entries()) drag(this, handle, n);
    draw(this, this.part("card"));
    this.listen();
    root.dataset.state = "loading";
  }

  part(name, within = this.root) {
    return within.querySelector(`[data-part="${name}"]`);
  }

  listen() {
    const on = (name, event, act) =>
      this.part(name).addEventListener(event, ({ target }) => act(target));
    const deal = (data) => this.set(s.deal(data, this.scene.temperature));
    const query = (from) => this.set({ query: s.another(from) });
    on("deal", "click", () => deal(this.scene.data));
    on("data", "change", ({ value }) => deal(value));
    on("class", "change", ({ value }) => query({ kind: +value, drawing: 0 }));
    on("another", "click", () => {
      const { query: asked, symbols } = this.scene;
      query(asked.strokes ? symbols[0] : asked);
    });
    on("wipe", "click", () => this.set({ query: { strokes: [] } }));
    on("trained", "click", () => this.set({ temperature: 1 }));
    on("temperature", "input", ({ value }) =>
      this.set({ temperature: Math.round(100 * 10 ** value) / 100 }),
    );
    window.addEventListener("hashchange", () => this.open(location.hash));
  }

  /** Show the scene of a link; or, where it has none, say so. */
  open(hash) {
    const [begin, id] = [this.scene ?? s.read(FIRST), hash.slice(1)];
    if (!hash || document.getElementById(id)) return this.set(begin);
    try {
      return this.set(s.read(hash), "This scene is the link's.");
    } catch (wrong) {
      const why = `The link's scene cannot be shown: ${wrong.message}.`;
      return this.set(begin, why);
    }
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
    const image = s.paint(scene.symbols, from);
    const { strokes } = scene.query;
    if (strokes && !this.drawing) this.shift = shift(strokes);
    const query = strokes
      ? raster(strokes, this.shift)
      : s.drawingOf(from, scene.query);
    v.show(this.part("scene"), image);
    v.show(this.part("card"), query);
    this.showControls(scene);
    const asked = this.nets.map(async (net) => {
      const name = `${net}-${scene.data}`;
      return { net, ...(await ask(name, image, query, scene.temperature)) };
    });
    const answers = await Promise.all(asked);
    for (const n of answers.keys())
      this.showAnswer(this.columns[n], answers[n], scene);
    const verdict = v.verdict(scene, answers);
    this.part("verdict").textContent = verdict;
    clearTimeout(this.later); // it is spoken once the hand rests
    this.later = setTimeout(() => {
      this.part("live").textContent = verdict;
    }, 500);
    this.root.dataset.state = "ready";
    this.root.shown = { scene, image, query, answers };
    this.root.dispatchEvent(new CustomEvent("shown"));
  }

  showControls(scene) {
    const { data, symbols, query, temperature } = scene;
    const names = s.CLASSES[data];
    for (const [color, { kind, row, column }] of symbols.entries()) {
      const handle = this.handles[color];
      const name = `${s.COLORS[color]} ${names[kind]}`;
      handle.style.top = `${(100 * row) / s.CANVAS}%`;
      handle.style.left = `${(100 * column) / s.CANVAS}%`;
      handle.ariaLabel = `${name}, row ${row}, column ${column}: ask for it`;
      handle.ariaPressed = kind === query.kind;
    }
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
    this.root.querySelector(`[value=${data}]`).checked = true;
    this.part("link").href = s.write(scene);
  }

  showAnswer(column, { logits, scores, weights, ...answer }, scene) {
    const glimpse = [...answer.glimpse];
    const [said, right] = [v.largest(logits), s.target(scene)];
    const ends = [Math.min(...scores), Math.max(...scores)];
    const texts = {
      says: s.COLORS[said],
      mark: right < 0 ? "" : said === right ? "✓ right" : "✗ wrong",
      range: ends.map((end) => v.number(end, 1)).join(" to "),
      peak: v.peak(scene, weights),
      glimpse: v.glimpse(glimpse),
    };
    for (const [name, text] of Object.entries(texts))
      this.part(name, column).textContent = text;
    column.dataset.says = s.COLORS[said];
    for (const [name, map] of Object.entries({ scores, weights }))
      v.map(this.part(name, column), name, map, this.part("scene"));
    const shown = glimpse.map((share) => `${100 * share}%`);
    this.part("swatch", column).style.background = `rgb(${shown})`;
    const shares = v.softmax(logits);
    for (const [k, name] of s.COLORS.entries()) {
      const [, bar, share, logit] = this.part(name, column).children;
      bar.firstElementChild.style.width = `${100 * shares[k]}%`;
      share.textContent = v.number(shares[k]);
      logit.textContent = v.number(logits[k], 1);
    }
  }

  /** Deal until a net is wrong, and show that scene. */
  async failure(net) {
    const { data, temperature } = this.scene;
    const mine = ++this.search;
    const from = await drawings(data);
    for (let n = 0; n < DEALS; n++) {
      const scene = s.deal(data, temperature);
      const image = s.paint(scene.symbols, from);
      const query = s.drawingOf(from, scene.query);
      const { logits } = await ask(`${net}-${data}`, image, query, temperature);
      if (mine !== this.search) return; // the reader has gone on
      if (v.largest(logits) !== s.target(scene))
        return this.set(scene, `Here ${v.NAMES[net]} is wrong, at scene ${n}.`);
      if (n % 50 === 0) this.note.textContent = `Looking for it: ${n} scenes.`;
      if (n % 10 === 0) await new Promise((done) => setTimeout(done));
    }
    this.note.textContent = `No failure was found in ${DEALS} scenes.`;
  }
}

for (const root of document.querySelectorAll(".demo")) {
  const begin = (hash) => new Demo(root).open(hash);
  if (root.dataset.start === "now") begin(location.hash);
  else root.querySelector("[data-part=start]").onclick = () => begin("");
}
