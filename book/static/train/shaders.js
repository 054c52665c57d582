// What a graphics card does to train, in WGSL: what network.js computes.
//
// Channels go in blocks of four. A pixel of a map is a vector of 4, and what is
// learned is in matrices of 4 by 4: a filter has one for each block of outputs,
// block of inputs, and tap; a norm's columns are scale, shift, mean and variance;
// the head's last column is its biases. What fills up a block is 0, and stays so.
// Both encoders go side by side: a workgroup's x, y and z are a block, an image,
// and a tower, which is 0 for images and 1 for queries. Level 0 has the pixels.

export const WIDE = 64; // threads of a workgroup
export const PARTS = 32; // of a filter's gradient, each from some of the images
export const FIELDS = [
  ...["outputs", "side", "count", "kernel", "stride", "relu", "learns"],
  ...["filters", "norm", "y", "z", "dy", "sums"], // where these begin
];

/** Begin a kernel. Its threads know their layer, and the one under it. */
const kernel = (name) => `
@compute @workgroup_size(WIDE) fn ${name}(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let its = layers[2 * now.level + group.z];
  let under = layers[2 * now.level - 2 + group.z];
  let square = its.kernel * its.kernel;`;

/** Begin a kernel whose workgroups each have a map, of one of these layers. */
const mapper = (name, owner) => `${kernel(name)}
  if (group.x >= ${owner}.outputs || group.y >= its.count) { return; }
  let map = group.y * ${owner}.outputs + group.x;
  let side = ${owner}.side;
  let area = side * side;`;

