// What the reader sees: pictures on canvases, and the same in words.

import { CANVAS, CLASSES, COLORS, nearest, SIDE, target } from "./scene.js";

export const MARKS = ["0", "0.01", "0.1", "0.25", "0.5", "1"]; // of weights
export const NAMES = {
  post: "the post’s network",
  best: "the best network",
  yours: "your network",
};

/** Read a color from palette.css. */
const shade = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);

/** Make a picture of bytes: one channel, or three, or one in a color. */
function picture(bytes, side, lift = 1, color = null) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pixels = new ImageData(side, side);
  const area = side * side;
  const apart = bytes.length > area ? area : 0; // channels, where there are 3
  const lifted = Array.from(
    { length: 256 },
    (_, byte) => 255 * (byte / 255) ** lift,
  );
  for (let n = 0; n < 4 * area; n++) {
    const [at, c] = [n >> 2, n & 3];
    const ink = lifted[bytes[c < 3 && !color ? at + c * apart : at] ?? 0];
    pixels.data[n] = c < 3 ? (color?.[c] ?? ink) : color ? ink : 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** Show bytes on a canvas of as many pixels. */
export function show(canvas, bytes, lift) {
  const pen = canvas.getContext("2d");
  pen.drawImage(picture(bytes, canvas.width, lift), 0, 0);
}

const channels = (hex) =>
  [1, 3, 5].map((k) => Number.parseInt(hex.trim().slice(k, k + 2), 16));

/** Return how far along the ramp a weight is: a root, to see small ones. */
export const along = (weight) => Math.sqrt(weight);

/** Show cells from 0 to 1 in the colors of a quantity, so many in a row. */
export function heat(canvas, shares, across, quantity) {
  const pen = canvas.getContext("2d");
  const [low, high] = ["low", "high"].map((end) =>
    channels(shade(`${quantity}-${end}`)),
  );
  const [width, height] = [
    canvas.width / across,
    (canvas.height * across) / shares.length,
  ];
  pen.fillStyle = shade("night");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  for (const [n, share] of shares.entries()) {
    const mixed = low.map((from, k) => from + (high[k] - from) * share);
    pen.fillStyle = `rgb(${mixed.join(" ")} / ${Math.sqrt(share)})`;
    const [row, column] = [Math.floor(n / across), n % across];
    pen.fillRect(column * width, row * height, width, height);
  }
}

/** Show a scale: the colors of a quantity, and numbers where they are. */
export function scale(element, quantity, name, marks) {
  const [title, line] = element.children;
  const ramp = line.firstElementChild;
  const steps = Array.from({ length: ramp.width }, (_, n) => n / ramp.width);
  heat(ramp, steps, ramp.width, quantity);
  title.textContent = name;
  const numbers = marks.map((mark, n) => {
    const number = document.createElement("em");
    number.textContent = mark;
    number.style.left = `${100 * (marks.length > 2 ? along(mark) : n)}%`;
    return number;
  });
  line.replaceChildren(ramp, ...numbers);
}

const EDGE = 0.2; // px of the scene, of the dark line around ink
const CORNERS = [-EDGE, EDGE].flatMap((x) => [-EDGE, EDGE].map((y) => [x, y]));

/** Prepare the ink of a scene: each symbol's dark line, and its color. */
export const inked = (symbols, drawings) =>
  drawings.map((drawing, k) => ({
    at: [symbols[k].column, symbols[k].row],
    pictures: ["night", `lit-${COLORS[k]}`].map((name) =>
      picture(drawing, SIDE, 0.7, channels(shade(name))),
    ),
  }));

/** Show a scene's ink, and below it a map of cells from 0 to 1. */
export function stage(canvas, inks, shares, quantity = "weights") {
  const pen = canvas.getContext("2d");
  heat(canvas, shares, Math.sqrt(shares.length), quantity);
  pen.save();
  pen.scale(canvas.width / CANVAS, canvas.height / CANVAS);
  pen.imageSmoothingEnabled = false;
  for (const [lit, offsets] of [CORNERS, [[0, 0]]].entries()) {
    pen.globalCompositeOperation = lit ? "lighten" : "source-over";
    for (const { at, pictures } of inks)
      for (const [x, y] of offsets)
        pen.drawImage(pictures[lit], at[0] + x, at[1] + y, SIDE, SIDE);
  }
  pen.restore();
}

/** Draw numbers as bars from a line: up from it, or down. */
export function bars(canvas, values, color, chosen = -1) {
  const pen = canvas.getContext("2d");
  const { width, height } = canvas;
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const scale = height / (high - low || 1);
  const step = width / values.length;
  const [usual, other] = [shade(color), shade("ink")];
  pen.clearRect(0, 0, width, height);
  for (const [n, value] of values.entries()) {
    pen.fillStyle = n === chosen ? other : usual;
    const top = (high - Math.max(0, value)) * scale;
    const tall = Math.max(1, Math.abs(value) * scale);
    pen.fillRect(n * step, top, Math.max(1, step - 2), tall);
  }
  pen.fillStyle = shade("faint");
  pen.fillRect(0, Math.min(height - 1, high * scale), width, 1);
}

export const number = (x, n = 2) => x.toFixed(n).replace(/^-/, "−");
export const largest = (values) => values.indexOf(Math.max(...values));

/** Write a number with about three digits, however small it is. */
export function precise(x) {
  const size = Math.abs(x);
  if (size >= 100) return number(x, 0);
  if (size >= 1) return number(x, 2);
  if (size >= 0.001 || x === 0) return number(x, 3);
  const [digits, power] = x.toExponential(0).split("e-");
  const raised = [...power].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]).join("");
  return `${digits.replace("-", "−")} × 10⁻${raised}`;
}

/** Name the symbol that a cell is on. */
export function place(scene, cell, side) {
  const color = nearest(scene, cell, side);
  if (color < 0) return "beside the symbols";
  const { kind } = scene.symbols[color];
  return `on the ${COLORS[color]} ${CLASSES[scene.data][kind]}`;
}

/** Say what the network answers, and whether that is right. */
export function verdict(scene, { logits }) {
  const said = COLORS[largest(logits)];
  return [`Answer: ${said}.`, truth(scene, said)];
}

function truth(scene, said) {
  const { data, query } = scene;
  if (query.strokes?.length === 0) return "The card is empty: that is a guess.";
  if (query.strokes) return "You drew the query, so you are the judge.";
  const right = COLORS[target(scene)];
  const name = CLASSES[data][query.kind];
  if (!right) return `No ${name} is there, and no network can say so.`;
  return `${said === right ? "Right" : "Wrong"}: the ${name} is ${right}.`;
}

/** Return a text with each color's name in its color. */
export function colored(text) {
  return text.split(/\b(red|green|blue)\b/).map((part) => {
    if (!COLORS.includes(part)) return part;
    const word = document.createElement("b");
    word.dataset.color = word.textContent = part;
    return word;
  });
}
