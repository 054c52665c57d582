// Training on the graphics card, with WebGPU. Of a step, the scores come back,
// and what was learned.

import { CANVAS, nearest, SIDE } from "../demo/scene.js";
import { each } from "./kernels.js";
import { BETAS, EPSILON, MOMENTUM } from "./network.js";
import { FIELDS, PARTS, shader, WIDE } from "./shaders.js";

const PIXELS = CANVAS ** 2;
const PART = 256; // bytes from one part of the uniform buffer to the next,
const NOW = 32; // and those that a kernel reads
const MATRIX = 16; // numbers

/** Say where everything is, for batches of so many scenes.
 *
 * `places` are those of all matrices' numbers among net.values, 0 for what isn't
 * there. `kinds` are those of columns: 0 stays, 1 learns, 2 is of running
 * statistics. Each encoder has its `layers`, and there are `top` vectors of maps.
 */
function arrange(net, config, scenes) {
  const questions = scenes * config.queries;
  const blocks = (channels) => Math.ceil(channels / 4);
  const [places, kinds] = [[], []];
  /** Add matrices: their numbers' places, and the kinds of halves of columns. */
  const add = (matrices, placeOf, kind, other = kind) => {
    for (let n = 0; n < 4 * matrices; n++) {
      places.push(...each(4, (row) => placeOf(n >> 2, n & 3, row) || 0));
      kinds.push((n & 3) < 2 ? kind : other);
    }
    return places.length / MATRIX - matrices; // where they begin
  };
  let top = 0;
  const take = (n) => {
    top += n;
    return top - n;
  };
  const shared = config.shared && config.frozen.length < 2;
  const filters = {}; // where they begin
  const towers = [net.image, net.query].map((encoder, tower) => {
    let side = tower ? SIDE : CANVAS;
    const count = tower ? questions : scenes;
    const pixels = { outputs: 1, side, count, y: take(count * side ** 2) };
    const layers = encoder.map((layer) => {
      const { inputs, filter, fan, kernel } = layer;
      const [outputs, under] = [layer.outputs, inputs].map(blocks);
      const square = kernel ** 2;
      const learns = Number(layer.kind === "learns");
      const weight = (n, column, row) => {
        const block = Math.floor(n / square);
        const i = 4 * (block % under) + column;
        const o = 4 * Math.floor(block / under) + row;
        if (i >= inputs || o >= layer.outputs) return 0;
        return filter + o * fan + i * square + (n % square);
      };
      const starts = [layer.scale, layer.shift, layer.means, layer.variances];
      const number = (n, column, row) =>
        4 * n + row < layer.outputs && starts[column] + 4 * n + row;
      const matrices = outputs * under * square;
      filters[filter] ??= add(matrices, weight, shared ? 1 : learns);
      side = Math.ceil(side / layer.stride);
      const [y, z, dy] = each(3, () => take(outputs * count * side ** 2));
      return {
        ...{ ...layer, outputs, side, count, learns, y, z, dy },
        ...{ filters: filters[filter], norm: add(outputs, number, learns, 2) },
        sums: take(2 * outputs * count),
      };
    });
    return [pixels, ...layers];
  });
  const { head, mean, std, readout } = net.last;
  const log = readout === "image_log";
  const answer = (_, column, row) =>
    row < 3 && head + (column < 3 ? 3 * row + column : 9 + row);
  const { outputs: dim, side } = towers[0].at(-1);
  const cells = side ** 2;
  const starts = [0, 3 * PIXELS * scenes]; // in bytes: images, queries, targets
  starts.push(starts[1] + SIDE ** 2 * questions);
  const constants = {
    ...{ HEAD: add(1, answer, log ? 0 : 1), COUNT: places.length / MATRIX },
    ...{ WIDE, PARTS, CANVAS, AREA: PIXELS, DIM: dim, CELLS: cells },
    ...{ ASKED: questions, QUERIES: `${config.queries}u` },
    ...{ QUERIES_AT: starts[1], TARGETS_AT: starts[2] / 4 },
    ...{ VECTORS: take(questions * dim), STEER: take(questions * cells) },
    ...{ CENTER: config.pooling === "center", GRAY: config.gray, LOG: log },
    ROOT: config.root ? Math.sqrt(config.channels.at(-1)) : 1,
    SHARE: readout === "image_mean" ? 1 / cells : 1,
    ...{ MEAN: mean, STD: std, MOMENTUM, EPSILON },
    ...{ FIRST: BETAS[0], SECOND: BETAS[1] },
  };
  return { questions, places, kinds, towers, top, starts, constants, side };
}

/** List what a step does: kernels, each with its level, and of how many blocks,
 * images and towers its workgroups are. */
