// Training, all of it: forward, loss, every gradient, and Adam, as PyTorch has
// them, but for the biases of convolutions, which the norms take away again.
//
// All maps of an encoder are stored on the grid of its last one. A map whose
// side is f times as long has f by f phases a channel, each with every f-th
// pixel of every f-th row. A phase is one long row, image after image, with a
// column and a row of zeros between them, so that a convolution of any stride
// is a sum of shifted rows. A norm is one too, of rows that aren't shifted: its
// constant is the weight of the mask, which is 1 where pixels are, 0 elsewhere.

import * as demo from "../demo/engine.js";
import { CANVAS, nearest, SIDE } from "../demo/scene.js";
import { each, instantiate } from "./kernels.js";

export const EPSILON = 1e-5; // of batch norm, as in PyTorch; so is
export const MOMENTUM = 0.1; // the share of a batch in the running statistics
export const BETAS = [0.9, 0.999]; // of Adam: shares of moments that are kept
const BLOCK = 1024; // places at a time, which stay in the cache
const up = (n, to) => Math.ceil(n / to) * to;
const cut = (list, n, size) => list.subarray(n * size, (n + 1) * size);
/** Divide whole numbers: the quotient, rounded down, and the rest. */
const divide = (n, by) => [Math.floor(n / by), n - by * Math.floor(n / by)];

/** Build a network, and room for batches of so many scenes and queries each.
 *
 * `config` is what `configOf` returns: recipe.js says what is in it.
 * Parameters are drawn by `random()`, 0 to 1, as PyTorch draws them.
 */
