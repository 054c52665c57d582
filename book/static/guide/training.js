// The training, epoch by epoch: a curve, a slider below it, and where both
// networks look in the shown scene at that moment. Its words are in
// training.html; the snapshots are loaded when the reader asks for them.

import { once } from "../demo/data.js";
import { bytesOf, halves, run, softmax } from "../demo/engine.js";
import * as v from "../demo/render.js";
import * as s from "../demo/scene.js";

const EPOCH = 79; // steps
const HALF = 0.5; // accuracy at which the plateau is over
const TICKS = 100 / 9; // percent of the width between numbers, at least

/** Load the snapshots of a training: [{step, accuracy, hit, loss, network}].
    Throws an Error for the reader, as the others do. */
const training = (name) =>
  once(`${name}-mnist-training`, `The training of ${name}`, async (given) => {
    const { parts, rows, packed, ...described } = given;
    const bytes = await inflate(bytesOf(packed));
    const sum = (kept) =>
      parts.reduce((all, [size, step]) => all + (kept(step) ? size : 0), 0);
    const [others, steps] = [sum((step) => !step), sum(Boolean)];
    const start = 2 * others * rows.length;
    const whole = new Int8Array(steps);
    return rows.map(([step, accuracy, hit, loss], n) => {
      const from = n * 2 * others;
      const small = halves(bytes.slice(from, from + 2 * others));
      const numbers = new Float32Array(described.size);
      for (let k = 0; k < steps; k++) whole[k] += bytes[start + n * steps + k]; // modulo 256, as packed
      let [at, half, int] = [0, 0, 0];
      for (const [size, scale] of parts)
        for (let k = 0; k < size; k++)
          numbers[at++] = scale ? scale * whole[int++] : small[half++];
      const network = { ...described, numbers };
      return { step, accuracy, hit, loss, network };
    });
  });

