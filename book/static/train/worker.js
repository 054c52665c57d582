// What a worker does: its part of each batch. Workers add up what they found,
// so that all make the same update. The page hears how it went.

import { open, trainer } from "./gpu.js";
import { each } from "./kernels.js";
import { build, EPSILON } from "./network.js";
import { adder } from "./parts.js";
import { configOf } from "./recipe.js";
import { batch, generator } from "./stream.js";

let given; // what the page said at the start
let [net, config, add, card, next] = [];
const TEST = -1; // a seed of its own, so that tests meet no scene of training

const acts = {
  async start(asked) {
    given = asked;
    config = configOf(asked.choice);
    add = adder(asked.ports);
    const [from, to] = asked.part;
    const rigs = [
      [to - from, config.queries],
      [1, 1],
    ];
    net = build(config, rigs, generator(asked.choice.seed, 0));
    if (asked.card)
      card = await trainer(await open(), net, config, config.scenes);
    return { bytes: net.bytes, looks: await look() };
  },

  /** Take the drawings: those to learn from, and those to be tested on. */
  receive(drawings) {
    Object.assign(given, drawings);
  },

  /** Make a step, and look with what was learned. */
  async step({ step, rate }) {
    const batch = next ?? draw(step);
    next = null;
    const learn = card ? onCard : onCore;
    const scores = await learn(batch, step, rate);
    return { scores, looks: await look() };
  },

  /** Answer scenes of drawings that training has not seen. */
  async test({ rounds }) {
    const { part, unseen } = given;
    const plain = { ...config, augment: false, shuffled: false };
    const share = (part[1] - part[0]) / config.scenes / rounds;
    let right = 0;
    for (let n = 0; n < rounds; n++) {
      const scenes = batch(unseen, plain, TEST, n, part);
      const { vector } = await net.run(net.rigs[0], scenes);
      right += share * vector.at(-3); // after the loss, before hits and purity
    }
    return { right };
  },

  /** Describe the network for the live demo, as book/tools/export.py does. */
  take() {
    const { values, image, query, last } = net;
    const numbers = [...values];
    const root = config.root ? 1 : Math.sqrt(config.channels.at(-1));
    const layers = (encoder, factor) =>
      encoder.map(({ inputs, outputs, kernel, stride, relu, ...layer }, l) => {
        const times = l === encoder.length - 1 ? factor : 1;
        const norm = numbers.length;
        const { filter: weights, scale, shift, means, variances } = layer;
        const scales = each(outputs, (o) => {
          const spread = Math.sqrt(values[variances + o] + EPSILON);
          return values[scale + o] / spread;
        });
        const shifts = each(
          outputs,
          (o) => values[shift + o] - scales[o] * values[means + o],
        );
        numbers.push(...[...scales, ...shifts].map((x) => x * times));
        return { inputs, outputs, kernel, stride, relu, weights, norm };
      });
    const taken = {
      ...{ brightness: config.gray, pooling: config.pooling },
      ...{ image: layers(image, 1), query: layers(query, root) },
    };
    return { ...last, ...taken, size: numbers.length, numbers };
  },
};

/** Learn from this worker's part of a batch; return the scores of all. */
async function onCore(batch, step, rate) {
  const share = (given.part[1] - given.part[0]) / config.scenes;
  const found = await net.run(net.rigs[0], batch, { share, add });
  const vector = await add(found.vector);
  net.update(vector, step, rate);
  return vector.slice(-4);
}

/** Let the graphics card learn from a batch; meanwhile, draw the next. */
async function onCard(batch, step, rate) {
  const learned = card(batch, step, rate);
  next = draw(step + 1);
  return learned.catch(() => {
    throw new Error("the graphics card has stopped: train on the processor");
  });
}

/** Draw this worker's part of a step's scenes. */
function draw(step) {
  const { drawings, choice, part } = given;
  return batch(drawings, config, choice.seed, step, part);
}

/** Look at this worker's part of the scenes that are shown. */
async function look() {
  const looks = [];
  for (const scene of given.shown) {
    const { weights, logits } = await net.run(net.rigs[1], scene);
    looks.push({ weights, logits });
  }
  return looks;
}

async function reply({ act, turn, ...rest }) {
  try {
    self.postMessage({ turn, ...(await acts[act](rest)) });
    if (act === "step") next ??= draw(rest.step + 1); // while the page is busy
  } catch (wrong) {
    self.postMessage({ turn, wrong: wrong.message });
  }
}

let last = Promise.resolve(); // one after another, as a step can wait
self.onmessage = ({ data }) => {
  last = last.then(() => reply(data));
};
