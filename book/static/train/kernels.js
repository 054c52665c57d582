// The two loops in which training spends its time, as WebAssembly that works
// on four numbers at once. An assembler of a few lines writes its bytes here,
// so that they can be read; `plain` is the same in JavaScript.
//
// Both see a map as rows of `length` numbers (a multiple of 8), one a channel,
// and a tap as the place where its row begins, moved by a shift. Places are
// byte addresses in one memory.

/** The same loops in JavaScript: what they compute, and for old browsers. */
export function plain(memory) {
  const F = new Float32Array(memory.buffer);
  const I = new Int32Array(memory.buffer);
  return {
    /** out[j][p] = sum over k of weights[k][j] x[taps[k] + p], for 4 rows. */
    multiply(out, stride, x, taps, count, weights, length) {
      for (let j = 0; j < 4; j++) {
        const to = (out + j * stride) >> 2;
        F.fill(0, to, to + length);
        for (let k = 0; k < count; k++) {
          const weight = F[(weights >> 2) + 4 * k + j];
          const from = (x + I[(taps >> 2) + k]) >> 2;
          for (let p = 0; p < length; p++) F[to + p] += weight * F[from + p];
        }
      }
    },
    /** out[k][j] += sum over p of rows[j][p] x[taps[k] + p], for 4 rows. */
    correlate(out, rows, stride, x, taps, count, length) {
      for (let k = 0; k < count; k++)
        for (let j = 0; j < 4; j++) {
          const [a, b] = [rows + j * stride, x + I[(taps >> 2) + k]];
          let sum = 0;
          for (let p = 0; p < length; p++)
            sum += F[(a >> 2) + p] * F[(b >> 2) + p];
          F[(out >> 2) + 4 * k + j] += sum;
        }
    },
  };
}

// Instructions, by the names that the specification of WebAssembly gives.
const [I32, V128] = [0x7f, 0x7b];
const number = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...number(n >> 7)]);
const sized = (bytes) => [...number(bytes.length), ...bytes];
const list = (parts) => [...number(parts.length), ...parts.flat(Infinity)];
const section = (id, parts) => [id, ...sized(list(parts))];
const name = (text) => sized([...text].map((c) => c.charCodeAt(0)));
const get = (local) => [0x20, local];
const set = (local, value) => [value, 0x21, local];
const add = (a, b) => [a, b, 0x6a]; // i32.add
const constant = (n) => [0x41, ...number(n)]; // for n below 64
const move = (local, by) => set(local, add(get(local), by));
const repeat = (
  body,
  local,
  end, // while local < end
) => [0x03, 0x40, body, get(local), get(end), 0x49, 0x0d, 0, 0x0b];
const simd = (code, ...given) => [...given, 0xfd, ...number(code)];
const load = (at, offset = 0) => [...simd(0, at), 2, ...number(offset)];
const splat = (at, offset) => [...simd(9, at), 2, ...number(offset)];
const store = (at, value, offset) => [...simd(11, at, value), 2, offset];
const zero = [...simd(12), ...Array(16).fill(0)];
const lane = (value, n) => [...simd(0x1f, value), n];
const fused = (a, b, c) => simd(0x105, a, b, c); // a b + c, rounded once
const apart = (a, b, c) => simd(0xe4, c, simd(0xe6, a, b));

/** Write a function: 7 parameters and 5 locals are i32, the rest v128. */
function code(vectors, body) {
  const locals = [
    [5, I32],
    [vectors, V128],
  ];
  return sized([list(locals), body, 0x0b].flat(Infinity));
}