export function build(config, batches, random) {
  const { channels, shared, frozen, gray, mean, std, readout } = config;
  const log = readout === "image_log"; // these are logits: no head learns
  const dim = channels.at(-1);
  const root = config.root ? Math.sqrt(dim) : 1;
  // Of each number: its first value, its kind. One is 0, for what isn't there.
  const [start, kinds] = [[0], ["still"]];
  const numbers = (kind, count, draw) => {
    start.push(...each(count, draw));
    kinds.push(...each(count, () => kind));
    return start.length - count;
  };
  const encoder = (name, colors, other) =>
    channels.map((outputs, l) => {
      const [inputs, kernel] = [channels[l - 1] ?? colors, config.kernels[l]];
      const fan = inputs * kernel ** 2;
      const kind = frozen.includes(name) ? "still" : "learns";
      const both = shared && frozen.length < 2 ? "learns" : kind;
      const draw = () => (2 * random() - 1) / Math.sqrt(fan);
      return {
        ...{ kind, inputs, outputs, kernel, fan, stride: config.strides[l] },
        relu: config.lastRelu || l < channels.length - 1,
        filter: other?.[l].filter ?? numbers(both, outputs * fan, draw),
        scale: numbers(kind, outputs, () => 1),
        shift: numbers(kind, outputs, () => 0),
        means: numbers("running", outputs, () => 0),
        variances: numbers("running", outputs, () => 1),
      };
    });
  const image = encoder("image", gray ? 1 : 3);
  const query = encoder("query", 1, shared ? image : null);
  const { diagonal, rest } = config.head;
  const first = (n) => (n % 4 ? rest : diagonal); // 3 by 3; then 3 biases
  const kind = log ? "still" : "learns";
  const head = numbers(kind, 12, (n) => (n < 9 ? first(n) : 0));
  const values = Float32Array.from(start);
  const [moments, squares] = [0, 0].map(() => new Float32Array(start.length));
  // What a step finds: gradients, statistics; loss, right, hit, and purity.
  const found = new Float32Array(start.length + 4);
  const last = { numbers: values, head, mean, std, readout };

  const memory = new WebAssembly.Memory({ initial: 1 });
  let top = 16; // numbers of memory that are taken
  const take = (n) => {
    top += up(n, 8);
    while (memory.buffer.byteLength < 4 * top) memory.grow(16);
    return top - up(n, 8);
  };
  const rigs = batches.map(([scenes, queries]) => ({
    queries, // of each scene
    image: tower(image, scenes, CANVAS),
    query: tower(query, scenes * queries, SIDE),
  }));
  const F = new Float32Array(memory.buffer);
  const kernels = instantiate(memory);

  /** Plan an encoder for so many images: its maps, and how to fill them. */
  function tower(encoder, count, pixels) {
    const factor = encoder.reduce((all, { stride }) => all * stride, 1);
    const width = Math.ceil(pixels / factor) + 1;
    const area = width ** 2; // from one image to the next
    const length = up(count * area, 8);
    const guard = up(width + 1, 8); // zeros before a row and after it
    const row = length + 2 * guard;
    const locate = (y, x, factor) => {
      const [[down, a], [right, b]] = [y, x].map((n) => divide(n, factor));
      return [a * factor + b, down * width + right]; // phase, place in its row
    };
    const maps = (channels, side, factor, kinds) => {
      const skip = factor ** 2 * row; // from one channel to the next
      const grid = each(side ** 2, (pixel) => {
        const [phase, place] = locate(...divide(pixel, side), factor);
        return phase * row + place;
      });
      const room = (channels) => take(channels * skip) + guard;
      const [y, z, dy] = each(kinds, () => room(up(channels, 4)));
      const mask = room(1);
      const pixels = new Float32Array(memory.buffer, 4 * mask, skip);
      for (let n = 0; n < count; n++)
        for (const place of grid) pixels[n * area + place] = 1;
      const of = (channel) => grid.map((place) => channel * skip + place);
      const places = each(channels, of).flat();
      const sizes = { count, area, side, factor, cells: grid.length };
      return { y, z, dy, mask, skip, places, ...sizes };
    };
    // A plan fills four channels of a phase with sums of other rows, or adds up
    // products with them; where its gate isn't above 0, they are 0. A tap is the
    // place of a row, the place of its weight among numbers, by channel, and the
    // step to its row for the next channel. A table has four numbers a tap.
    const plans = (channels, phases, { to, gate, gates, ...rows }) =>
      phases.flatMap((taps, phase) =>
        each(Math.ceil(channels / 4), (block) => {
          const first = 4 * block;
          const on = (at, step) => at + phase * row + first * step;
          const count = up(taps.length, 2); // the last may have no weight
          const [at, table] = [take(count), take(4 * count)];
          const placeOf = ([at, , step = 0]) => 4 * (at + first * step);
          new Int32Array(memory.buffer).set(taps.map(placeOf), at);
          const weights = each(4 * count, (k) => {
            const channel = first + (k & 3);
            return (channel < channels && taps[k >> 2]?.[1](channel)) || 0;
          });
          const ends = { to: on(to, rows.skip), gate: on(gate, gates), gates };
          return { ...rows, ...ends, at, count, table, weights };
        }),
      );
    const input = maps(encoder[0].inputs, pixels, factor, 1);
    let below = input;
    const layers = encoder.map((layer, l) => {
      const { inputs, outputs, kernel, stride, fan, filter } = layer;
      const side = Math.ceil(below.side / stride);
      const its = maps(outputs, side, below.factor / stride, 3);
      const { y, z, dy, mask: gate, skip, factor } = its;
      const [half, square] = [kernel >> 1, kernel ** 2];
      const phases = (factor) => each(factor ** 2, () => []);
      const [ahead, back] = [factor, below.factor].map(phases); // lists of taps
      for (const [phase, taps] of ahead.entries())
        for (let k = 0; k < square; k++) {
          const [[a, b], [c, d]] = [divide(phase, factor), divide(k, kernel)];
          const [down, right] = [stride * a + c - half, stride * b + d - half];
          const [source, shift] = locate(down, right, below.factor);
          const weight = (o, i) => filter + o * fan + i * square + k;
          const there = below.y + source * row + shift;
          for (let i = 0; i < inputs; i++)
            taps.push([there + i * below.skip, (o) => weight(o, i)]);
          const here = z + phase * row - shift;
          for (let o = 0; o < outputs; o++)
            back[source].push([here + o * skip, (i) => weight(o, i)]);
        }
      const rows = { skip, gate, gates: 0, length };
      // A channel's numbers: a weight of each map given, and of the mask.
      const norm = (to, given, floor) => {
        const numbers = given.length + 1;
        const own = (at, n) =>
          each(4, (j) => {
            const weight = (o) => o % 4 === j && 1 + o * numbers + n;
            return [at + j * skip, weight, skip];
          });
        const taps = [...given.flatMap(own), [gate, (o) => (o + 1) * numbers]];
        const long = { ...rows, length: skip - 2 * guard }; // all phases
        return plans(outputs, [taps], { ...long, to, floor });
      };
      const under = { skip: below.skip, gate: below.y, gates: below.skip };
      below = {
        ...{ ...layer, ...its, many: count * its.cells },
        ahead: plans(outputs, ahead, { ...rows, to: z }),
        back: plans(l && inputs, back, { ...under, length, to: below.dy }),
        normAhead: norm(y, [z], layer.relu ? 0 : -Infinity),
        normBack: norm(z, [z, dy]),
      };
      return below;
    });
    return { ...below, input, layers };
  }

  /** Call a kernel for all of a plan, some places at a time. */
  function sweep(kernel, { to, table, floor = -Infinity, ...plan }) {
    const { skip, at, count, length, gate, gates } = plan;
    for (let p = 0; p < length; p += BLOCK) {
      const many = Math.min(BLOCK, length - p);
      const ends = [to + p, table, skip, p, at, count, many, gate + p, gates];
      kernel(...ends.map((n) => 4 * n), floor);
    }
  }

  /** Fill channels with rows times weights, which are among some numbers. */
  function multiply(plans, numbers = values) {
    for (const plan of plans) {
      const { table, weights } = plan;
      for (let k = 0; k < weights.length; k++)
        F[table + k] = numbers[weights[k]];
      sweep(kernels.multiply, plan);
    }
  }

  /** Sum the products of channels and rows: the table then has the sums. */
  function correlate(plan) {
    F.fill(0, plan.table, plan.table + 4 * plan.count);
    sweep(kernels.correlate, plan);
  }

  /** Put pixels, 0 to 255, where the first convolution reads them. */
  function enter({ y, places, area }, n, bytes) {
    for (let k = 0; k < places.length; k++)
      F[y + n * area + places[k]] = (bytes[k] / 255 - mean) / std;
  }

  /** Sum each channel's products with what its norm was given, and itself. */
  function totals(rows, { normAhead, skip }) {
    const sums = normAhead.flatMap((plan, block) => {
      const { table } = plan;
      correlate({ ...plan, to: rows + 4 * block * skip });
      return each(4, (j) => [F[table + 5 * j], F[table + 16 + j]]).flat();
    });
    return Float64Array.from(sums);
  }

  /** Run an encoder; in training, norms use the whole batch's statistics. */
  async function encode({ layers }, training) {
    for (const layer of layers) {
      const { outputs, means, variances } = layer;
      multiply(layer.ahead);
      const sums = training && (await training.add(totals(layer.z, layer)));
      layer.stats = each(outputs, (o) => {
        let [mean, variance] = [means, variances].map((at) => values[at + o]);
        if (training) {
          const { share } = training;
          const many = layer.many / share;
          mean = sums[2 * o + 1] / many;
          variance = sums[2 * o] / many - mean ** 2;
          found[means + o] = mean * share;
          found[variances + o] = (share * variance * many) / (many - 1);
        }
        const inverse = 1 / Math.sqrt(variance + EPSILON);
        const slope = values[layer.scale + o] * inverse;
        const weights = [slope, values[layer.shift + o] - mean * slope];
        return { mean, inverse, slope, weights };
      });
      const weights = layer.stats.flatMap((its) => its.weights);
      multiply(layer.normAhead, [0, ...weights]);
    }
  }

  /** Add an encoder's gradients, from those of its output. */
  async function back({ layers }, { share, add }) {
    for (const layer of [...layers].reverse()) {
      const many = layer.many / share;
      const sums = await add(totals(layer.dy, layer));
      const weights = layer.stats.flatMap(({ mean, inverse, slope }, o) => {
        const [all, sum] = sums.subarray(2 * o);
        const product = (all - mean * sum) * inverse;
        found[layer.scale + o] += share * product;
        found[layer.shift + o] += share * sum;
        const tilt = (slope * inverse * product) / many;
        return [-tilt, slope, tilt * mean - (slope * sum) / many];
      });
      multiply(layer.normBack, [0, ...weights]); // z is now its own gradient
      for (const plan of layer.ahead) {
        correlate(plan);
        for (const [n, weight] of plan.weights.entries())
          found[weight] += F[plan.table + n];
      }
      multiply(layer.back);
    }
  }

  /** Copy a map of an encoder's output: channel by channel, row by row. */
  function copy({ y, places, area }, n) {
    const map = new Float32Array(places.length);
    for (let k = 0; k < map.length; k++) map[k] = F[y + n * area + places[k]];
    return map;
  }

  /** Put the gradient of such a map where `back` begins. */
  function put({ y, dy, relu, places, area }, n, gradientOf) {
    for (let k = 0; k < places.length; k++) {
      const at = n * area + places[k];
      F[dy + at] = relu && F[y + at] <= 0 ? 0 : gradientOf(k);
    }
  }

  /** Run a batch forward; in training, given as { share, add }, backward too.
   *
   * A batch has `images` (scenes of 3 by 64 by 64 bytes), `queries` (28 by 28
   * bytes), `targets` and, of each scene, where its `symbols` are, by color.
   * It is a `share` of the whole batch; `add` adds up the sums of all shares.
   */
  async function run({ image, query, queries }, batch, training = null) {
    found.fill(0);
    const pixelsOf = (n) => cut(batch.images, n, 3 * CANVAS ** 2);
    for (let n = 0; n < image.count; n++)
      enter(image.input, n, gray ? demo.brightest(pixelsOf(n)) : pixelsOf(n));
    for (let n = 0; n < query.count; n++)
      enter(query.input, n, cut(batch.queries, n, SIDE ** 2));
    const towers = [image, query];
    await Promise.all(towers.map((its) => encode(its, training)));
    const { cells } = image;
    const [weights, logits] = [new Float32Array(query.count * cells), []];
    const part = (training?.share ?? 1) / query.count;
    const shares = demo.sharesOf(query.cells, config.pooling);
    for (let scene = 0; scene < image.count; scene++) {
      const colors = demo.colorsOf(pixelsOf(scene), cells);
      const keys = copy(image, scene);
      const dkeys = new Float32Array(keys.length);
      for (let q = scene * queries; q < (scene + 1) * queries; q++) {
        const vector = demo.pool(copy(query, q), shares);
        const seen = demo.attend(vector, keys, root / Math.sqrt(dim));
        const said = demo.answer(last, seen.weights, colors);
        const told = demo.softmax(said.logits);
        const target = batch.targets[q];
        weights.set(seen.weights, q * cells);
        logits.push(...said.logits);
        const ink = said.glimpse.reduce((all, color) => all + color);
        const peak = seen.scores.indexOf(seen.best);
        const symbols = batch.symbols[scene];
        const scores = [
          Math.log(told.sum) + told.best - said.logits[target],
          said.logits.indexOf(told.best) === target,
          nearest({ symbols }, peak, image.side) === target,
          said.glimpse[target] / Math.max(ink, 1e-9),
        ];
        for (const [n, score] of scores.entries())
          found[values.length + n] += part * score;
        if (!training) continue;
        const asked = { ...seen, ...said, vector, keys, dkeys, colors };
        const errors = told.weights.map((p, j) => part * (p - (j === target)));
        const dvector = learn(asked, errors);
        const area = shares.length;
        put(query, q, (k) => shares[k % area] * dvector[Math.floor(k / area)]);
      }
      if (training) put(image, scene, (k) => dkeys[k]);
    }
    const learning = towers.filter(({ kind }) => training && kind === "learns");
    await Promise.all(learning.map((its) => back(its, training)));
    return { weights, logits, vector: found.slice() };
  }

  /** Add an answer's gradients, from its `errors` by logit; return the query's. */
  function learn({ weights: map, read, vector, keys, dkeys, colors }, errors) {
    const cells = map.length;
    const gain = (readout === "image_mean" ? 1 / cells : 1) / std;
    // The slope of a logarithm is 1 over what it was of.
    const slopes = read.map((value) => (log ? Math.exp(-value) : gain));
    const dglimpse = [0, 0, 0];
    for (const [j, error] of errors.entries()) {
      found[head + 9 + j] += error;
      for (const [c, value] of read.entries()) {
        found[head + 3 * j + c] += error * value;
        dglimpse[c] += error * values[head + 3 * j + c] * slopes[c];
      }
    }
    const dmap = map.map((_, n) =>
      dglimpse.reduce((sum, d, c) => sum + d * colors[c * cells + n], 0),
    );
    const mean = map.reduce((sum, weight, n) => sum + weight * dmap[n], 0);
    const dscores = map.map((weight, n) => (weight * (dmap[n] - mean)) / root);
    return vector.map((value, d) => {
      let sum = 0;
      for (let n = 0; n < cells; n++) {
        sum += dscores[n] * keys[d * cells + n];
        dkeys[d * cells + n] += dscores[n] * value;
      }
      return sum;
    });
  }

  /** Make one update, from a step's vector of gradients and statistics. */
  function update(vector, step, rate) {
    const [one, two] = BETAS;
    const [fast, slow] = BETAS.map((kept) => 1 - kept ** step);
    for (const [n, kind] of kinds.entries()) {
      if (kind === "running") values[n] += MOMENTUM * (vector[n] - values[n]);
      if (kind !== "learns") continue;
      moments[n] = one * moments[n] + (1 - one) * vector[n];
      squares[n] = two * squares[n] + (1 - two) * vector[n] ** 2;
      const move = moments[n] / fast / (Math.sqrt(squares[n] / slow) + 1e-8);
      values[n] -= rate * (config.decay * values[n] + move);
    }
  }

  return { values, image, query, last, bytes: 4 * top, rigs, run, update };
}