/** Return the program, with its constants. */
export const shader = (constants) => `
${Object.entries(constants)
  .map(([name, n]) => `const ${name} = ${n};`)
  .join("\n")}
struct Layer { ${FIELDS.map((name) => `${name}: u32`)} }
struct Now { level: u32, rate: f32, decay: f32, fast: f32, slow: f32 }
@group(0) @binding(0) var<uniform> now: Now;
@group(0) @binding(1) var<storage, read> layers: array<Layer>;
@group(0) @binding(2) var<storage, read> kinds: array<u32>; // of columns
@group(0) @binding(3) var<storage, read> bytes: array<u32>; // of a batch
@group(0) @binding(4) var<storage, read_write> values: array<mat4x4f>;
@group(0) @binding(5) var<storage, read_write> found: array<mat4x4f>;
@group(0) @binding(6) var<storage, read_write> moments: array<mat4x4f>;
@group(0) @binding(7) var<storage, read_write> answers: array<mat4x4f>;
@group(0) @binding(8) var<storage, read_write> maps: array<vec4f>;
var<workgroup> tile: array<mat2x4f, WIDE>;
var<workgroup> asked: array<vec4f, DIM>;
var<workgroup> scores: array<f32, CELLS>;
var<workgroup> colors: array<vec4f, CELLS>;

/// Add up what the threads of a workgroup have.
fn total(own: mat2x4f, thread: u32) -> mat2x4f {
  tile[thread] = own;
  for (var half = WIDE / 2u; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { tile[thread] += tile[thread + half]; }
  }
  return workgroupUniformLoad(&tile[0]);
}
/// Keep the sums of a map,
fn keep(own: mat2x4f, its: Layer, map: u32, thread: u32) {
  let all = total(own, thread);
  if (thread > 0) { return; }
  maps[its.sums + 2 * map] = all[0];
  maps[its.sums + 2 * map + 1] = all[1];
}
/// and add up those of all images.
fn gather(its: Layer, block: u32, thread: u32) -> mat2x4f {
  var own = mat2x4f();
  for (var n = thread; n < its.count; n += WIDE) {
    let at = its.sums + 2 * (n * its.outputs + block);
    own += mat2x4f(maps[at], maps[at + 1]);
  }
  return total(own, thread);
}
/// Put a gradient where its norm finds it; return it, and its product with z.
fn put(d: vec4f, its: Layer, block: u32, at: u32) -> mat2x4f {
  let open = (maps[its.y + at] > vec4f()) | vec4<bool>(its.relu == 0);
  let kept = select(vec4f(), d, open);
  maps[its.dy + at] = kept;
  return mat2x4f(kept, kept * (maps[its.z + at] - found[its.norm + block][2]));
}
fn byte(at: u32) -> f32 { return unpack4x8unorm(bytes[at / 4])[at % 4]; }
fn pixel(scene: u32, at: u32) -> vec3f {
  let red = scene * 3 * AREA + at;
  return vec3f(byte(red), byte(red + AREA), byte(red + 2 * AREA));
}
/// Return the mean color of a cell, and 1.
fn color(scene: u32, cell: u32, side: u32) -> vec4f {
  let size = CANVAS / side;
  var sum = vec3f();
  for (var k = 0u; k < size * size; k++) {
    let p = size * vec2u(cell % side, cell / side) + vec2u(k % size, k / size);
    sum += pixel(scene, p.y * CANVAS + p.x);
  }
  return vec4f(sum / f32(size * size), 1);
}
/// Return how much of a place a pooled vector has.
fn share(n: u32, side: u32) -> f32 {
  return select(1 / f32(side * side), f32(n == (side + 1) * (side / 2)), CENTER);
}

/// Put pixels where the first convolution reads them.
${mapper("enter", "under")}
  for (var at = thread; at < area; at += WIDE) {
    var seen = vec3f(MEAN); // becomes 0
    if (group.z == 1) {
      seen.x = byte(QUERIES_AT + map * area + at);
    } else {
      let rgb = pixel(map, at);
      seen = select(rgb, vec3f(max(rgb.x, max(rgb.y, rgb.z)), seen.yz), GRAY);
    }
    maps[under.y + map * area + at] = vec4f((seen - MEAN) / STD, 0);
  }
}
${mapper("convolve", "its")}
  var own = mat2x4f();
  for (var n = thread; n < area; n += WIDE) {
    let first = its.stride * vec2u(n % side, n / side) - its.kernel / 2;
    var tap = its.filters + group.x * under.outputs * square;
    var x = under.y + group.y * under.outputs * under.side * under.side;
    var sum = vec4f();
    for (var i = 0u; i < under.outputs; i++) {
      for (var k = 0u; k < square; k++) {
        let p = first + vec2u(k % its.kernel, k / its.kernel); // below 0: huge
        if (max(p.x, p.y) < under.side) {
          sum += values[tap] * maps[x + p.y * under.side + p.x];
        }
        tap++;
      }
      x += under.side * under.side;
    }
    maps[its.z + map * area + n] = sum;
    own += mat2x4f(sum, sum * sum);
  }
  keep(own, its, map, thread);
}
${mapper("normalize", "its")}
  let many = f32(its.count * area);
  let norm = its.norm + group.x;
  let all = gather(its, group.x, thread);
  let mean = all[0] / many;
  let variance = all[1] / many - mean * mean;
  let slope = values[norm][0] * inverseSqrt(variance + EPSILON);
  for (var at = map * area + thread; at < (map + 1) * area; at += WIDE) {
    let y = slope * (maps[its.z + at] - mean) + values[norm][1];
    maps[its.y + at] = select(y, max(y, vec4f()), its.relu == 1);
  }
  if (group.y > 0 || thread > 0) { return; }
  found[norm][2] = mean;
  found[norm][3] = variance * many / (many - 1);
}
/// Answer queries, one a workgroup, and find the gradients of their scores.
${kernel("attend")}
  let q = group.x;
  let key = layers[2 * now.level].y + q / QUERIES * DIM * CELLS;
  let query = layers[2 * now.level + 1];
  let area = query.side * query.side;
  if (thread < DIM) {
    let at = q * DIM + thread;
    for (var n = 0u; n < area; n++) {
      asked[thread] += share(n, query.side) * maps[query.y + at * area + n];
    }
    maps[VECTORS + at] = asked[thread];
  }
  workgroupBarrier();
  for (var n = thread; n < CELLS; n += WIDE) {
    for (var d = 0u; d < DIM; d++) {
      scores[n] += dot(asked[d], maps[key + d * CELLS + n]) / ROOT;
    }
    colors[n] = color(q / QUERIES, n, its.side);
  }
  workgroupBarrier();
  var peak = 0u;
  for (var n = 1u; n < CELLS; n++) {
    if (scores[n] > scores[peak]) { peak = n; }
  }
  let best = scores[peak];
  workgroupBarrier();
  var sum = vec4f();
  for (var n = thread; n < CELLS; n += WIDE) {
    scores[n] = exp(scores[n] - best);
    sum += scores[n] * colors[n];
  }
  sum = total(mat2x4f(sum, vec4f()), thread)[0];
  let glimpse = sum.xyz / sum.w;
  let plain = (glimpse - MEAN) / STD * SHARE;
  let light = glimpse + 0.001; // for the logarithm of black
  let read = vec4f(select(plain, log(light), LOG), 1);
  let gain = select(vec3f(SHARE / STD), 1 / light, LOG);
  let logits = (values[HEAD] * read).xyz;
  let wanted = bytes[TARGETS_AT + q];
  let most = max(logits.x, max(logits.y, logits.z));
  let powers = exp(logits - most);
  let all = dot(powers, vec3f(1));
  var errors = vec4f(powers / all, 0);
  errors[wanted] -= 1;
  errors /= ASKED;
  let slope = (errors * values[HEAD]).xyz * gain / ROOT / sum.w;
  for (var n = thread; n < CELLS; n += WIDE) {
    let d = scores[n] * dot(slope, colors[n].xyz - glimpse);
    maps[STEER + q * CELLS + n] = vec4f(d);
  }
  if (thread > 0) { return; }
  let loss = log(all) + most - logits[wanted];
  let right = f32(logits[wanted] == most);
  let purity = glimpse[wanted] / max(dot(glimpse, vec3f(1)), 1e-9);
  answers[q] = mat4x4f(vec4f(loss, right, f32(peak), purity), errors, read, sum);
}
/// Give the last maps their gradients, from those of the scores.
${mapper("turn", "its")}
  var sum = vec4f();
  if (group.z == 1) { // a query, from all cells of its scene
    let y = layers[2 * now.level].y + (group.y / QUERIES * DIM + group.x) * CELLS;
    for (var n = thread; n < CELLS; n += WIDE) {
      sum += maps[STEER + group.y * CELLS + n] * maps[y + n];
    }
    sum = total(mat2x4f(sum, vec4f()), thread)[0];
  }
  var own = mat2x4f();
  for (var n = thread; n < area; n += WIDE) {
    var d = sum * share(n, side);
    for (var k = 0u; k < QUERIES && group.z == 0; k++) { // about a scene
      let q = group.y * QUERIES + k;
      d += maps[STEER + q * CELLS + n] * maps[VECTORS + q * DIM + group.x];
    }
    own += put(d, its, group.x, map * area + n);
  }
  keep(own, its, map, thread);
}
/// Turn gradients of what a norm returned into those of what it was given.
${mapper("unnormalize", "its")}
  let many = f32(its.count * area);
  let norm = its.norm + group.x;
  let all = gather(its, group.x, thread);
  let inverse = inverseSqrt(found[norm][3] * (many - 1) / many + EPSILON);
  let product = all[1] * inverse;
  for (var at = map * area + thread; at < (map + 1) * area; at += WIDE) {
    let z = (maps[its.z + at] - found[norm][2]) * inverse;
    let d = maps[its.dy + at] - (all[0] + z * product) / many;
    maps[its.z + at] = values[norm][0] * inverse * d; // z is now its own gradient
  }
  if (group.y > 0 || thread > 0) { return; }
  found[norm][0] = product;
  found[norm][1] = all[0];
}
/// Find the gradients of filters, each thread that of some matrices.
${kernel("correlate")}
  if (group.x >= its.outputs || its.learns == 0) { return; }
  let part = (group.z * PARTS + group.y) * COUNT;
  for (var tap = thread; tap < under.outputs * square; tap += WIDE) {
    let k = tap % square;
    let first = vec2u(k % its.kernel, k / its.kernel) - its.kernel / 2;
    var sum = mat4x4f();
    for (var n = group.y; n < its.count; n += PARTS) {
      let i = n * under.outputs + tap / square;
      let x = under.y + i * under.side * under.side;
      var z = its.z + (n * its.outputs + group.x) * its.side * its.side;
      for (var row = 0u; row < its.side; row++) {
        for (var column = 0u; column < its.side; column++) {
          let p = its.stride * vec2u(column, row) + first;
          if (max(p.x, p.y) < under.side) {
            let input = maps[x + p.y * under.side + p.x];
            let d = maps[z];
            sum += mat4x4f(input.x * d, input.y * d, input.z * d, input.w * d);
          }
          z++;
        }
      }
    }
    found[part + its.filters + group.x * under.outputs * square + tap] = sum;
  }
}
/// Give the maps below their gradients.
${mapper("back", "under")}
  var own = mat2x4f();
  for (var n = thread; n < area; n += WIDE) {
    let last = vec2u(n % side, n / side) + its.kernel / 2;
    var sum = vec4f();
    for (var o = 0u; o < its.outputs; o++) {
      let z = its.z + (group.y * its.outputs + o) * its.side * its.side;
      let tap = its.filters + (o * under.outputs + group.x) * square;
      for (var k = 0u; k < square; k++) {
        let p = last - vec2u(k % its.kernel, k / its.kernel);
        let to = p / its.stride;
        if (max(to.x, to.y) < its.side && all(to * its.stride == p)) {
          sum += maps[z + to.y * its.side + to.x] * values[tap + k];
        }
      }
    }
    own += put(sum, under, group.x, map * area + n);
  }
  keep(own, under, map, thread);
}
/// Make Adam's update, or that of running statistics; a thread has a column.
${kernel("update")}
  let own = group.x * WIDE + thread;
  let n = own / 4;
  let c = own % 4;
  if (n >= COUNT) { return; }
  var d = vec4f();
  for (var k = 0u; k < 2 * PARTS; k++) { d += found[k * COUNT + n][c]; }
  for (var q = 0u; q < ASKED && n == HEAD; q++) {
    d += answers[q][1] * answers[q][2][c];
  }
  if (kinds[own] == 2) { values[n][c] += MOMENTUM * (d - values[n][c]); }
  if (kinds[own] != 1) { return; }
  let mean = mix(d, moments[2 * n][c], FIRST);
  let spread = mix(d * d, moments[2 * n + 1][c], SECOND);
  moments[2 * n][c] = mean;
  moments[2 * n + 1][c] = spread;
  let change = mean / now.fast / (sqrt(spread / now.slow) + 1e-8);
  values[n][c] -= now.rate * (now.decay * values[n][c] + change);
}`;
