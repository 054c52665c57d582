// The page that trains a network: it wires the page's parts to the workers.
//
// For those who look on: `element.shown` is what an element of class `train`
// shows now: {choice, step, means, found, tested}. Each time a step is shown,
// the element sends the event "trained".

import { drawings, value } from "../demo/data.js";
import * as v from "../demo/render.js";
import * as s from "../demo/scene.js";
import { Curves } from "./curves.js";
import { CHOICES, CONTROLS, read, write } from "./link.js";
import { complete, configOf } from "./recipe.js";
import { Story } from "./story.js";
import { unpack } from "./stream.js";
import { Team } from "./team.js";

const SCENES = [
  "#scene_mnist_7-0-2-36_3-1-7-4_0-3-34-21_7-4_100",
  "#scene_mnist_1-5-30-2_4-2-3-22_9-0-34-34_4-7_100",
  "#scene_mnist_5-1-4-6_8-3-36-12_2-6-18-36_2-9_100",
];
const MOST = 4; // workers
const CALM = 1000; // ms between pictures, where motion is to be reduced
const ROUNDS = 20; // batches of a test
const percent = (share) => `${(100 * share).toFixed(0)}%`;

class Train {
  constructor(root) {
    this.root = root;
    this.running = false;
    this.hidden = []; // controls
    this.useless = ["device"]; // controls, in this browser
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.parts = (name) => [...root.querySelectorAll(`[data-part="${name}"]`)];
    this.scenes = SCENES.map((link) => s.read(link));
    const [losses, shares] = [this.part("losses"), this.part("shares")];
    const nats = [0, 0.5, 1, 1.5].map((loss) => [loss, `${loss}`]);
    this.losses = new Curves(losses, ["loss"], 1.5, nats, Math.log(3));
    const ticks = [0, 0.5, 1].map((share) => [share, percent(share)]);
    const names = ["right", "hit", "purity"];
    this.shares = new Curves(shares, names, 1, ticks, 1 / 3);
    this.form = this.part("choices").elements;
    const rates = CHOICES.rate.map((rate) => new Option(rate, rate));
    this.form.rate.replaceChildren(...rates);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.listen();
  }

