// What a worker does: its part of each batch. The page adds the parts up, and
// sends the sum back, so that all workers make the same update.

import { each } from "./kernels.js";
import { build, EPSILON } from "./network.js";
import { adder, finish } from "./parts.js";
import { configOf } from "./recipe.js";
import { batch, generator } from "./stream.js";

let given; // what the page said at the start
let [net, config, add] = [];
const TEST = -1; // a seed of its own, so that tests meet no scene of training

const acts = {
  async start(asked) {
    given = asked;
    config = configOf(asked.choice);
    add = adder(asked.ports);
    const [from, to] = asked.part;
    const rigs = [[to - from, config.queries]];
    if (asked.shown) rigs.push([asked.shown.targets.length, 1]);
    net = build(config, rigs, generator(asked.choice.seed, 0));
    return { bytes: net.bytes, ...(await look()) };
  },

  /** Update with a step's sum. */
  settle({ step, vector, rate }) {
    if (vector) net.update(vector, step, rate);
  },

  /** Update with the last step's sum, and find this one's part of the next. */
  async step({ step, vector, rate }) {
    acts.settle({ step, vector, rate });
    const { drawings, choice, part } = given;
    const scenes = batch(drawings, config, choice.seed, step + 1, part);
    const share = (part[1] - part[0]) / config.scenes;
    const found = await finish(net.run(net.rigs[0], scenes, true, share), add);
    return { vector: found.vector, ...(await look()) };
  },

  /** Answer scenes of drawings that training has not seen. */
  async test({ rounds }) {
    const { part, unseen } = given;
    const plain = { ...config, augment: false, shuffled: false };
    const share = (part[1] - part[0]) / config.scenes / rounds;
    let right = 0;
    for (let n = 0; n < rounds; n++) {
      const scenes = batch(unseen, plain, TEST, n, part);
      const { vector } = await finish(net.run(net.rigs[0], scenes));
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

/** Show where it looks in the scenes that are shown, if this is asked of it. */
async function look() {
  if (!given.shown) return {};
  const running = net.run(net.rigs[1], given.shown);
  const { weights, logits } = await finish(running);
  return { weights, logits };
}

async function reply({ act, turn, ...rest }) {
  try {
    self.postMessage({ turn, ...(await acts[act](rest)) });
  } catch (wrong) {
    self.postMessage({ turn, wrong: `${wrong}` });
  }
}

let last = Promise.resolve(); // one after another, as a step can wait
self.onmessage = ({ data }) => {
  last = last.then(() => reply(data));
};
