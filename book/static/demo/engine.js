// The network, from bytes to answer, in plain JavaScript. A map is a list of
// values, channel by channel and row by row; every map here is square.
// book/tools/export.py writes the numbers that it computes with.

/** Decode bytes that are written in base64. */
export function bytesOf(text) {
  const found = atob(text);
  return new Uint8Array(found.length).map((_, n) => found.charCodeAt(n));
}

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

/** Convolve a map; then scale and shift it, and cut it off below 0. */
function convolve(map, layer, numbers) {
  const { inputs, outputs, kernel, stride, relu, weights, norm } = layer;
  const [side, pad] = [Math.sqrt(map.length / inputs), kernel >> 1];
  const wide = side + 2 * pad;
  const padded = new Float32Array(inputs * wide * wide);
  for (let row = 0; row < inputs * side; row++) {
    const below = row + pad * (1 + 2 * Math.floor(row / side));
    padded.set(map.subarray(row * side, (row + 1) * side), below * wide + pad);
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

/** Say how much of each place a pooled vector has. */
export function sharesOf(area, pooling) {
  const middle = (Math.sqrt(area) + 1) * (Math.sqrt(area) >> 1);
  const share = (n) => (pooling === "center" ? Number(n === middle) : 1 / area);
  return Float64Array.from({ length: area }, (_, n) => share(n));
}

/** Pool a map into one vector. */
export function pool(map, shares) {
  const area = shares.length;
  return Float32Array.from({ length: map.length / area }, (_, k) =>
    shares.reduce((sum, share, n) => sum + share * map[k * area + n], 0),
  );
}

/** Compare a query with the keys of a map: scores, and weights of sum 1. */
export function attend(query, keys, temperature) {
  const cells = keys.length / query.length;
  const scores = new Float32Array(cells);
  for (const [k, value] of query.entries())
    for (let n = 0; n < cells; n++) scores[n] += value * keys[k * cells + n];
  const root = Math.sqrt(query.length);
  for (let n = 0; n < cells; n++) scores[n] /= root;
  return { scores, ...softmax(scores, temperature) };
}

/** Turn scores into weights of sum 1; the best score's power is 1. */
export function softmax(scores, temperature = 1) {
  const best = Math.max(...scores);
  const powers = scores.map((score) => Math.exp((score - best) / temperature));
  const sum = powers.reduce((all, power) => all + power);
  return { best, sum, weights: powers.map((power) => power / sum) };
}

/** Take the brightest color of each pixel of an image. */
export function brightest(image) {
  const area = image.length / 3;
  const most = (red, n) => Math.max(red, image[area + n], image[2 * area + n]);
  return image.subarray(0, area).map(most);
}

/** Average the colors of the pixels in each cell, 0 to 1. */
export function colorsOf(image, cells) {
  const [side, rows] = [image.length / 3, cells].map(Math.sqrt);
  const size = side / rows;
  return new Float32Array(3 * cells).map((_, cell) => {
    const first = Math.floor(cell / rows) * size * side + (cell % rows) * size;
    let sum = 0;
    for (let y = first; y < first + size * side; y += side)
      for (let x = y; x < y + size; x++) sum += image[x];
    return sum / 255 / size ** 2;
  });
}

/** Answer from the colors of the cells, as much of each as its weight says. */
export function answer(network, weights, colors) {
  const { numbers, head, mean, std, readout } = network;
  const cells = weights.length;
  const glimpse = [0, 1, 2].map((color) =>
    weights.reduce((sum, w, n) => sum + w * colors[color * cells + n], 0),
  );
  // Weights sum to 1, so normalizing the glimpse normalizes what it reads.
  const unit = readout === "image_mean" ? std * cells : std;
  const log = readout === "image_log"; // with some light, for black has none
  const read = glimpse.map((part) =>
    log ? Math.log(part + 0.001) : (part - mean) / unit,
  );
  const logits = [0, 1, 2].map((k) => {
    const row = numbers.slice(head + 3 * k, head + 3 * k + 3);
    return row.reduce((sum, w, c) => sum + w * read[c], numbers[head + 9 + k]);
  });
  return { glimpse, read, logits };
}

/** Run a network on the bytes of an image and of a query. */
export function run(network, image, query, temperature) {
  const { numbers, mean, std, image: layers } = network;
  const normalize = (bytes) =>
    Float32Array.from(bytes, (byte) => (byte / 255 - mean) / std);
  const encode = (map, layers) =>
    layers.reduce((last, layer) => convolve(last, layer, numbers), map);
  const seen = network.brightness ? brightest(image) : image;
  const keys = encode(normalize(seen), layers);
  const asked = encode(normalize(query), network.query);
  const area = asked.length / layers.at(-1).outputs;
  const vector = pool(asked, sharesOf(area, network.pooling));
  const found = attend(vector, keys, temperature);
  const values = colorsOf(image, found.weights.length);
  const answered = answer(network, found.weights, values);
  return { ...answered, ...found, query: vector, keys, values };
}
