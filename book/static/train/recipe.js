// What the page can train: the two networks of the course, their recipes, and
// what a reader may change in them. The state is a link's last part.

// Pixels are from 0 to 1, less a `mean`, over an `std`. A `gray` network sees
// each pixel's brightness instead of three colors. Filters may be `shared` by
// both encoders. The `head` is what it begins as; where the logarithm of the ink
// is read, it stays so. `decay` is that of weights.
const NETS = {
  ours: {
    channels: [16, 16, 16, 16, 16],
    kernels: [7, 3, 3, 3, 3],
    strides: { 16: [4, 1, 1, 1, 1], 8: [4, 2, 1, 1, 1] },
    ...{ mean: 0, std: 1, gray: true },
    ...{ shared: true, lastRelu: false },
    ...{ readout: "image_log", head: { diagonal: 1, rest: 0 } },
    ...{ scenes: 21, queries: 3, augment: true, decay: 0.01, steps: 474 },
  },
  post: {
    channels: [8, 16, 32],
    kernels: [5, 3, 3],
    strides: { 16: [2, 2, 1], 8: [2, 2, 2] },
    ...{ mean: 0.1307, std: 0.3081, gray: false },
    ...{ shared: false, lastRelu: true },
    ...{ readout: "image_mean", head: { diagonal: 50, rest: -10 } },
    ...{ scenes: 128, queries: 1, augment: false, decay: 0, steps: 23_700 },
  },
};
const USUAL = {
  ours: { pooling: "center", grid: 16, rate: 0.01 },
  post: { pooling: "mean", grid: 8, rate: 0.001 },
};

/** Return everything that a choice leaves open. */
export function complete(choice) {
  const net = choice.net ?? "ours";
  return { seed: 1, breaks: "nothing", ...USUAL[net], ...choice, net };
}

const FROZEN = { image: ["image"], query: ["query"], both: ["image", "query"] };

/** Return what a network is built and trained with: what NETS has, and also
 * `pooling` ("center" or "mean"), `root` (whether scores are divided by it),
 * `frozen` (the encoders that learn nothing), and `shuffled` (targets). */
export function configOf(choice) {
  const { net, pooling, grid, breaks } = complete(choice);
  const [strides, frozen] = [NETS[net].strides[grid], FROZEN[breaks] ?? []];
  const root = breaks !== "root";
  const shuffled = breaks === "colors";
  return { ...NETS[net], strides, pooling, root, frozen, shuffled };
}

/** Return the learning rate of a step, as the course does. */
export function rateOf(choice, step) {
  const { net, rate } = complete(choice);
  const { steps } = NETS[net];
  if (net === "post") return rate; // is constant
  const turn = 0.3 * steps;
  const rising = step < turn;
  const share = rising ? 1 - step / turn : (step - turn) / (steps - turn);
  const low = rising ? 1 / 25 : 0;
  const height = (1 + Math.cos(Math.PI * Math.min(share, 1))) / 2;
  return rate * (low + (1 - low) * height);
}
