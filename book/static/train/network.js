// Training, all of it: forward, loss, every gradient, and Adam. The names of
// parameters are those of PyTorch. Only the biases of convolutions are not
// here, because the batch norm after each takes them away again.
//
// The maps of a batch lie in one row a channel, image after image, with a
// column and a row of zeros between them, so that a convolution is a sum of
// shifted rows. Of an input whose convolution has stride s, a row holds every
// s-th pixel, and there are s by s such rows a channel.

import { instantiate } from "./kernels.js";

const [EPSILON, MOMENTUM] = [1e-5, 0.1]; // of batch norm, as in PyTorch
const BLOCK = 1024; // places at a time, which stay in the cache
const COLORS = 3;
const STD = 0.3081; // of MNIST's pixels, 0 to 1, and
const MEAN = 0.1307; // their mean
const SUMS = ["loss", "right", "hit", "purity"]; // over all queries
const up = (n, to) => Math.ceil(n / to) * to;

/** Build a network, and room for batches of so many scenes and queries each.
 *
 * `config` has channels, kernels, strides, the input's `colors` (3, or 1 for
 * brightness), whether filters are `shared` by both encoders, `lastRelu`,
 * `center` (pooling; else the mean), `mean` (the read-out is divided by the
 * number of cells), `headScale`, `root` (scores are divided by it), `decay` of
 * weights, and `frozen`, the encoders that learn nothing. Parameters are drawn
 * by `random()`, 0 to 1, as PyTorch draws them.
 */