  listen() {
    const on = (name, act) => this.part(name).addEventListener("click", act);
    on("go", () => (this.running ? this.pause() : this.train()));
    on("step", () => this.one());
    on("again", () => this.renew());
    on("take", () => this.take());
    on("link", () => this.copy());
    this.part("device").addEventListener("change", () => this.renew());
    this.part("choices").addEventListener("change", ({ target }) =>
      this.choose(target),
    );
    this.part("choices").addEventListener("submit", (event) =>
      event.preventDefault(),
    );
    window.addEventListener("hashchange", ({ newURL }) =>
      this.open(new URL(newURL).hash),
    );
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.running) {
        this.pause("Training waits until you are back.");
        this.waiting = true;
      } else if (!document.hidden && this.waiting) this.train();
    });
    const looks = { attributeFilter: ["data-theme"] };
    const page = document.documentElement;
    new MutationObserver(() => this.draw()).observe(page, looks);
    const fit = new ResizeObserver((entries) => this.fit(entries));
    for (const map of this.parts("map")) fit.observe(map);
  }

  /** Give maps about as many pixels as they are shown with, so that drawing
   * costs no more than it has to: whole ones for each pixel of the scene. */
  fit(entries) {
    for (const { target, contentRect } of entries) {
      const each = (contentRect.width * devicePixelRatio) / s.CANVAS;
      target.width = target.height = s.CANVAS * Math.max(1, Math.ceil(each));
    }
    this.draw(true);
  }

  /** Take up what a link says; or, where it is none of ours, say so. */
  async open(hash) {
    let [message, given] = ["", { choice: {}, hidden: [] }];
    const own = hash && !document.getElementById(hash.slice(1));
    if (this.choice && (!own || write(this.choice, this.hidden) === hash))
      return;
    try {
      if (own) given = read(hash);
    } catch (wrong) {
      message = `The link’s settings cannot be used: ${wrong.message}.`;
    }
    this.hidden = given.hidden;
    this.showControls();
    await this.renew(complete(given.choice), message);
  }

  showControls() {
    const away = [...this.hidden, ...this.useless];
    for (const name of CONTROLS)
      for (const part of this.root.querySelectorAll(`[data-control="${name}"]`))
        part.hidden = away.includes(name);
  }

  /** Offer the graphics card, where there is one that isn't made of software. */
  async offer() {
    const card = await navigator.gpu?.requestAdapter();
    if (!card || card.info?.isFallbackAdapter) return;
    this.useless = [];
    this.showControls();
  }

  choose({ name }) {
    const form = this.form;
    const [net, breaks] = [form.net.value, form.breaks.value];
    const seed = Math.min(9999, Math.max(0, Math.round(+form.seed.value) || 0));
    const [grid, rate] = [+form.grid.value, +form.rate.value];
    const rest =
      name === "net" ? {} : { pooling: form.pooling.value, grid, rate };
    return this.renew(complete({ net, ...rest, breaks, seed }));
  }

  /** Begin with a new network, from its first numbers. */
  async renew(choice = this.choice, message = "") {
    this.pause();
    this.end();
    this.choice = choice;
    for (const name of [...Object.keys(CHOICES), "seed"])
      this.form[name].value = choice[name];
    const { steps } = configOf(choice);
    for (const curves of [this.losses, this.shares])
      curves.clear(Math.min(steps, 1000));
    this.story = new Story();
    const first = document.createElement("li");
    first.textContent =
      "Nothing yet. Guess first: after how many steps will it begin to look?";
    this.part("story").replaceChildren(first);
    this.part("place").replaceChildren();
    this.root.shown = { choice, step: 0, means: null, found: null };
    this.newest = { step: 0 };
    this.showButton();
    this.showNumbers();
    this.note(message);
    this.remember();
    await this.prepare();
  }

  /** Show the scenes before any step: each weight is what chance makes it. */
  async prepare() {
    try {
      const from = await drawings("mnist");
      const ink = (symbol) => s.drawingOf(from, symbol);
      this.inked = this.scenes.map(({ symbols }) =>
        v.inked(symbols, symbols.map(ink)),
      );
      this.unseen = from;
      const asked = this.scenes.map(({ query }) => s.drawingOf(from, query));
      for (const [n, card] of this.parts("card").entries())
        v.show(card, asked[n], 0.7);
      this.batches = this.scenes.map((scene, n) => ({
        images: s.paint(scene, from),
        queries: asked[n],
        targets: [s.target(scene)],
        symbols: [scene.symbols],
      }));
      this.draw();
      this.root.dataset.state = "ready";
    } catch (wrong) {
      this.fail(wrong);
    }
  }

  end() {
    this.team?.end();
    this.team = this.begun = null;
    this.busy = false;
  }

  fail(wrong) {
    this.end();
    this.running = false;
    this.showButton();
    this.root.dataset.state = "failed";
    this.note(wrong.message);
  }

  /** Start the workers, while the drawings are on their way; once for all. */
  begin() {
    this.begun ??= this.start();
    return this.begun;
  }

  async start() {
    this.note("Fetching 5,000 drawings …");
    const card = this.part("device").value !== "";
    const cores = card ? 1 : Math.min(MOST, navigator.hardwareConcurrency || 1);
    const { choice, batches } = this;
    const team = new Team(self.trainWorker, choice, batches, cores, card);
    this.team = team;
    const [first] = await Promise.all([team.begun, this.fetch()]);
    if (team !== this.team) return null;
    await team.give({ drawings: this.learned, unseen: this.unseen });
    if (team !== this.team) return null;
    const alone = card
      ? "The graphics card learns from each batch."
      : "One worker, because there is one core.";
    this.note(cores > 1 ? `${cores} workers share each batch.` : alone);
    this.show(first);
    return team;
  }

  /** Load the drawings to learn from. */
  async fetch() {
    const text = await value("train-mnist", "The file of training drawings");
    this.learned ??= await unpack(text).catch(() => {
      throw new Error("The file of training drawings is damaged.");
    });
  }

  async train() {
    this.waiting = false;
    if (this.running || !this.batches) return;
    this.running = true;
    this.showButton();
    try {
      const team = await this.begin();
      while (this.running && team && team === this.team) {
        const start = performance.now();
        await this.advance(team);
        const wait = +this.part("speed").value - (performance.now() - start);
        if (wait > 0) await new Promise((done) => setTimeout(done, wait));
      }
    } catch (wrong) {
      this.fail(wrong);
    }
  }

  async one() {
    if (this.running) return this.pause();
    if (this.busy || !this.batches) return;
    this.busy = true;
    try {
      const team = await this.begin();
      if (team) await this.advance(team);
    } catch (wrong) {
      this.fail(wrong);
    }
    this.busy = false;
  }

  /** Make one step, unless the recipe is at its end. */
  async advance(team) {
    const { steps } = configOf(this.choice);
    if (team.step >= steps) return this.pause("The recipe is at its end.");
    if (team.pending) return team.pending;
    team.pending = team.go();
    const found = await team.pending;
    team.pending = null;
    if (team !== this.team) return;
    for (const text of this.story.add(found)) this.tell(text);
    const { means } = this.story;
    for (const curves of [this.losses, this.shares])
      curves.add(found.step, means);
    this.show(found);
    if (!Number.isFinite(found.loss)) this.pause();
    else if (found.step === steps) await this.finish(team);
  }

  async finish(team) {
    this.pause("Training is over; now the test.");
    const tested = await team.test(ROUNDS);
    if (team !== this.team) return;
    Object.assign(this.root.shown, { tested });
    const { scenes, queries } = configOf(this.choice);
    const count = (ROUNDS * scenes * queries).toLocaleString("en-US");
    this.tell(
      `The test: ${(100 * tested).toFixed(1)}% of ${count} answers are right, about drawings that it has never seen.`,
    );
    this.note("Training is over.");
  }

  pause(message = "") {
    const was = this.running;
    this.running = false;
    this.waiting = false;
    this.showButton();
    if (was || message) this.note(message);
    if (was) this.draw();
  }

  showButton() {
    const went = this.root.shown?.step ? "Go on" : "Train";
    this.part("go").textContent = this.running ? "Pause" : went;
    this.part("go").setAttribute("aria-pressed", this.running);
  }

  note(text) {
    this.part("note").textContent = text;
  }

  /** Add a milestone; a screen reader says it. */
  tell(text) {
    const item = document.createElement("li");
    item.textContent = text;
    const story = this.part("story");
    if (this.told !== this.story) story.replaceChildren();
    this.told = this.story;
    story.append(item);
    this.part("live").textContent = text;
  }

  /** Keep what is newest, and draw it when the browser is about to paint. */
  show(found) {
    const { choice, story } = this;
    this.newest = found;
    const { step } = found;
    this.root.shown = { choice, step, means: story.means, found };
    this.root.dispatchEvent(new CustomEvent("trained"));
    const calm = this.calm.matches && this.running;
    if (this.planned || (calm && performance.now() - this.drawn < CALM)) return;
    this.planned = requestAnimationFrame(() => this.draw());
  }

  draw(all = !this.running) {
    this.planned = null;
    this.drawn = performance.now();
    if (!this.inked) return;
    this.showNumbers();
    const { looks } = this.newest;
    const maps = this.parts("map");
    const curves = [this.losses, this.shares];
    // One of each a frame while it trains, so that training has the time.
    this.next = ((this.next ?? 0) + 1) % maps.length;
    const now = all || !looks ? maps.keys() : [this.next];
    for (const n of now) {
      this.showMap(maps[n], n, looks?.[n]);
      curves[n]?.draw();
    }
  }

  showMap(canvas, n, look) {
    const scene = this.scenes[n];
    const { grid } = this.choice;
    const cells = grid * grid;
    const lost = !Number.isFinite(look?.weights[0]);
    const map = lost ? null : look.weights;
    const shares = map ? Array.from(map, v.along) : Array(cells).fill(0);
    v.stage(canvas, this.inked[n], shares);
    const name = s.CLASSES.mnist[scene.query.kind];
    const said = map ? s.COLORS[v.largest(look.logits)] : "";
    const right = said === s.COLORS[s.target(scene)];
    const text = said
      ? `What color is the ${name}? It says ${said} ${right ? "✓" : "✗"}`
      : `What color is the ${name}?`;
    this.parts("answer")[n].replaceChildren(...v.colored(text));
    const peak = map ? v.largest([...map]) : -1;
    const where = map ? v.place(scene, peak, grid) : "";
    canvas.ariaLabel = map
      ? `Scene ${n + 1}: the largest weight, ${v.precise(map[peak])}, is ${where}`
      : `Scene ${n + 1}`;
    this.parts("card")[n].ariaLabel = `The query: ${name}`;
  }

  showNumbers() {
    const { step, means } = this.root.shown;
    this.part("at").textContent = step;
    this.part("loss").textContent = means ? v.number(means.loss) : "–";
    for (const name of ["right", "hit", "purity"])
      this.part(name).textContent = means ? percent(means[name]) : "–";
  }

  /** Let the network answer in a live demo, below. */
  async take() {
    if (!this.team) return this.note("There is no network yet: train first.");
    this.pause();
    const team = await this.begun.catch(() => null);
    if (!team) return null;
    await team.pending;
    const taken = await team.take();
    self.demoData["yours-mnist"] = taken;
    this.part("place").replaceChildren(
      this.part("demo").content.cloneNode(true),
    );
    const script = document.createElement("script");
    script.src = this.root.dataset.demo;
    this.part("place").append(script);
    const demo = this.part("place").querySelector(".demo");
    demo.addEventListener("shown", () => demo.scrollIntoView(), { once: true });
    return this.note("Your network answers in the demo below.");
  }

  /** Bring the address up to date. */
  remember() {
    const plain = write(complete({}), []) === this.link;
    if (plain && !location.hash.startsWith("#train")) return;
    try {
      history.replaceState(history.state, "", this.link);
    } catch {} // a browser may forbid it in a page that was opened as a file
  }

  get link() {
    return write(this.choice, this.hidden);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(new URL(this.link, location.href));
      this.note("The link to these settings is copied.");
    } catch {
      history.replaceState(history.state, "", this.link);
      this.note("Copy the link from the address bar: it has these settings.");
    }
  }
}

for (const root of document.querySelectorAll(".train")) {
  const train = new Train(root);
  train.open(location.hash);
  train.offer().catch(() => {}); // without it, the processor trains
}
