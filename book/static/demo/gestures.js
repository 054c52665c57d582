// What hands do: drag symbols by pointer or arrow keys, draw on the card.

import { another, CANVAS, ROOM, SIDE } from "./scene.js";
import { place } from "./strokes.js";

const DOWN = { ArrowUp: -1, ArrowDown: 1 };
const ACROSS = { ArrowLeft: -1, ArrowRight: 1 };
const NEAR = 0.75; // px between points of a stroke
const POINTS = 400; // of a drawing, so that its link stays short

/** Let a symbol of the demo's scene be moved, and asked for. */
export function drag(demo, handle, color) {
  let [from, moved] = [null, false];
  const symbol = () => demo.scene.symbols[color];
  const kept = (x) => Math.min(ROOM, Math.max(0, Math.round(x)));
  const move = (row, column) => {
    const symbols = [...demo.scene.symbols];
    symbols[color] = { ...symbol(), row: kept(row), column: kept(column) };
    demo.set({ symbols });
  };
  handle.onpointerdown = (event) => {
    from = { ...symbol(), x: event.clientX, y: event.clientY };
    moved = false;
    handle.setPointerCapture(event.pointerId);
  };
  handle.onpointermove = (event) => {
    if (!from) return;
    const pixel = handle.parentElement.clientWidth / CANVAS;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    moved ||= Math.hypot(x, y) > 4; // less is a tap
    if (moved) move(from.row + y / pixel, from.column + x / pixel);
  };
  handle.onlostpointercapture = () => {
    from = null;
  };
  handle.onclick = (event) => {
    if (moved) event.stopPropagation(); // or the stage would choose a cell
    if (!moved) demo.set({ query: another(symbol()) });
    moved = false;
  };
  handle.onkeydown = (event) => {
    const way = [DOWN, ACROSS].map((steps) => steps[event.key] ?? 0);
    if (!way.some(Boolean)) return;
    event.preventDefault();
    const [down, across] = way.map((step) => (event.shiftKey ? 6 : 1) * step);
    move(symbol().row + down, symbol().column + across);
  };
}

/** Let the reader point at cells of the stage, tap them, or use the keys. */
export function point(demo, stage, square) {
  const side = () => demo.root.shown.side;
  const kept = (n) => Math.min(side() - 1, Math.max(0, Math.floor(n)));
  const under = (event) => {
    const box = stage.getBoundingClientRect();
    const y = (event.clientY - box.top) / box.height;
    const x = (event.clientX - box.left) / box.width;
    return kept(y * side()) * side() + kept(x * side());
  };
  stage.onpointermove = (event) => {
    const still = event.pointerType === "mouse" && event.buttons === 0;
    if (still && demo.root.shown) demo.showCell(under(event));
  };
  stage.onpointerleave = () => demo.root.shown && demo.showCell();
  stage.addEventListener("click", (event) => {
    if (!demo.root.shown || event.detail === 0) return; // a key's click
    const cell = under(event);
    demo.cell = demo.cell === cell ? null : cell;
    demo.showCell();
  });
  square.onkeydown = (event) => {
    const way = [DOWN, ACROSS].map((steps) => steps[event.key] ?? 0);
    const home = event.key === "Home" || event.key === "Escape";
    if (!home && !way.some(Boolean)) return;
    event.preventDefault();
    const { cell } = demo.root.shown.numbers;
    const at = [Math.floor(cell / side()), cell % side()];
    const [y, x] = at.map((k, n) => kept(k + way[n]));
    demo.cell = home ? null : y * side() + x;
    demo.showCell();
    demo.part("live").textContent = square.ariaLabel;
  };
}

/** Let the reader draw the query on the demo's card. */
export function draw(demo, card) {
  const strokes = () => demo.scene.query.strokes ?? [];
  const at = (event) => {
    const box = card.getBoundingClientRect();
    const [right, down] = strokes().length ? demo.shift : [0, 0];
    const x = ((event.clientX - box.left) / box.width) * SIDE;
    const y = ((event.clientY - box.top) / box.height) * SIDE;
    return place(x - right, y - down);
  };
  card.onpointerdown = (event) => {
    card.setPointerCapture(event.pointerId);
    const point = at(event);
    if (strokes().length === 0) demo.shift = [0, 0];
    demo.drawing = true; // until the pen is lifted nothing is centered
    demo.set({ query: { strokes: [...strokes(), [point]] } });
  };
  card.onpointermove = (event) => {
    if (!demo.drawing || strokes().length === 0) return;
    const [point, last] = [at(event), strokes().at(-1)];
    const [x, y] = last.at(-1);
    const near = Math.hypot(point[0] - x, point[1] - y) < NEAR;
    if (near || strokes().flat().length >= POINTS) return;
    const longer = [...strokes().slice(0, -1), [...last, point]];
    demo.set({ query: { strokes: longer } });
  };
  card.onlostpointercapture = () => {
    demo.drawing = false;
    demo.set({});
  };
}
