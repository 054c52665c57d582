// Scenes without end, drawn as colorattn/data draws them: scene n of a step is
// a pure function of the seed, the step and n. Symbols come by color.

import { bytesOf } from "../demo/engine.js";
import { CANVAS, COLORS, ROOM, SIDE, SPACING } from "../demo/scene.js";

export const EACH = 500; // drawings of each class
export const AREA = SIDE * SIDE;
const TURN = (10 * Math.PI) / 180; // of a drawing, at most, either way
const SCALE = 0.1; // of each axis; the shear is up to as much
const MOVE = 2; // px; of queries alone

/** Return random numbers from 0 to 1, a pure function of some whole numbers
    (the hash and the generator are sfc32, which is in the public domain). */
export function generator(...seeds) {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (const seed of seeds) {
    a ^= seed;
    for (let n = 0; n < 12; n++) next();
  }
  return next;
}

/** Turn, scale, shear and shift a drawing a little, as augmentation.py. */
export function change(drawing, random, shift, to, start, width) {
  const [turn, wide, tall, shear, over, down] = Array.from(
    { length: 6 },
    () => 2 * random() - 1,
  );
  const [cos, sin] = [Math.cos(TURN * turn), Math.sin(TURN * turn)];
  const [a, b] = [(1 + SCALE * wide) * cos, SCALE * shear - sin];
  const [c, d] = [sin, (1 + SCALE * tall) * cos];
  const middle = (SIDE - 1) / 2;
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++) {
      const right = column - middle;
      const below = row - middle;
      const x = a * right + b * below + shift * over + middle;
      const y = c * right + d * below + shift * down + middle;
      const left = Math.floor(x);
      const top = Math.floor(y);
      let value = 0; // outside of the drawing it is black
      for (let j = Math.max(0, top); j < Math.min(SIDE, top + 2); j++)
        for (let i = Math.max(0, left); i < Math.min(SIDE, left + 2); i++) {
          const share = (1 - Math.abs(x - i)) * (1 - Math.abs(y - j));
          value += share * drawing[j * SIDE + i];
        }
      to[start + row * width + column] = Math.round(value);
    }
}

const copy = (drawing, to, start, width) => {
  for (let row = 0; row < SIDE; row++)
    to.set(drawing.subarray(row * SIDE, (row + 1) * SIDE), start + row * width);
};

/** Draw scenes `from` to `to` of a step, with queries about each. */
export function batch(drawings, config, seed, step, [from, to]) {
  const scenes = to - from;
  const count = scenes * config.queries;
  const images = new Uint8Array(scenes * COLORS.length * CANVAS ** 2);
  const queries = new Uint8Array(count * AREA);
  const [targets, symbols] = [[], []]; // of each query, of each scene
  const each = drawings.length / AREA / 10;
  const drawingOf = (kind, n) =>
    drawings.subarray((kind * each + n) * AREA, (kind * each + n + 1) * AREA);
  for (let n = 0; n < scenes; n++) {
    const random = generator(seed, step, from + n);
    const below = (bound) => Math.floor(bound * random());
    const put = (drawing, shift, to, start, width) => {
      if (config.augment) change(drawing, random, shift, to, start, width);
      else copy(drawing, to, start, width);
    };
    const kinds = new Set();
    while (kinds.size < 3) kinds.add(below(10));
    const shown = [...kinds].map((kind) => ({ kind, id: below(each) }));
    let places;
    do places = shown.map(() => [below(ROOM + 1), below(ROOM + 1)]);
    while (!apart(places));
    symbols.push(places.map(([row, column]) => ({ row, column })));
    for (const [color, { kind, id }] of shown.entries()) {
      const [row, column] = places[color];
      const start = ((n * 3 + color) * CANVAS + row) * CANVAS + column;
      put(drawingOf(kind, id), 0, images, start, CANVAS);
    }
    const first = below(3);
    for (let q = 0; q < config.queries; q++) {
      const target = (first + q) % 3;
      const { kind, id } = shown[target];
      const other = (id + 1 + below(each - 1)) % each;
      const start = targets.length * AREA;
      put(drawingOf(kind, other), MOVE, queries, start, SIDE);
      targets.push(config.shuffled ? below(3) : target);
    }
  }
  return { images, queries, targets, symbols };
}

const apart = (places) =>
  places.every(([row, column], k) => {
    const [y, x] = places[(k + 1) % 3];
    return Math.max(Math.abs(row - y), Math.abs(column - x)) >= SPACING;
  });

/** Unpack drawings: base64, deflate, two pixels to a byte. */
export async function unpack(text) {
  const packed = new Blob([bytesOf(text)]).stream();
  const stream = packed.pipeThrough(new DecompressionStream("deflate"));
  const pairs = new Uint8Array(await new Response(stream).arrayBuffer());
  if (pairs.length !== 5 * EACH * AREA) throw new Error("too short");
  const found = new Uint8Array(2 * pairs.length);
  for (let n = 0; n < pairs.length; n++) {
    found[2 * n] = 17 * (pairs[n] >> 4);
    found[2 * n + 1] = 17 * (pairs[n] & 15);
  }
  return found;
}
