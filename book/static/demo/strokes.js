// Strokes on the query card, as 28 by 28 bytes: the same in every browser.

import { SIDE } from "./scene.js";

const RADIUS = 1.25; // px, of the pen: about as wide as MNIST's
const MIDDLE = SIDE / 2 + 0.5; // px; where MNIST has the center of mass
const across = (n) => (n % SIDE) + 0.5; // px, of a pixel's center
const down = (n) => Math.floor(n / SIDE) + 0.5;
const quarter = (x) => Math.round(4 * x) / 4; // as links hold it

/** Draw strokes with soft edges: a pixel fades with its distance. */
export function raster(strokes, [right, below] = [0, 0]) {
  return Uint8Array.from({ length: SIDE * SIDE }, (_, n) => {
    const [x, y] = [across(n) - right, down(n) - below];
    const far = Math.min(...strokes.map((stroke) => distance(stroke, x, y)));
    return Math.round(255 * Math.min(1, Math.max(0, RADIUS + 0.5 - far)));
  });
}

/** Return how far a point is from a stroke, a row of points. */
function distance(stroke, x, y) {
  const squares = stroke.map(([bx, by], k) => {
    const [ax, ay] = stroke[Math.max(0, k - 1)];
    const [dx, dy] = [bx - ax, by - ay];
    const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    return (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2;
  });
  return Math.sqrt(Math.min(...squares));
}

/** Return the shift that puts the center of mass where MNIST has it. */
export function shift(strokes, found = [0, 0], rounds = 3) {
  const pixels = raster(strokes, found); // the card may cut some off at first
  const sum = (weigh) =>
    pixels.reduce((all, ink, n) => all + ink * weigh(n), 0);
  const mass = sum(() => 1) || 1;
  const to = [across, down].map((at) => MIDDLE - sum(at) / mass);
  const better = found.map((at, k) => quarter(at + to[k]));
  return rounds > 1 ? shift(strokes, better, rounds - 1) : better;
}

/** Round a place on the card, and keep it where links can hold it. */
export const place = (...at) =>
  at.map((x) => quarter(Math.min(SIDE + 15, Math.max(-15, x))));
