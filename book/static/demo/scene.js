// A scene: three symbols, a query, a temperature; how it is dealt, painted
// and written into a link. Nothing in here touches the page.

export const CANVAS = 64; // px
export const SIDE = 28; // px, of a symbol
export const ROOM = CANVAS - SIDE; // the last row or column of a corner
export const EACH = 16; // test drawings of each class that the page has
export const COLORS = ["red", "green", "blue"]; // also the image's channels
const CLOTHES = "T-shirt,trousers,pullover,dress,coat,sandal,shirt,sneaker";
export const CLASSES = {
  mnist: [..."0123456789"],
  fashion: `${CLOTHES},bag,ankle boot`.split(","),
};
export const FIRST = "#scene_mnist_7-0-2-36_3-1-7-4_0-3-34-21_7-4_100";
export const SPACING = 20; // px between corners, in x or in y, as in training
const LONGEST = 2500; // characters of a link
const ASKED = { kind: 9, drawing: EACH - 1 }; // the largest of each
const PLACED = { ...ASKED, row: ROOM, column: ROOM };

const below = (bound) => Math.floor(Math.random() * bound);

/** Deal a scene as training does; the query is another drawing. */
export function deal(data, temperature = 1) {
  const kinds = new Set();
  while (kinds.size < 3) kinds.add(below(10));
  const draw = (kind) => {
    const [drawing, row, column] = [EACH, ROOM + 1, ROOM + 1].map(below);
    return { kind, drawing, row, column };
  };
  let symbols;
  do symbols = [...kinds].map(draw);
  while (!apart(symbols));
  const query = another(symbols[below(3)]);
  return { data, symbols, query, temperature, erased: -1 };
}

const apart = (symbols) =>
  symbols.every((a, k) => {
    const b = symbols[(k + 1) % 3];
    const gaps = [a.row - b.row, a.column - b.column].map(Math.abs);
    return Math.max(...gaps) >= SPACING;
  });

/** Choose another drawing of the same class. */
export function another({ kind, drawing }) {
  return { kind, drawing: (drawing + 1 + below(EACH - 1)) % EACH };
}

/** Cut one drawing out of a data set's bytes. */
export function drawingOf(drawings, { kind, drawing }) {
  const start = (kind * EACH + drawing) * SIDE * SIDE;
  return drawings.subarray(start, start + SIDE * SIDE);
}

/** Copy each drawing into the channel of its color, at its position; not
    that of the color that is erased, if one is. */
export function paint({ symbols, erased }, drawings) {
  const image = new Uint8Array(3 * CANVAS * CANVAS);
  symbols.forEach((symbol, color) => {
    if (color === erased) return;
    const drawing = drawingOf(drawings, symbol);
    for (let n = 0; n < drawing.length; n++) {
      const row = color * CANVAS + symbol.row + Math.floor(n / SIDE);
      image[row * CANVAS + symbol.column + (n % SIDE)] = drawing[n];
    }
  });
  return image;
}

/** Return the color of the symbol whose box a cell's center is in, or -1. */
export function nearest({ symbols }, cell, side) {
  const cells = [Math.floor(cell / side), cell % side];
  const [y, x] = cells.map((k) => ((k + 0.5) * CANVAS) / side - SIDE / 2);
  const away = symbols.map((s) => [s.row - y, s.column - x].map(Math.abs));
  const far = away.map(([down, right]) => Math.hypot(down, right));
  const color = far.indexOf(Math.min(...far));
  return Math.max(...away[color]) > SIDE / 2 ? -1 : color;
}

/** Return the color that is asked for, or -1 where the scene has none. */
export function target({ symbols, query, erased }) {
  const found = symbols.findIndex(({ kind }) => kind === query.kind);
  return found === erased ? -1 : found;
}

/** Write a scene as a link's last part; strokes in quarters of a pixel. */
export function write({ data, symbols, query, temperature }) {
  const byte = (x) => (4 * x + 64).toString(16).padStart(2, "0");
  const line = (stroke) => stroke.flat().map(byte).join("");
  const asked = query.strokes
    ? `d${query.strokes.map(line).join("z")}`
    : values(query);
  const percent = Math.round(100 * temperature);
  return ["#scene", data, ...symbols.map(values), asked, percent].join("_");
}

const values = (fields) => Object.values(fields).join("-");

/** Read a link's last part. Throws an Error where it is no scene. */
export function read(hash) {
  if (hash.length > LONGEST) throw new Error("it is too long");
  const [start, data, ...parts] = hash.split("_");
  if (start !== "#scene" || !Object.hasOwn(CLASSES, data) || parts.length !== 5)
    throw new Error("it is not written as scenes are");
  const symbols = parts.splice(0, 3).map((part) => fields(part, PLACED));
  if (new Set(symbols.map(({ kind }) => kind)).size < 3)
    throw new Error("its symbols are not of three classes");
  const [asked, heat] = parts;
  const query = asked.startsWith("d") ? drawn(asked) : fields(asked, ASKED);
  const { percent } = fields(heat, { percent: 1000 });
  if (percent < 10) throw new Error("its temperature is below 0.1");
  return { data, symbols, query, temperature: percent / 100, erased: -1 };
}

function fields(text, limits) {
  const found = text.split("-");
  const names = Object.keys(limits);
  const fits = (part, k) => /^\d{1,4}$/.test(part) && part <= limits[names[k]];
  if (found.length !== names.length || !found.every(fits))
    throw new Error("a number is missing or out of range");
  return Object.fromEntries(names.map((name, k) => [name, Number(found[k])]));
}

function drawn(text) {
  if (!/^d(([0-9a-f]{4})+(z([0-9a-f]{4})+)*)?$/.test(text))
    throw new Error("its drawing is not written as drawings are");
  const px = (byte) => Number.parseInt(byte, 16) / 4 - 16;
  const at = (point) => [px(point.slice(0, 2)), px(point.slice(2))];
  const found = text.slice(1).split("z").filter(Boolean);
  return { strokes: found.map((part) => part.match(/.{4}/g).map(at)) };
}
