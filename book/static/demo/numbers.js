// One cell, number by number: from the query to what it adds to the glimpse.

import { bars, precise, show } from "./render.js";
import { CANVAS } from "./scene.js";

const MOST = 12; // weights in the chart

/** Return the side of the square that a key sees, and the step to the next. */
export function fieldOf(layers) {
  let [side, step] = [1, 1];
  for (const { kernel, stride } of layers) {
    side += (kernel - 1) * step;
    step *= stride;
  }
  return { side, step };
}

/** Compute what leads from a cell's key to what it adds to the glimpse. */
export function explain(answer, cell, temperature) {
  const { query, keys, scores, sum, weights, values } = answer;
  const cells = weights.length;
  const column = (map, channels) =>
    Array.from({ length: channels }, (_, k) => map[k * cells + cell]);
  const key = column(keys, query.length);
  const products = key.map((value, k) => value * query[k]);
  const value = column(values, 3);
  const power = (scores[cell] - Math.max(...scores)) / temperature;
  return {
    cell,
    key,
    products,
    dot: products.reduce((a, b) => a + b),
    score: scores[cell],
    power,
    exp: Math.exp(power),
    sum,
    weight: weights[cell],
    value,
    part: value.map((share) => share * weights[cell]),
  };
}

/** Cut out the square that a key sees; beyond the edge there is nothing. */
export function patchOf(image, { side, step }, cell, brightness) {
  const across = CANVAS / step;
  const corner = [Math.floor(cell / across), cell % across].map(
    (k) => k * step - (side >> 1),
  );
  const at = (n) => {
    const [row, column] = [Math.floor(n / side), n % side];
    const [y, x] = [corner[0] + row, corner[1] + column];
    if (Math.min(x, y) < 0 || Math.max(x, y) >= CANVAS) return [40, 40, 40];
    const ink = [0, 1, 2].map((c) => image[(c * CANVAS + y) * CANVAS + x]);
    return brightness ? Array(3).fill(Math.max(...ink)) : ink;
  };
  const pixels = Array.from({ length: side * side }, (_, n) => at(n));
  return [0, 1, 2].flatMap((c) => pixels.map((pixel) => pixel[c]));
}

const rgb = (shares) => `rgb(${shares.map((x) => `${100 * x}%`).join(" ")})`;

/** Show all of it in the demo's parts. */
export function showNumbers(part, answer, numbers, patch) {
  const { query, weights, glimpse } = answer;
  const { cell, key, value, part: share } = numbers;
  bars(part("q"), query, "query");
  bars(part("k"), key, "key");
  bars(part("qk"), numbers.products, "faint");
  const heaviest = [...weights.keys()].sort((a, b) => weights[b] - weights[a]);
  const shown = heaviest.slice(0, MOST);
  if (!shown.includes(cell)) shown[MOST - 1] = cell;
  const chosen = shown.indexOf(cell);
  bars(part("a"), [...shown.map((n) => weights[n])], "weights-low", chosen);
  const seen = part("patch");
  seen.width = seen.height = Math.sqrt(patch.length / 3);
  show(seen, patch, 0.7);
  const texts = {
    dim: query.length,
    seen: `${seen.width} × ${seen.width}`,
    root: `√${query.length}`,
    cells: weights.length,
  };
  for (const name of ["dot", "score", "power", "exp", "sum", "weight"])
    texts[name] = precise(numbers[name]);
  for (const [name, list] of Object.entries({ v: value, p: share, g: glimpse }))
    for (const k of [0, 1, 2]) texts[name + k] = precise(list[k]);
  for (const [name, text] of Object.entries(texts))
    part(name).textContent = text;
  part("value").style.background = rgb(value);
  part("part").style.background = rgb(share);
  part("swatch").style.background = rgb(glimpse);
}
