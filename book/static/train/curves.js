// Curves of training, as SVG: a line for each measure, thinned as it grows.

const [WIDTH, HEIGHT, LEFT, BELOW, ABOVE] = [300, 130, 30, 18, 6];
const MOST = 400; // points of a line
const SPACE = "http://www.w3.org/2000/svg";

function shape(name, attributes, text = "") {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

export class Curves {
  /** Draw into an SVG element the measures of these names, up to `top`. */
  constructor(svg, names, top, ticks, level = null) {
    Object.assign(this, { svg, names, top, ticks, level });
    this.clear(1);
  }

  clear(steps) {
    this.steps = steps; // as far as the axis goes
    this.every = 1;
    this.points = [];
    this.draw();
  }

  add(step, means) {
    this.newest = means;
    if (step > this.steps) this.steps = Math.ceil(1.3 * step);
    if (step % this.every) return;
    this.points.push([step, ...this.names.map((name) => means[name])]);
    if (this.points.length <= MOST) return;
    this.every *= 2;
    this.points = this.points.filter(([at]) => at % this.every === 0);
  }

  draw() {
    const across = (step) => LEFT + ((WIDTH - LEFT - 6) * step) / this.steps;
    const share = (value) => Math.min(1, Math.max(0, value / this.top));
    const up = (value) =>
      HEIGHT - BELOW - (HEIGHT - BELOW - ABOVE) * share(value);
    const line = (name, y) =>
      shape("line", { class: name, x1: LEFT, x2: WIDTH - 6, y1: y, y2: y });
    const parts = [];
    for (const [value, label] of this.ticks) {
      parts.push(line("train-grid", up(value)));
      const y = up(value) + 3.5;
      parts.push(shape("text", { x: LEFT - 4, y, class: "train-left" }, label));
    }
    if (this.level) parts.push(line("train-level", up(this.level)));
    for (const step of [0, this.steps])
      parts.push(
        shape(
          "text",
          { x: across(step), y: HEIGHT - 4, class: step ? "train-left" : "" },
          step ? `step ${step}` : "0",
        ),
      );
    for (const [n, name] of this.names.entries()) {
      const at = (point) =>
        `${across(point[0]).toFixed(1)},${up(point[n + 1]).toFixed(1)}`;
      const seen = this.points.filter((point) => Number.isFinite(point[n + 1]));
      const points = seen.map(at).join(" ");
      parts.push(shape("polyline", { class: `train-${name}`, points }));
    }
    this.svg.replaceChildren(...parts);
  }
}
