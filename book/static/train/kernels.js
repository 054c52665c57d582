// The two loops in which training spends its time, as WebAssembly that works
// on four numbers at once. An assembler of a few lines writes its bytes here,
// so that they can be read. Maps are rows of `length` numbers (a multiple of
// 8), one a channel; a tap is a row of `x` that begins where its shift says.
// Places, shifts and strides are in bytes of one memory.
//
//   multiply:  out[j][p] = sum over taps k of factors[k][j] x[shifts[k] + p]
//   correlate: out[k][j] += sum over p of factors[j][p] x[shifts[k] + p]
//
// Both keep a tile of sums in registers: 4 rows j by 8 places p, or by 2 taps
// k, whose number must be even. `stride` is from one row j to the next.

// Instructions, by the names that the specification of WebAssembly gives.
const [I32, V128, F32_ADD] = [0x7f, 0x7b, 0x92];
const number = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...number(n >> 7)]);
const bytes = (parts) => number(parts.flat(Infinity).length).concat(parts);
const list = (parts) => [number(parts.length), parts];
const name = (text) => bytes([...text].map((c) => c.charCodeAt(0)));
const get = (local) => [0x20, local];
const set = (local, value) => [value, 0x21, local];
const add = (a, b) => [a, b, 0x6a]; // i32.add
const move = (local, by) => set(local, add(get(local), by));
const skip = (local, n) => move(local, [0x41, n]); // i32.const, n below 64
const end = (at, count) => add(get(at), [get(count), 0x41, 2, 0x74]); // i32.shl
const shift = (at, offset = 0) => [get(at), 0x28, 2, offset]; // i32.load
const simd = (code, ...given) => [given, 0xfd, number(code)];
const load = (place, offset = 0) => [simd(0, place), 2, offset];
const splat = (place, offset) => [simd(9, place), 2, offset]; // load32_splat
const store = (place, value, offset) => [simd(11, place, value), 2, offset];
const lane = (value, n) => [simd(0x1f, value), n];
const zero = simd(12, []).concat(Array(16).fill(0));
const fused = (a, b, c) => simd(0x105, a, b, c); // a b + c, rounded once
const apart = (a, b, c) => simd(0xe4, c, simd(0xe6, a, b));
const each = (n, part) => Array.from({ length: n }, (_, k) => part(k));
/** Repeat what moves a local until it is at, or past, another. */
const repeat = (local, last, body) => {
  const below = [get(local), get(last), 0x49]; // i32.lt_u
  return [[0x03, 0x40], body, below, [0x0d, 0, 0x0b]]; // loop, br_if, end
};

// Locals: what is given; two places and three ends; vectors.
const [OUT, FACTORS, STRIDE, X, TAPS, COUNT, LENGTH] = each(7, (n) => n);
const [AT, OTHER, TAP, LAST, END] = [7, 8, 9, 10, 11];
const TILE = each(8, (n) => 12 + n); // 4 rows of 2
const [PAIR, FACTOR] = [[20, 21], 22];
const clear = TILE.map((sum) => set(sum, zero));

/** Add to the tile the products of a pair of vectors and four factors. */
const grow = (madd, pair, factor) => [
  pair.map((vector, h) => set(PAIR[h], vector)),
  each(4, (j) => [
    set(FACTOR, factor(j)),
    each(2, (h) => {
      const sum = TILE[2 * j + h];
      return set(sum, madd(get(FACTOR), get(PAIR[h]), get(sum)));
    }),
  ]),
];

const multiply = (madd) => [
  set(END, end(OUT, LENGTH)),
  set(LAST, end(TAPS, COUNT)),
  repeat(OUT, END, [
    ...[clear, set(TAP, get(TAPS)), set(OTHER, get(FACTORS))],
    repeat(TAP, LAST, [
      set(AT, add(get(X), shift(TAP))),
      grow(madd, [load(get(AT)), load(get(AT), 16)], (j) =>
        splat(get(OTHER), 4 * j),
      ),
      ...[skip(TAP, 4), skip(OTHER, 16)],
    ]),
    set(AT, get(OUT)),
    each(4, (j) => [
      each(2, (h) => store(get(AT), get(TILE[2 * j + h]), 16 * h)),
      move(AT, get(STRIDE)),
    ]),
    ...[skip(OUT, 32), skip(X, 32)],
  ]),
];

const row = (j) => (j ? add(row(j - 1), get(STRIDE)) : get(TAP));
const correlate = (madd) => [
  set(END, end(TAPS, COUNT)),
  repeat(TAPS, END, [
    ...[clear, set(TAP, get(FACTORS)), set(LAST, end(TAP, LENGTH))],
    ...[AT, OTHER].map((at, h) => set(at, add(get(X), shift(TAPS, 4 * h)))),
    repeat(TAP, LAST, [
      grow(madd, [load(get(AT)), load(get(OTHER))], (j) => load(row(j))),
      [TAP, AT, OTHER].map((local) => skip(local, 16)),
    ]),
    TILE.map((sum, n) => {
      const offset = 4 * ((n >> 1) + 4 * (n & 1));
      const total = each(4, (k) => [lane(get(sum), k), k ? F32_ADD : []]);
      const before = [get(OUT), 0x2a, 2, offset]; // f32.load, then f32.store
      return [get(OUT), before, total, F32_ADD, 0x38, 2, offset];
    }),
    ...[skip(OUT, 32), skip(TAPS, 8)],
  ]),
];

/** Assemble the module of both, with one kind of sums of products. */
function assemble(madd) {
  const section = (id, parts) => [id, bytes(list(parts))];
  const locals = list([
    [5, I32],
    [PAIR.length + TILE.length + 1, V128],
  ]);
  const code = [multiply, correlate].map((f) => bytes([locals, f(madd), 0x0b]));
  const given = list(each(7, () => I32));
  const parts = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic number and version
    section(1, [[0x60, given, 0]]), // the type of both
    section(2, [[name("page"), name("memory"), 2, 0, 1]]), // is imported
    section(3, [0, 0]), // their types
    section(7, [
      [name("multiply"), 0, 0],
      [name("correlate"), 0, 1],
    ]),
    section(10, code),
  ];
  return Uint8Array.from(parts.flat(Infinity));
}

export const KINDS = [fused, apart]; // not all browsers have the first

/** Return the fastest kernels that this browser can run, for a memory. */
export function instantiate(memory, kinds = KINDS) {
  const found = kinds.map(assemble).find((code) => WebAssembly.validate(code));
  if (!found)
    throw new Error("this browser can’t train (no SIMD in WebAssembly)");
  const module = new WebAssembly.Module(found);
  return new WebAssembly.Instance(module, { page: { memory } }).exports;
}