/** Assemble the module, with or without fused multiplication and addition. */
export function assemble(madd) {
  // Of `multiply`, 4 rows by 8 places are kept in registers over all taps.
  const [out, stride, x, taps, count, weights, length] = [0, 1, 2, 3, 4, 5, 6];
  const [end, tap, last, weight, at] = [7, 8, 9, 10, 11];
  const tile = [12, 13, 14, 15, 16, 17, 18, 19];
  const [left, right, factor] = [20, 21, 22];
  const times = (local, shift) => [get(local), constant(shift), 0x74];
  const multiply = code(11, [
    set(end, add(get(out), times(length, 2))),
    set(last, add(get(taps), times(count, 2))),
    repeat(
      [
        tile.map((sum) => set(sum, zero)),
        set(tap, get(taps)),
        set(weight, get(weights)),
        repeat(
          [
            set(at, add(get(x), [get(tap), 0x28, 2, 0])),
            set(left, load(get(at))),
            set(right, load(get(at), 16)),
            [0, 1, 2, 3].map((j) => [
              set(factor, splat(get(weight), 4 * j)),
              [left, right].map((half, h) => {
                const sum = tile[2 * j + h];
                return set(sum, madd(get(factor), get(half), get(sum)));
              }),
            ]),
            move(tap, constant(4)),
            move(weight, constant(16)),
          ],
          tap,
          last,
        ),
        set(at, get(out)),
        [0, 1, 2, 3].map((j) => [
          store(get(at), get(tile[2 * j]), 0),
          store(get(at), get(tile[2 * j + 1]), 16),
          move(at, get(stride)),
        ]),
        move(out, constant(32)),
        move(x, constant(32)),
      ],
      out,
      end,
    ),
  ]);
  // Of `correlate`, 4 rows by 2 taps are; their number must be even.
  const given = { out: 0, rows: 1, stride: 2, x: 3, taps: 4, count: 5 };
  const [size, one, other, row, until, stop] = [6, 7, 8, 9, 10, 11];
  const [first, second, value] = [20, 21, 22];
  const total = (sum) =>
    [0, 1, 2, 3].map((n) => [lane(get(sum), n), n ? 0x92 : []]);
  const correlate = code(11, [
    set(stop, add(get(given.taps), times(given.count, 2))),
    repeat(
      [
        tile.map((sum) => set(sum, zero)),
        set(one, add(get(given.x), [get(given.taps), 0x28, 2, 0])),
        set(other, add(get(given.x), [get(given.taps), 0x28, 2, 4])),
        set(row, get(given.rows)),
        set(until, add(get(row), times(size, 2))),
        repeat(
          [
            set(first, load(get(one))),
            set(second, load(get(other))),
            [0, 1, 2, 3].map((j) => [
              set(value, load(rowOf(row, given.stride, j))),
              [first, second].map((half, h) => {
                const sum = tile[2 * j + h];
                return set(sum, madd(get(value), get(half), get(sum)));
              }),
            ]),
            [one, other, row].map((local) => move(local, constant(16))),
          ],
          row,
          until,
        ),
        tile.map((sum, n) => {
          const offset = 4 * ((n >> 1) + 4 * (n & 1));
          const before = [get(given.out), 0x2a, 2, offset];
          return [get(given.out), before, total(sum), 0x92, 0x38, 2, offset];
        }),
        move(given.out, constant(32)),
        move(given.taps, constant(8)),
      ],
      given.taps,
      stop,
    ),
  ]);
  const type = [0x60, ...list(Array(7).fill([I32])), 0];
  return Uint8Array.from(
    [
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, [type]),
      section(2, [[...name("page"), ...name("memory"), 2, 0, 1]]),
      section(3, [[0], [0]]),
      section(7, [
        [...name("multiply"), 0, 0],
        [...name("correlate"), 0, 1],
      ]),
      section(10, [multiply, correlate]),
    ].flat(Infinity),
  );
}

/** The address of row j, whose distance is j times the stride. */
const rowOf = (row, stride, j) =>
  j ? add(rowOf(row, stride, j - 1), get(stride)) : get(row);

/** Return the fastest of the kernels that this browser can run. */
export function fastest(memory, kinds = [fused, apart]) {
  for (const kind of kinds) {
    const bytes = assemble(kind);
    if (!globalThis.WebAssembly?.validate(bytes)) continue;
    const module = new WebAssembly.Module(bytes);
    return new WebAssembly.Instance(module, { page: { memory } }).exports;
  }
  return plain(memory);
}
