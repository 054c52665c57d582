// What the reader sees: pictures on canvases, and the same in words.

import { CANVAS, CLASSES, COLORS, SIDE, target } from "./scene.js";

// Of shares from 0 to 1: black to white; black through purple to pale yellow.
const RAMPS = {
  scores: (share) => `hsl(0 0% ${100 * share}%)`,
  weights: (share) => `hsl(${270 + 140 * share} 75% ${88 * share}%)`,
};
export const NAMES = { post: "the post’s net", best: "the best net" };

/** Show bytes on a canvas of as many pixels: one channel, or three. */
export function show(canvas, bytes) {
  const pixels = new ImageData(canvas.width, canvas.height);
  const area = canvas.width * canvas.height;
  const at = (n, c) => bytes[bytes.length > area ? c * area + n : n];
  for (let n = 0; n < area; n++)
    pixels.data.set([at(n, 0), at(n, 1), at(n, 2), 255], 4 * n);
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

/** Show scores or weights as cells, and dimly what lies in them. */
export function map(canvas, kind, values, scene) {
  const side = Math.sqrt(values.length);
  const cell = canvas.width / side;
  const low = kind === "scores" ? Math.min(...values) : 0;
  const range = Math.max(...values) - low || 1;
  const pen = canvas.getContext("2d");
  for (const [n, value] of values.entries()) {
    pen.fillStyle = RAMPS[kind]((value - low) / range);
    pen.fillRect((n % side) * cell, Math.floor(n / side) * cell, cell, cell);
  }
  pen.save();
  pen.globalCompositeOperation = "screen";
  pen.globalAlpha = 0.6;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(scene, 0, 0, canvas.width, canvas.width);
  pen.restore();
}

export const number = (x, n = 2) => x.toFixed(n).replace(/^-/, "−");
export const largest = (values) => values.indexOf(Math.max(...values));

/** Turn logits into shares that sum to 1. */
export function softmax(logits) {
  const powers = [...logits].map((x) => Math.exp(x - Math.max(...logits)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
}

/** Say where the largest weight lies. */
export function peak({ data, symbols }, weights) {
  const n = largest(weights);
  const side = Math.sqrt(weights.length);
  const cells = [Math.floor(n / side), n % side];
  const [y, x] = cells.map((k) => ((k + 0.5) * CANVAS) / side - SIDE / 2);
  const away = symbols.map((s) => Math.hypot(s.row - y, s.column - x));
  const color = away.indexOf(Math.min(...away));
  const name = `on the ${COLORS[color]} ${CLASSES[data][symbols[color].kind]}`;
  const where = away[color] > SIDE / 2 ? "beside the symbols" : name;
  return `largest ${number(weights[n])}, ${where}`;
}

/** Name the color of a glimpse, and its shares of red, green and blue. */
export function glimpse(color) {
  const [most, second] = [...color].sort((a, b) => b - a);
  const pure = second > most / 4 ? "a mixture" : COLORS[largest(color)];
  const shares = color.map((share) => number(share)).join(", ");
  return `${most < 0.04 ? "nearly black" : pure} (${shares})`;
}

/** Say what the nets answer, and whether that is right. */
export function verdict(scene, answers) {
  const said = answers.map(({ logits }) => COLORS[largest(logits)]);
  const alone = answers.map(({ net }, n) => `${NAMES[net]} says ${said[n]}`);
  const alike = said.length > 1 && new Set(said).size === 1;
  const all = alike ? `both nets say ${said[0]}` : alone.join(", ");
  return `Answer: ${all}. ${truth(scene, said)}`;
}

function truth(scene, said) {
  const { data, query } = scene;
  if (query.strokes?.length === 0) return "The card is empty: that is a guess.";
  if (query.strokes) return "You drew the query, so you are the judge.";
  const right = COLORS[target(scene)];
  const name = CLASSES[data][query.kind];
  if (!right) return `No ${name} is there, and no net has a word for that.`;
  const hits = said.filter((color) => color === right).length;
  const so = { 0: "Wrong:", [said.length]: "Right:" }[hits] ?? "In truth";
  return `${so} the ${name} is ${right}.`;
}