function schedule({ towers, questions, kinds }) {
  const depth = towers[0].length - 1;
  const most = (n) => Math.max(...towers.map((layers) => layers[n].outputs));
  const map = (name, n, width = n) => [name, n, most(width), questions, 2];
  const levels = each(depth, (n) => n + 1);
  const ahead = (n) => [map("convolve", n), map("normalize", n)];
  const back = (n) => [
    ...[map("unnormalize", n), ["correlate", n, most(n), PARTS, 2]],
    ...(n > 1 ? [map("back", n, n - 1)] : []),
  ];
  return [
    ...[map("enter", 1, 0), ...levels.flatMap(ahead)],
    ...[["attend", depth, questions], map("turn", depth)],
    ...levels.reverse().flatMap(back),
    ["update", 1, Math.ceil(kinds.length / WIDE)],
  ];
}

/** Return a device to train on. Throws an Error where there is none. */
export async function open() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("this browser can’t use the graphics card");
  return adapter.requestDevice();
}

/** Train a network of network.js on a device, with so many scenes a step. */
export async function trainer(device, net, config, scenes) {
  const its = arrange(net, config, scenes);
  const { questions, places, kinds, towers, starts } = its;
  const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const write = (...given) => device.queue.writeBuffer(...given);
  const room = (size, usage = STORAGE | COPY_SRC) =>
    device.createBuffer({ size, usage: usage | COPY_DST });
  const filled = (numbers) => {
    const buffer = room(numbers.byteLength);
    write(buffer, 0, numbers);
    return buffer;
  };
  const depth = towers[0].length - 1;
  const layers = each(2 * depth + 2, (n) => towers[n % 2][n >> 1]);
  const fields = layers.flatMap((its) => FIELDS.map((name) => its[name] ?? 0));
  const now = room(PART * (depth + 1), UNIFORM); // level 1 has the update's
  for (let n = 0; n <= depth; n++) write(now, PART * n, Uint32Array.of(n));
  const bytes = room(starts[2] + 4 * questions);
  const values = filled(Float32Array.from(places, (at) => net.values[at]));
  const answers = room(4 * MATRIX * questions);
  const [found, moments] = [2 * PARTS, 2].map((n) => room(n * values.size));
  const read = [fields, kinds].map((list) => filled(Uint32Array.from(list)));
  const maps = room(16 * its.top);
  const buffers = [now, ...read, bytes, values, found, moments, answers, maps];
  const entries = buffers.map((buffer, binding) => ({
    ...{ binding, visibility: GPUShaderStage.COMPUTE },
    resource: { buffer, size: binding ? buffer.size : NOW },
    buffer: binding
      ? { type: binding < 4 ? "read-only-storage" : "storage" }
      : { type: "uniform", hasDynamicOffset: true },
  }));
  const layout = device.createBindGroupLayout({ entries });
  const group = device.createBindGroup({ layout, entries });
  const bindGroupLayouts = [layout];
  const whole = device.createPipelineLayout({ bindGroupLayouts });
  const module = device.createShaderModule({ code: shader(its.constants) });
  const plan = schedule(its);
  const names = [...new Set(plan.map(([name]) => name))];
  const made = names.map((entryPoint) =>
    device.createComputePipelineAsync({
      ...{ layout: whole, compute: { module, entryPoint } },
    }),
  );
  const pipelines = new Map(
    (await Promise.all(made)).map((pipeline, n) => [names[n], pipeline]),
  );
  const seen = room(answers.size + values.size, MAP_READ);

  /** Make a step; give net.values what was learned, and return the scores. */
  return async function step({ images, queries, symbols, ...batch }, n, rate) {
    const targets = Uint32Array.from(batch.targets);
    const [fast, slow] = BETAS.map((kept) => 1 - kept ** n);
    write(now, PART + 4, Float32Array.of(rate, config.decay, fast, slow));
    for (const [k, part] of [images, queries, targets].entries())
      write(bytes, starts[k], part);
    const commands = device.createCommandEncoder();
    const pass = commands.beginComputePass();
    for (const [name, level, ...groups] of plan) {
      pass.setPipeline(pipelines.get(name));
      pass.setBindGroup(0, group, [PART * level]);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
    commands.copyBufferToBuffer(answers, 0, seen, 0, answers.size);
    commands.copyBufferToBuffer(values, 0, seen, answers.size, values.size);
    device.queue.submit([commands.finish()]);
    await seen.mapAsync(GPUMapMode.READ);
    const numbers = new Float32Array(seen.getMappedRange().slice(0));
    seen.unmap();
    const learned = numbers.subarray(MATRIX * questions);
    for (const [k, place] of places.entries())
      if (place) net.values[place] = learned[k];
    const scores = [0, 0, 0, 0]; // loss, right, hit, purity
    for (const [q, target] of targets.entries()) {
      const [loss, right, peak, purity] = numbers.subarray(MATRIX * q);
      const scene = { symbols: symbols[Math.floor(q / config.queries)] };
      const hit = nearest(scene, peak, its.side) === target;
      for (const [k, score] of [loss, right, hit, purity].entries())
        scores[k] += score / questions;
    }
    return scores;
  };
}
