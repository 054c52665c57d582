// The two loops in which training spends its time, as WebAssembly that works
// on four numbers at once. An assembler of a few lines writes its bytes here,
// so that they can be read. There are four rows j, and x from each tap k on,
// of `length` numbers, and a table of four numbers a tap. Places, lengths and
// strides, from one row to the next, are in bytes of one memory.
//
//   multiply:  rows[j][p] = sum over taps k of table[k][j] x[taps[k] + p], or
//              the floor if that is more; 0 unless gate[j][p] is above 0
//   correlate: table[k][j] += sum over p of rows[j][p] x[taps[k] + p]
//
// Both keep a tile of sums in registers: 4 rows by 8 places, or by 2 taps. So
// the number of places is a multiple of 8, and that of taps is even.

// Instructions, by the names that the specification of WebAssembly gives.
const [I32, F32, V128, F32_ADD] = [0x7f, 0x7d, 0x7b, 0x92];
const number = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...number(n >> 7)]);
const bytes = (parts) => number(parts.flat(Infinity).length).concat(parts);
const list = (parts) => [number(parts.length), parts];
const name = (text) => bytes([...text].map((c) => c.charCodeAt(0)));
// What these are given is a local, or instructions that leave their result.
const get = (given) => (Array.isArray(given) ? given : [0x20, given]);
const set = (local, given) => [get(given), 0x21, local];
const add = (a, b) => [get(a), get(b), 0x6a]; // i32.add
const move = (local, by) => set(local, add(local, by));
const skip = (local, n) => move(local, [0x41, n]); // i32.const, n below 64
const shift = (at, offset = 0) => [get(at), 0x28, 2, offset]; // i32.load
const simd = (code, ...given) => [given.map(get), 0xfd, number(code)];
const load = (place, offset = 0) => [simd(0, place), 2, offset];
const splat = (place, offset) => [simd(9, place), 2, offset]; // load32_splat
const store = (place, value, offset) => [simd(11, place, value), 2, offset];
const zero = simd(12).concat(Array(16).fill(0));
const fused = (a, b, c) => simd(0x105, a, b, c); // a b + c, rounded once
const apart = (a, b, c) => simd(0xe4, c, simd(0xe6, a, b));
export const KINDS = [fused, apart]; // not all browsers have the first
export const each = (n, part) => Array.from({ length: n }, (_, k) => part(k));
/** Repeat what moves a local until it has come so far; another has the end. */
const repeat = (local, end, length, body) => [
  set(end, add(local, length)),
  ...[0x03, 0x40, body], // loop
  ...[get(local), get(end), 0x49, 0x0d, 0, 0x0b], // i32.lt_u, br_if, end
];

// Locals: ten that are given; two places and three ends; vectors.
const LOCALS = each(29, (n) => n);
const [ROWS, TABLE, STRIDE, X, TAPS, COUNT, LENGTH, GATE, STEP] = LOCALS;
const [FLOOR, AT, OTHER, TAP, LAST, END] = LOCALS.slice(9);
const TILE = LOCALS.slice(15, 23); // 4 rows of 2
const [FACTORS, PAIR] = [LOCALS.slice(23, 27), LOCALS.slice(27)];
const clear = TILE.map((sum) => set(sum, zero));

/** Add to the tile the products of a pair of vectors and four factors. */
const grow = (madd, pair, factor) => [
  pair.map((vector, h) => set(PAIR[h], vector)),
  FACTORS.map((local, j) => set(local, factor(j))),
  TILE.map((sum, n) => set(sum, madd(FACTORS[n >> 1], PAIR[n & 1], sum))),
];

/** Raise sums to the floor, and make them 0 where the gate is not above 0. */
const kept = (sums, offset) => {
  const open = simd(0x44, load(OTHER, offset), zero); // f32x4.gt
  return simd(0x4e, simd(0xe9, sums, simd(0x13, FLOOR)), open);
};

const multiply = (madd) =>
  repeat(ROWS, END, LENGTH, [
    ...[clear, set(TAP, TAPS), set(OTHER, TABLE)],
    repeat(TAP, LAST, COUNT, [
      set(AT, add(X, shift(TAP))),
      grow(madd, [load(AT), load(AT, 16)], (j) => splat(OTHER, 4 * j)),
      ...[skip(TAP, 4), skip(OTHER, 16)],
    ]),
    ...[set(AT, ROWS), set(OTHER, GATE)],
    each(4, (j) => [
      each(2, (h) => store(AT, kept(TILE[2 * j + h], 16 * h), 16 * h)),
      ...[move(AT, STRIDE), move(OTHER, STEP)],
    ]),
    [ROWS, X, GATE].map((local) => skip(local, 32)),
  ]);

const row = (j) => (j ? add(row(j - 1), STRIDE) : TAP);
const correlate = (madd) =>
  repeat(TAPS, END, COUNT, [
    ...[clear, set(TAP, ROWS)],
    ...[AT, OTHER].map((at, h) => set(at, add(X, shift(TAPS, 4 * h)))),
    repeat(TAP, LAST, LENGTH, [
      grow(madd, [load(AT), load(OTHER)], (j) => load(row(j))),
      [TAP, AT, OTHER].map((local) => skip(local, 16)),
    ]),
    TILE.map((sum, n) => {
      const offset = 4 * ((n >> 1) + 4 * (n & 1));
      const total = each(4, (k) => [simd(0x1f, sum), k, k ? F32_ADD : []]);
      const before = [get(TABLE), 0x2a, 2, offset]; // f32.load, then f32.store
      return [get(TABLE), before, total, F32_ADD, 0x38, 2, offset];
    }),
    ...[skip(TABLE, 32), skip(TAPS, 8)],
  ]);

/** Assemble the module of both, with one kind of sums of products. */
function assemble(madd) {
  const section = (id, parts) => [id, bytes(list(parts))];
  const locals = [2, 5, I32, 14, V128]; // two kinds: how many, and which
  const given = list([...each(9, () => I32), F32]);
  const code = [multiply, correlate].map((f) => bytes([locals, f(madd), 0x0b]));
  const exported = ["multiply", "correlate"].map((its, n) => [name(its), 0, n]);
  const parts = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic number and version
    section(1, [[0x60, given, 0]]), // the type of both
    section(2, [[name("page"), name("memory"), 2, 0, 1]]), // is imported
    section(3, [0, 0]), // their types
    section(7, exported),
    section(10, code),
  ];
  return Uint8Array.from(parts.flat(Infinity));
}

/** Return the fastest kernels that this browser can run, for a memory. */
export function instantiate(memory, kinds = KINDS) {
  const found = kinds.map(assemble).find((code) => WebAssembly.validate(code));
  if (!found)
    throw new Error("this browser can’t train (no SIMD in WebAssembly)");
  const module = new WebAssembly.Module(found);
  return new WebAssembly.Instance(module, { page: { memory } }).exports;
}