export function build(config, batches, random) {
  const { channels, strides, shared, frozen } = config;
  const dim = channels.at(-1);
  let top = 16; // numbers of memory that are taken
  const take = (n) => {
    top += up(n, 8);
    return top - up(n, 8);
  };
  const parameters = []; // {name, at, size, start: its first value}
  let size = 0;
  const parameter = (name, length, start, still) => {
    parameters.push({ name, at: size, length, start, still });
    size += length;
    return parameters.at(-1);
  };
  const encoder = (name, colors, filters) =>
    channels.map((outputs, l) => {
      const [inputs, kernel] = [
        l ? channels[l - 1] : colors,
        config.kernels[l],
      ];
      const fan = inputs * kernel ** 2;
      const uniform = () => (2 * random() - 1) / Math.sqrt(fan);
      const still = frozen.includes(name);
      const alone = still && (!shared || frozen.length === 2);
      const label = `encode_${name}.layers.${3 * l}`;
      const norm = `encode_${name}.layers.${3 * l + 1}`;
      const filter =
        filters?.[l].filter ??
        parameter(`${label}.weight`, outputs * fan, uniform, alone);
      const scale = parameter(`${norm}.weight`, outputs, () => 1, still);
      const shift = parameter(`${norm}.bias`, outputs, () => 0, still);
      const relu = config.lastRelu || l < channels.length - 1;
      const stride = strides[l];
      return { inputs, outputs, kernel, stride, relu, filter, scale, shift };
    });
  const image = encoder("image", config.colors, null);
  const query = encoder("query", 1, shared ? image : null);
  const diagonal = (n) => (n % 4 ? 0 : config.headScale) - config.headScale / 6;
  const headWeight = parameter("head.weight", 9, diagonal, false);
  const headBias = parameter("head.bias", COLORS, () => 0, false);
  let total = size; // after gradients come the norms' statistics, and sums
  for (const layer of [...image, ...query]) {
    layer.statistics = total; // means, then variances
    total += 2 * layer.outputs;
  }
  const sums = total;
  total += SUMS.length;
  const values = take(sums); // parameters, then running statistics
  const found = take(total); // what a step finds, as one vector
  const [moments, squares] = [size, size].map(take);
  const rigs = batches.map(([scenes, queries]) => ({
    scenes,
    queries,
    image: tower(image, scenes, 64),
    query: tower(query, scenes * queries, 28),
  }));
  const pages = Math.ceil((4 * top) / 2 ** 16);
  const memory = new WebAssembly.Memory({ initial: pages });
  const F = new Float32Array(memory.buffer);
  const { multiply, correlate } = instantiate(memory);
  for (const rig of rigs) for (const t of [rig.image, rig.query]) fill(t);
  for (const { at, length, start } of parameters)
    for (let n = 0; n < length; n++) F[values + at + n] = start(n);
  for (const { outputs, statistics } of [...image, ...query])
    F.fill(1, ...[1, 2].map((n) => values + statistics + n * outputs));

  /** Plan maps: where they lie. */
  function maps(count, side, rows) {
    const width = side + 1;
    const guard = up(width + 1, 8); // before a row and after it
    const length = up(count * width ** 2, 8);
    const stride = length + 2 * guard;
    return { width, length, stride, at: take(up(rows, 4) * stride) + guard };
  }

  /** Plan the maps of an encoder, and the taps of its convolutions. */
  function tower(layers, count, side) {
    const planned = [];
    for (const [l, layer] of layers.entries()) {
      const { stride, kernel, inputs, outputs } = layer;
      const before = side;
      side = Math.ceil(side / stride);
      const rows = up(inputs, 4) * stride ** 2;
      const [x, z] = [maps(count, side, rows), maps(count, side, outputs)];
      const dx = l ? maps(count, side, rows) : null;
      const reach = kernel >> 1;
      const area = kernel ** 2;
      const taps = Array.from({ length: inputs * area }, (_, k) => {
        const [dy, dx] = [Math.floor((k % area) / kernel), k % kernel].map(
          (at) => at - reach,
        );
        const [qy, qx] = [dy, dx].map((d) => Math.floor(d / stride));
        const phase = (dy - qy * stride) * stride + dx - qx * stride;
        const input = Math.floor(k / area);
        return { k, input, phase, shift: qy * x.width + qx };
      });
      const from = (tap) =>
        tap.shift + (tap.input * stride ** 2 + tap.phase) * x.stride;
      const ahead = table(taps.map(from), outputs);
      const back = Array.from({ length: dx ? stride ** 2 : 0 }, (_, phase) => {
        const its = taps.filter((tap) => !tap.input && tap.phase === phase);
        const rows = Array.from({ length: outputs }, (_, o) =>
          its.map((tap) => o * z.stride - tap.shift),
        );
        const filters = Array.from({ length: outputs }, (_, o) =>
          its.map((tap) => o * taps.length + tap.k),
        );
        return { ...table(rows.flat(), inputs), filters: filters.flat() };
      });
      const inverse = new Float64Array(outputs);
      planned.push({ ...layer, x, z, dx, ahead, back, before, side, inverse });
    }
    const y = maps(count, side, dim);
    const dy = maps(count, side, dim);
    for (const [l, layer] of planned.entries()) {
      const next = planned[l + 1] ?? { x: y, dx: dy, stride: 1 };
      layer.next = { x: next.x, dx: next.dx, stride: next.stride };
      const { side, z } = layer;
      layer.rows = rowsOf(count, side, z.width, next.x, next.stride);
    }
    const { before, x, stride } = planned[0];
    const rows = rowsOf(count, before, before, x, stride);
    return { layers: planned, count, side, y, dy, rows };
  }

  /** Plan a table of taps, and room for the weights of one product. */
  function table(shifts, rows) {
    const count = up(shifts.length, 2); // a tap of weight 0 makes it even
    const [at, weights] = [take(count), take(count * up(rows, 4))];
    return { shifts, count, at, weights };
  }

  function fill({ layers }) {
    const I = new Int32Array(memory.buffer);
    for (const { ahead, back } of layers)
      for (const { at, count, shifts } of [ahead, ...back])
        for (let k = 0; k < count; k++)
          I[at + k] = 4 * (shifts[k] ?? shifts[0]);
  }

  /** Put filters in the order in which `multiply` reads them: [k][4]. */
  function pack({ weights, count }, rows, of) {
    for (let block = 0; block < rows; block += 4)
      for (let k = 0; k < count; k++)
        for (let j = 0; j < 4; j++)
          F[weights + block * count + 4 * k + j] =
            block + j < rows ? of(block + j, k) : 0;
  }

  /** Multiply rows by packed filters, some places at a time. */
  function product(to, first, step, source, plan, rows) {
    for (let p = 0; p < to.length; p += BLOCK)
      for (let block = 0; block < rows; block += 4) {
        const out = to.at + (first + block * step) * to.stride + p;
        const weights = plan.weights + block * plan.count;
        const length = Math.min(BLOCK, to.length - p);
        multiply(
          ...[4 * out, 4 * weights, 4 * step * to.stride],
          ...[4 * (source.at + p), 4 * plan.at, plan.count, length],
        );
      }
  }

  /** List where rows of pixels are: three numbers each, of a channel. From
   * the first on, in steps of the stride, are the pixels of a map; from the
   * second to the third, side by side, those of the next layer's input. */
  function rowsOf(count, side, width, next, stride) {
    const found = [];
    for (let n = 0; n < count; n++)
      for (let row = 0; row < side; row++)
        for (let b = 0; b < stride; b++) {
          const phase = (row % stride) * stride + b;
          const y = n * next.width + Math.floor(row / stride);
          const x = phase * next.stride + y * next.width;
          const end = x + Math.ceil((side - b) / stride);
          found.push((n * width + row) * width + b, x, end);
        }
    return Int32Array.from(found);
  }

  /** Put pixels, 0 to 255, where the first convolution reads them. */
  function enter({ layers, rows }, pixels, channels) {
    const { x, before, stride } = layers[0];
    const area = before ** 2;
    for (let c = 0; c < channels; c++) {
      const line = x.at + c * stride ** 2 * x.stride;
      for (let r = 0; r < rows.length; r += 3) {
        const skip = Math.floor(rows[r] / area) * (channels - 1) + c;
        let n = rows[r] + skip * area;
        for (let k = line + rows[r + 1]; k < line + rows[r + 2]; k++) {
          F[k] = (pixels[n] / 255 - MEAN) / STD;
          n += stride;
        }
      }
    }
  }

  /** Run an encoder; in training, norms use the batch's own statistics. */
  function encode({ layers, count }, training, share) {
    for (const layer of layers) {
      const { x, z, side, outputs, ahead, filter, relu, statistics } = layer;
      const taps = ahead.shifts.length;
      pack(ahead, outputs, (o, k) =>
        k < taps ? F[values + filter.at + o * taps + k] : 0,
      );
      product(z, 0, 1, x, ahead, outputs);
      const { stride, x: next } = layer.next;
      const { rows } = layer;
      const many = count * side ** 2;
      for (let o = 0; o < outputs; o++) {
        const row = z.at + o * z.stride;
        let mean = F[values + statistics + o];
        let variance = F[values + statistics + outputs + o];
        if (training) {
          let sum = 0;
          let square = 0;
          for (let r = 0; r < rows.length; r += 3) {
            let n = row + rows[r];
            for (let k = rows[r + 1]; k < rows[r + 2]; k++, n += stride) {
              sum += F[n];
              square += F[n] * F[n];
            }
          }
          mean = sum / many;
          variance = square / many - mean ** 2;
          const unbiased = (variance * many) / (many - 1);
          F[found + statistics + o] = mean * share;
          F[found + statistics + outputs + o] = unbiased * share;
        }
        const inverse = 1 / Math.sqrt(variance + EPSILON);
        layer.inverse[o] = inverse;
        const scale = F[values + layer.scale.at + o];
        const shift = F[values + layer.shift.at + o];
        const line = next.at + o * stride ** 2 * next.stride;
        for (let r = 0; r < rows.length; r += 3) {
          let n = row + rows[r];
          for (let k = line + rows[r + 1]; k < line + rows[r + 2]; k++) {
            const normed = (F[n] - mean) * inverse;
            F[n] = normed;
            const value = normed * scale + shift;
            F[k] = relu && value < 0 ? 0 : value;
            n += stride;
          }
        }
      }
    }
  }

  /** Add an encoder's gradients, from those of its output. */
  function back({ layers, count }) {
    for (let l = layers.length - 1; l >= 0; l--) {
      const { x, z, dx, side, inputs, outputs, filter, relu } = layers[l];
      const { inverse, ahead, scale, shift } = layers[l];
      const { rows } = layers[l];
      const { stride, x: next, dx: from } = layers[l].next;
      const away = next.at - from.at;
      const many = count * side ** 2;
      for (let o = 0; o < outputs; o++) {
        const row = z.at + o * z.stride;
        const line = from.at + o * stride ** 2 * from.stride;
        let sum = 0;
        let product = 0;
        for (let r = 0; r < rows.length; r += 3) {
          let n = row + rows[r];
          for (let k = line + rows[r + 1]; k < line + rows[r + 2]; k++) {
            if (relu && F[k + away] <= 0) F[k] = 0;
            sum += F[k];
            product += F[k] * F[n];
            n += stride;
          }
        }
        F[found + scale.at + o] += product;
        F[found + shift.at + o] += sum;
        const factor = F[values + scale.at + o] * inverse[o];
        const [mean, slope] = [sum / many, product / many];
        for (let r = 0; r < rows.length; r += 3) {
          let n = row + rows[r];
          for (let k = line + rows[r + 1]; k < line + rows[r + 2]; k++) {
            F[n] = factor * (F[k] - mean - F[n] * slope);
            n += stride;
          }
        }
      } // z is now the gradient of what the norm was given
      clear(z, side, count, outputs);
      const taps = ahead.shifts.length;
      for (let block = 0; block < outputs; block += 4) {
        const sums = ahead.weights;
        F.fill(0, sums, sums + 4 * ahead.count);
        for (let p = 0; p < z.length; p += BLOCK)
          correlate(
            ...[4 * sums, 4 * (z.at + block * z.stride + p), 4 * z.stride],
            ...[4 * (x.at + p), 4 * ahead.at, ahead.count],
            Math.min(BLOCK, z.length - p),
          );
        for (let j = 0; j < Math.min(4, outputs - block); j++)
          for (let k = 0; k < taps; k++)
            F[found + filter.at + (block + j) * taps + k] +=
              F[sums + 4 * k + j];
      }
      const area = layers[l].kernel ** 2;
      for (const [phase, plan] of (dx ? layers[l].back : []).entries()) {
        pack(plan, inputs, (i, k) =>
          k < plan.filters.length
            ? F[values + filter.at + plan.filters[k] + i * area]
            : 0,
        );
        product(dx, phase, layers[l].stride ** 2, z, plan, inputs);
      }
    }
  }

  /** Make zero what lies between images, which products have written to. */
  function clear({ at, stride, width, length }, side, count, rows) {
    for (let row = at; row < at + rows * stride; row += stride) {
      for (let n = 0; n < count; n++) {
        const start = row + n * width ** 2;
        for (let y = 0; y < side; y++) F[start + y * width + side] = 0;
        F.fill(0, start + side * width, start + width ** 2);
      }
      F.fill(0, row + count * width ** 2, row + length);
    }
  }

  /** Run a batch forward; in training backward too, `share` of all queries.
   *
   * A batch has `images` (scenes of 3 by 64 by 64 bytes), `queries` (28 by 28
   * bytes), `targets` and, of each scene, `corners` of its symbols by color.
   */
  function run(rig, batch, training = false, share = 1) {
    const { image, query, scenes, queries } = rig;
    const { count } = query;
    const cells = image.side ** 2;
    F.fill(0, found, found + total);
    const gray = config.colors === 1;
    enter(image, gray ? brightest(batch.images) : batch.images, config.colors);
    enter(query, batch.queries, 1);
    encode(image, training, share);
    encode(query, training, share);
    const colors = cellColors(batch.images, scenes, image.side);
    const [weights, logits] = [new Float32Array(count * cells), []];
    const vectors = new Float32Array(count * dim);
    pool(query, (at, n, share) => {
      vectors[n] += share * F[query.y.at + at];
    });
    const [keys, dkeys] = [image.y, image.dy];
    const key = Int32Array.from({ length: cells }, (_, n) => {
      const [row, column] = [Math.floor(n / image.side), n % image.side];
      return row * keys.width + column;
    });
    const root = config.root ? Math.sqrt(dim) : 1;
    const portion = config.mean ? 1 / cells : 1;
    const dvectors = new Float32Array(vectors.length);
    if (training) empty(dkeys);
    const slopes = new Float64Array(cells);
    const head = values + headWeight.at;
    for (let q = 0; q < count; q++) {
      const scene = Math.floor(q / queries);
      const map = weights.subarray(q * cells, (q + 1) * cells);
      const first = keys.at + scene * keys.width ** 2;
      for (let d = 0; d < dim; d++) {
        const [value, line] = [vectors[q * dim + d], first + d * keys.stride];
        for (let n = 0; n < cells; n++) map[n] += value * F[line + key[n]];
      }
      let peak = 0;
      for (let n = 0; n < cells; n++) if (map[n] > map[peak]) peak = n;
      const best = map[peak];
      let sum = 0;
      for (let n = 0; n < cells; n++)
        sum += map[n] = Math.exp((map[n] - best) / root);
      for (let n = 0; n < cells; n++) map[n] /= sum;
      const glimpse = [0, 1, 2].map((c) => {
        const line = (COLORS * scene + c) * cells;
        let read = 0;
        for (let n = 0; n < cells; n++) read += map[n] * colors[line + n];
        return read;
      });
      const seen = glimpse.map((value) => ((value - MEAN) / STD) * portion);
      const answer = [0, 1, 2].map((j) =>
        seen.reduce(
          (all, value, c) => all + F[head + COLORS * j + c] * value,
          F[values + headBias.at + j],
        ),
      );
      logits.push(...answer);
      const target = batch.targets[q];
      const most = Math.max(...answer);
      const powers = answer.map((logit) => Math.exp(logit - most));
      const whole = powers[0] + powers[1] + powers[2];
      const place = [peak / image.side, peak % image.side].map(Math.floor);
      const scores = [
        Math.log(whole) + most - answer[target],
        answer.indexOf(most) === target,
        on(batch.corners, scene, place, image.side) === target,
        glimpse[target] / Math.max(glimpse[0] + glimpse[1] + glimpse[2], 1e-9),
      ];
      for (const [n, score] of scores.entries())
        F[found + sums + n] += (share * score) / count;
      if (!training) continue;
      const slope = [0, 0, 0]; // of the loss, by color of the glimpse
      for (let j = 0; j < COLORS; j++) {
        const off = powers[j] / whole - (j === target);
        const step = (share * off) / count;
        F[found + headBias.at + j] += step;
        for (let c = 0; c < COLORS; c++) {
          F[found + headWeight.at + COLORS * j + c] += step * seen[c];
          slope[c] += (step * F[head + COLORS * j + c] * portion) / STD;
        }
      }
      let mean = 0;
      for (let n = 0; n < cells; n++) {
        slopes[n] = 0;
        for (let c = 0; c < COLORS; c++)
          slopes[n] += slope[c] * colors[(COLORS * scene + c) * cells + n];
        mean += slopes[n] * map[n];
      }
      for (let n = 0; n < cells; n++)
        slopes[n] = (map[n] * (slopes[n] - mean)) / root;
      for (let d = 0; d < dim; d++) {
        const line = first + d * keys.stride;
        const dline = line + dkeys.at - keys.at;
        const value = vectors[q * dim + d];
        let sum = 0;
        for (let n = 0; n < cells; n++) {
          sum += slopes[n] * F[line + key[n]];
          F[dline + key[n]] += slopes[n] * value;
        }
        dvectors[q * dim + d] = sum;
      }
    }
    if (training && !frozen.includes("image")) back(image);
    if (training && !frozen.includes("query")) {
      empty(query.dy);
      pool(query, (at, n, share) => {
        F[query.dy.at + at] = share * dvectors[n];
      });
      back(query);
    }
    return { weights, logits, sums: read().sums };
  }

  /** Make the maps of an encoder's output zero; no guard is written to. */
  function empty({ at, stride, length }) {
    for (let d = 0; d < dim; d++)
      F.fill(0, at + d * stride, at + d * stride + length);
  }

  /** Visit what is pooled into vectors: all of each map, or its center. */
  function pool({ side, count, y }, visit) {
    const [from, to] = config.center ? [side >> 1, (side >> 1) + 1] : [0, side];
    const share = (to - from) ** -2;
    for (let d = 0; d < dim; d++)
      for (let q = 0; q < count; q++)
        for (let row = from; row < to; row++)
          for (let column = from; column < to; column++) {
            const place = (q * y.width + row) * y.width + column;
            visit(d * y.stride + place, q * dim + d, share);
          }
  }

  /** Make one update, from a step's vector of gradients and statistics. */
  function update(vector, step, rate) {
    const [one, two] = [0.9, 0.999];
    const [fast, slow] = [1 - one ** step, 1 - two ** step];
    for (const { at, length, still } of parameters)
      for (let n = at; n < at + length && !still; n++) {
        const slope = vector[n];
        F[moments + n] = one * F[moments + n] + (1 - one) * slope;
        F[squares + n] = two * F[squares + n] + (1 - two) * slope ** 2;
        const size = Math.sqrt(F[squares + n] / slow) + 1e-8;
        const move = F[moments + n] / fast / size;
        F[values + n] -= rate * (config.decay * F[values + n] + move);
      }
    for (let n = size; n < sums; n++)
      F[values + n] += MOMENTUM * (vector[n] - F[values + n]);
  }

  /** Read what the last run found. */
  function read() {
    const vector = F.slice(found, found + total);
    const ends = SUMS.map((sum, n) => [sum, vector[sums + n]]);
    return { vector, sums: Object.fromEntries(ends) };
  }

  const places = { values, size, bytes: 4 * top };
  return { F, parameters, image, query, rigs, run, update, read, ...places };
}

