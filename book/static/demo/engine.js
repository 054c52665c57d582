// The network, from bytes to answer, in plain JavaScript. A map is a list of
// values, channel by channel and row by row; every map here is square.
// book/tools/export.py writes the numbers that it computes with.

/** Decode bytes that are written in base64. */
export const bytesOf = (text) =>
  Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** Decode numbers of half precision, from base64. */
export const decode = (text) => halves(bytesOf(text));

/** Decode numbers of half precision: 1 bit sign, 5 exponent, 10 fraction. */
export function halves(bytes) {
  return Float32Array.from(new Uint16Array(bytes.buffer), (half) => {
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    const size = exponent
      ? 2 ** (exponent - 15) * (1 + fraction / 1024)
      : 2 ** -24 * fraction;
    return half >> 15 ? -size : size;
  });
}

const sideOf = (map, channels = 1) => Math.sqrt(map.length / channels);

/** Convolve a map; then scale and shift it, and cut it off below 0. */
function convolve(map, layer, numbers) {
  const { inputs, outputs, kernel, stride, relu, weights, norm } = layer;
  const [side, pad] = [sideOf(map, inputs), kernel >> 1];
  const wide = side + 2 * pad;
  const padded = new Float32Array(inputs * wide * wide);
  for (let row = 0; row < inputs * side; row++) {
    const below = row + pad * (1 + 2 * Math.floor(row / side));
    const line = map.subarray(row * side, (row + 1) * side);
    padded.set(line, below * wide + pad);
  }
  const taps = inputs * kernel * kernel;
  const steps = Int32Array.from({ length: taps }, (_, n) => {
    const row = Math.floor(n / kernel);
    const channel = Math.floor(row / kernel);
    return (channel * wide + (row % kernel)) * wide + (n % kernel);
  });
  const rows = Math.ceil(side / stride);
  const area = rows * rows;
  const patch = new Float32Array(taps);
  const found = new Float32Array(outputs * area);
  for (let place = 0; place < area; place++) {
    const column = place % rows;
    const corner = (((place - column) / rows) * wide + column) * stride;
    for (let tap = 0; tap < taps; tap++)
      patch[tap] = padded[corner + steps[tap]];
    for (let channel = 0; channel < outputs; channel++) {
      const first = weights + channel * taps;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++)
        sum += numbers[first + tap] * patch[tap];
      const shift = numbers[norm + outputs + channel];
      const value = numbers[norm + channel] * sum + shift;
      found[channel * area + place] = relu && value < 0 ? 0 : value;
    }
  }
  return found;
}

/** Pool a map into one vector: the mean of each channel, or its center. */
function pool(map, channels, pooling) {
  const [area, side] = [map.length / channels, sideOf(map, channels)];
  const middle = (side + 1) * (side >> 1);
  return Float32Array.from({ length: channels }, (_, k) => {
    const values = map.subarray(k * area, (k + 1) * area);
    if (pooling === "center") return values[middle];
    return values.reduce((sum, value) => sum + value, 0) / area;
  });
}

/** Compare a query with the keys of a map: scores, and weights of sum 1. */
export function attend(query, keys, temperature) {
  const cells = keys.length / query.length;
  const scores = new Float32Array(cells);
  for (const [k, value] of query.entries())
    for (let n = 0; n < cells; n++) scores[n] += value * keys[k * cells + n];
  const root = Math.sqrt(query.length);
  for (let n = 0; n < cells; n++) scores[n] /= root;
  const best = Math.max(...scores);
  const powers = scores.map((score) => Math.exp((score - best) / temperature));
  const sum = powers.reduce((all, power) => all + power);
  return { scores, sum, weights: powers.map((power) => power / sum) };
}

/** Average the colors of the pixels in each cell, 0 to 1. */
function colorsOf(image, cells) {
  const area = image.length / 3;
  const [side, rows] = [Math.sqrt(area), Math.sqrt(cells)];
  const size = side / rows;
  const values = new Float32Array(3 * cells);
  for (let n = 0; n < image.length; n++) {
    const [row, column] = [Math.floor(n / side), n % side];
    const cell = Math.floor(row / size) * rows + Math.floor(column / size);
    values[cell] += image[n] / 255 / size ** 2;
  }
  return values;
}

/** Run a network on the bytes of an image and of a query. */
export function run(network, image, query, temperature) {
  const { numbers, mean, std, image: layers } = network;
  const normalize = (bytes) =>
    Float32Array.from(bytes, (byte) => (byte / 255 - mean) / std);
  const encode = (map, layers) =>
    layers.reduce((last, layer) => convolve(last, layer, numbers), map);
  const area = image.length / 3;
  const brightest = (_, n) =>
    Math.max(image[n], image[area + n], image[2 * area + n]);
  const seen = network.brightness
    ? Uint8Array.from({ length: area }, brightest)
    : image;
  const keys = encode(normalize(seen), layers);
  const asked = encode(normalize(query), network.query);
  const vector = pool(asked, layers.at(-1).outputs, network.pooling);
  const found = attend(vector, keys, temperature);
  const cells = found.weights.length;
  const values = colorsOf(image, cells);
  const glimpse = [0, 1, 2].map((color) =>
    found.weights.reduce((sum, w, n) => sum + w * values[color * cells + n], 0),
  );
  // Weights sum to 1, so normalizing the glimpse normalizes what it reads.
  const share = network.readout === "image_mean" ? 1 / cells : 1;
  const read = normalize(glimpse.map((part) => part * 255));
  const logits = [0, 1, 2].map((k) =>
    read.reduce(
      (sum, part, c) => sum + numbers[network.head + 3 * k + c] * part * share,
      numbers[network.head + 9 + k],
    ),
  );
  return { logits, ...found, glimpse, query: vector, keys, values };
}
