// What a worker does: its part of each batch. The page adds the parts up, and
// sends the sum back, so that all workers make the same update.

import { build } from "./network.js";
import { configOf } from "./recipe.js";
import { batch, generator } from "./stream.js";

let given; // what the page said at the start
let [net, config] = [];
const TEST = -1; // a seed of its own, so that tests meet no scene of training

const acts = {
  start(asked) {
    given = asked;
    config = configOf(asked.choice);
    const [from, to] = asked.part;
    const rigs = [[to - from, config.queries]];
    if (asked.shown) rigs.push([asked.shown.targets.length, 1]);
    net = build(config, rigs, generator(asked.choice.seed, 0));
    return { bytes: net.bytes, ...look() };
  },

  /** Update with a step's sum. */
  settle({ step, vector, rate }) {
    if (vector) net.update(vector, step, rate);
  },

  /** Update with the last step's sum, and find this one's part of the next. */
  step({ step, vector, rate }) {
    acts.settle({ step, vector, rate });
    const { drawings, choice, part } = given;
    const scenes = batch(drawings, config, choice.seed, step + 1, part);
    net.run(net.rigs[0], scenes, true, (part[1] - part[0]) / config.scenes);
    return { vector: net.read().vector, ...look() };
  },

  /** Answer scenes of drawings that training has not seen. */
  test({ rounds }) {
    const { part, unseen } = given;
    const plain = { ...config, augment: false, shuffled: false };
    const share = (part[1] - part[0]) / config.scenes / rounds;
    let right = 0;
    for (let n = 0; n < rounds; n++) {
      const scenes = batch(unseen, plain, TEST, n, part);
      right += share * net.run(net.rigs[0], scenes).sums.right;
    }
    return { right };
  },

  /** Describe the network for the live demo, as book/tools/export.py does. */
  take() {
    const { parameters, values, F, size } = net;
    const numbers = [...F.subarray(values, values + size)];
    const root = config.root ? 1 : Math.sqrt(config.channels.at(-1));
    const layers = (encoder, factor) =>
      encoder.map(({ inputs, outputs, kernel, stride, relu, ...layer }, l) => {
        const last = l === encoder.length - 1 ? factor : 1;
        const norm = numbers.length;
        const seen = values + layer.statistics;
        const at = Array.from({ length: outputs }, (_, o) => o);
        const scales = at.map((o) => {
          const spread = Math.sqrt(F[seen + outputs + o] + 1e-5);
          return F[values + layer.scale.at + o] / spread;
        });
        const shifts = at.map(
          (o) => F[values + layer.shift.at + o] - scales[o] * F[seen + o],
        );
        numbers.push(...[...scales, ...shifts].map((x) => x * last));
        const weights = layer.filter.at;
        return { inputs, outputs, kernel, stride, relu, weights, norm };
      });
    const taken = {
      ...{ mean: 0.1307, std: 0.3081, brightness: config.colors === 1 },
      image: layers(net.image, 1),
      query: layers(net.query, root),
      pooling: config.center ? "center" : "mean",
      readout: config.mean ? "image_mean" : "image_sum",
      head: parameters.find(({ name }) => name === "head.weight").at,
    };
    return { ...taken, size: numbers.length, numbers };
  },
};

/** Show where it looks in the scenes that are shown, if this is asked of it. */
function look() {
  if (!given.shown) return {};
  const { weights, logits } = net.run(net.rigs[1], given.shown);
  return { weights, logits };
}

self.onmessage = ({ data: { act, turn, ...rest } }) => {
  try {
    self.postMessage({ turn, ...acts[act](rest) });
  } catch (wrong) {
    self.postMessage({ turn, wrong: `${wrong}` });
  }
};