/** Undo zlib's compression. */
async function inflate(bytes) {
  const stream = new Blob([bytes]).stream();
  const plain = stream.pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

export class Training {
  constructor(demo) {
    this.demo = demo;
    this.panel = demo.part("training");
    this.slider = demo.part("epoch");
    demo.part("training-load").onclick = () => this.load();
    this.slider.oninput = () => this.show();
    demo.root.addEventListener("shown", () => this.show());
  }

  of(net, selector) {
    return this.panel.querySelector(`${selector}[data-net="${net}"]`);
  }

  async load() {
    const [button, said] = ["training-load", "training-said"].map(
      this.demo.part,
    );
    button.disabled = true;
    said.textContent = "Loading …";
    try {
      const found = {};
      for (const net of this.demo.nets) found[net] = await training(net);
      this.snapshots = found;
      said.textContent = "";
      button.hidden = true;
      this.demo.part("training-shown").hidden = false;
      this.drawCurve();
      this.show();
      this.slider.focus();
    } catch (wrong) {
      said.textContent = wrong.message;
      button.disabled = false;
    }
  }

  /** Return the network's snapshot at the slider, or the last before it. */
  at(net, n = +this.slider.value) {
    const all = this.snapshots[net];
    return all[Math.min(n, all.length - 1)];
  }

  /** Return how many snapshots there are until half of the answers are right. */
  plateau(net) {
    const all = this.snapshots[net];
    const end = all.findIndex(({ accuracy }) => accuracy >= HALF);
    return end < 0 ? all.length - 1 : end;
  }

  drawCurve() {
    const { nets } = this.demo;
    const most = Math.max(...nets.map((n) => this.snapshots[n].length)) - 1;
    this.slider.max = most;
    const said = nets.map((net) => {
      const all = this.snapshots[net];
      const points = all.map(
        ({ accuracy }, n) => `${(100 * n) / most},${100 - 100 * accuracy}`,
      );
      this.of(net, "polyline").setAttribute("points", points.join(" "));
      const end = this.plateau(net);
      this.of(net, "i").style.width = `${(100 * end) / most}%`;
      const label = this.panel.querySelector(`[data-of="${net}"]`);
      label.style.left = `${(100 * (all.length - 1)) / most}%`;
      label.style.top = `${100 - 100 * all.at(-1).accuracy}%`;
      const [first, last] = [epochOf(all[end]), epochOf(all.at(-1))];
      const right = percent(all.at(-1));
      return `${v.NAMES[net]} reaches half of the answers at epoch ${first} and ${right} at epoch ${last}`;
    });
    this.demo.part("curve").ariaLabel =
      `Accuracy by epoch: ${said.join("; ")}.`;
    const longest = nets
      .map((net) => this.snapshots[net])
      .reduce((a, b) => (b.length > a.length ? b : a));
    let free = 0;
    const ticks = longest.flatMap((snapshot, n) => {
      const left = (100 * n) / most;
      const epoch = snapshot.step / EPOCH;
      if (left < free || !Number.isInteger(epoch)) return [];
      free = left + TICKS;
      const tick = document.createElement("em");
      tick.style.left = `${left}%`;
      tick.textContent = epoch;
      return [tick];
    });
    this.demo.part("epochs").replaceChildren(...ticks);
  }

  /** Show both networks at the slider's moment, in the shown scene. */
  show() {
    const { shown } = this.demo.root;
    if (!this.snapshots || !shown) return;
    const { scene, image, query } = shown;
    const digits = scene.data === "mnist";
    const n = +this.slider.value;
    const answers = {};
    const said = this.demo.nets.map((net) => {
      const { accuracy, network, ...snapshot } = this.at(net);
      const figure = this.of(net, "figure");
      figure.hidden = !digits;
      if (!digits) return "";
      const answer = run(network, image, query, scene.temperature);
      const canvas = figure.querySelector("canvas");
      v.stage(canvas, this.demo.inked, answer.weights.map(v.along));
      const color = v.largest(answer.logits);
      const [right, sure] = [
        s.target(scene),
        Math.round(100 * softmax(answer.logits).weights[color]),
      ];
      const mark = right < 0 ? "" : color === right ? " ✓" : " ✗";
      const name = v.NAMES[net];
      const text = `${name}: ${s.COLORS[color]}${mark}, ${sure}% sure. It gets ${percent({ accuracy })} of all scenes right.`;
      const caption = text[0].toUpperCase() + text.slice(1);
      figure.querySelector("figcaption").replaceChildren(...v.colored(caption));
      const side = Math.sqrt(answer.weights.length);
      const cell = v.largest(answer.weights);
      const most = v.precise(answer.weights[cell]);
      canvas.ariaLabel = `Weights of ${name}: the largest, ${most}, is ${v.place(scene, cell, side)}`;
      answers[net] = { ...snapshot, accuracy, ...answer };
      return `${name} is ${percent({ accuracy })} right overall and says ${s.COLORS[color]}`;
    });
    const all = this.snapshots;
    const times = this.demo.nets.map((net) => epochOf(this.at(net)));
    const longest = this.demo.nets.reduce((a, b) =>
      all[b].length > all[a].length ? b : a,
    );
    const epoch = epochOf(this.at(longest));
    const stages = this.demo.nets
      .filter((net) => n < this.plateau(net))
      .map((net) => v.NAMES[net]);
    const both = stages.length === this.demo.nets.length;
    const on = both ? "both networks" : stages[0];
    const where = on ? `, on the plateau of ${on}` : "";
    const short = times.findIndex((time) => time !== epoch);
    const ended =
      short < 0
        ? ""
        : ` (${v.NAMES[this.demo.nets[short]]}: epoch ${times[short]}, its last)`;
    const text = `Epoch ${epoch}${where}${ended}.`;
    const clothes = " These networks learned digits: choose digits above.";
    this.demo.part("epoch-said").textContent = digits ? text : text + clothes;
    this.slider.ariaValueText = `${text} ${said.filter(Boolean).join("; ")}`;
    this.demo.root.snapshots = answers; // for those who look on
    const line = this.panel.querySelector(".demo-now");
    for (const end of ["x1", "x2"])
      line.setAttribute(end, (100 * n) / this.slider.max);
  }
}

/** Return a snapshot's epoch: whole, or a half. */
const epochOf = ({ step }) => Math.round((2 * step) / EPOCH) / 2;

const percent = ({ accuracy }) => `${(100 * accuracy).toFixed(0)}%`;