/** Take the brightest channel of each pixel. */
function brightest(images) {
  const area = 64 * 64;
  const found = new Uint8Array(images.length / COLORS);
  for (let n = 0; n < found.length; n++) {
    const at = n + 2 * area * Math.floor(n / area);
    found[n] = Math.max(images[at], images[at + area], images[at + 2 * area]);
  }
  return found;
}

/** Average the colors of the pixels in each cell, 0 to 1. */
function cellColors(images, scenes, side) {
  const size = 64 / side;
  const found = new Float32Array(COLORS * scenes * side ** 2);
  for (let n = 0; n < images.length; n++) {
    if (!images[n]) continue;
    const [map, place] = [n >> 12, n & 4095];
    const [row, column] = [place >> 6, place & 63];
    const cell = Math.floor(row / size) * side + Math.floor(column / size);
    found[map * side ** 2 + cell] += images[n] / 255 / size ** 2;
  }
  return found;
}

/** Name the symbol in whose box a cell's center is: the nearest, or -1. */
function on(corners, scene, [row, column], side) {
  const [y, x] = [row, column].map((k) => ((k + 0.5) * 64) / side - 14);
  let [best, found] = [Infinity, -1];
  for (let color = 0; color < COLORS; color++) {
    const at = 2 * (COLORS * scene + color);
    const [down, right] = [y - corners[at], x - corners[at + 1]];
    const far = down ** 2 + right ** 2;
    if (far >= best) continue;
    best = far;
    const inside = Math.max(Math.abs(down), Math.abs(right)) <= 14;
    found = inside ? color : -1;
  }
  return found;
}
