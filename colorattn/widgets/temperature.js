// Chapter 3: heat and cool the softmax over a map of scores.

const FINE = 8; // px of a canvas for each of the scene
const STEPS = 40; // of the slider, for a factor of ten
const ENDS = [-1.5, 2]; // of the slider, as powers of ten

/** Weigh cells by their scores, divided by the temperature. */
export function softmax(scores, temperature) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp((score - top) / temperature));
  const all = sum(powers);
  return powers.map((power) => power / all);
}

/** Mix values by their weights: one number for each color. */
export const mix = (weights, values) =>
  values.map((layer) => sum(layer.map((value, n) => weights[n] * value)));

/** Count the cells that share the weight: e to the entropy. */
export const sharing = (weights) =>
  Math.exp(-sum(weights.map((w) => (w > 0 ? w * Math.log(w) : 0))));

/** Return what is left of the softmax's gradient: 1 − Σ α². */
export const freedom = (weights) => 1 - sum(weights.map((w) => w * w));

/** Write a number with the two digits that count. */
export const digits = (x) => (x < 10 ? x.toPrecision(2) : x.toFixed(0));

/** Say what is to be seen. */
export function words({ weights, cells, glimpse }, answer) {
  const [first, second] = [...glimpse].sort((a, b) => b - a);
  const said = COLORS[largest(glimpse)];
  const color = second < first / 4 ? said : `a mixture, with ${said} ahead`;
  const n = weights.length;
  let so = `${digits(cells)} of ${n} cells share the weight. The glimpse is`;
  if (cells < 1.5)
    so = "Nearly all the weight is on one cell. The glimpse is its color,";
  if (cells > 0.9 * n)
    so = `All ${n} cells weigh nearly the same. The glimpse is their mean,`;
  const mark = said === answer ? "✓ Right" : "✗ Wrong";
  return `${so} ${color}. ${mark}: the answer is ${answer}.`;
}

const MAP = (name, caption) => `<div class="live-pane">
  <div class="live-stage"><canvas data-part="${name}" role="img"></canvas></div>
  <p class="live-note">${caption}</p></div>`;
const PAGE = `
<div class="live-top">
  <canvas data-part="query" role="img"></canvas>
  <div class="live-choice" data-part="scenes" role="group"
    aria-label="Scenes"><b>Query of scene</b></div>
</div>
<div class="live-maps">
  ${MAP("scene", "<b>Scene</b>")}
  ${MAP("weights", '<b>Weights α</b> <span data-part="peak"></span>')}
  ${MAP("parts", "<b>α v</b> what each cell adds")}
</div>
<div class="live-heat">
  <b>Temperature τ</b> <span data-part="degrees"></span>
  <input type="range" data-part="slider" step="1" aria-label="Temperature" />
  <p><span>cold: the best cell takes all</span>
    <span>hot: all alike</span></p>
  <div class="live-choice" data-part="presets" role="group"
    aria-label="Temperatures to try"></div>
</div>
<div class="live-found">
  <div class="live-pane"><div data-part="swatch"></div>
    <p class="live-note"><b>Glimpse</b>, brightened</p></div>
  <table data-part="glimpse" aria-label="The glimpse"></table>
  <table data-part="measures" aria-label="The weights"></table>
</div>
<p class="live-says" data-part="says"></p>
<p class="live-heard" data-part="heard" role="status"></p>`;

const bytes = (view) =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
const floats = (view) => [...new Float32Array(bytes(view).buffer)];
const cut = (list, n) =>
  Array.from({ length: n }, (_, k) =>
    list.slice((k * list.length) / n, ((k + 1) * list.length) / n),
  );

/** Mix colors by their shares, in our tints, as bright as a screen can. */
export function brightened(shares) {
  const mixed = tinted(shares.map((x) => (255 * x) / sum(shares)));
  return mixed.map((x) => Math.round((255 * x) / Math.max(...mixed)));
}

/** Unpack what Python has sent: one object for each scene. */
function unpack(model) {
  const answers = model.get("answers");
  const n = answers.length;
  const images = cut(bytes(model.get("images")), n);
  const queries = cut(bytes(model.get("queries")), n);
  const scores = cut(floats(model.get("scores")), n);
  const values = cut(floats(model.get("values")), n);
  return answers.map((answer, k) => {
    const image = cut(images[k], 3);
    return {
      answer: COLORS[answer],
      image,
      outline: outline(image),
      query: queries[k],
      scores: scores[k],
      values: cut(values[k], 3),
      letters: lettersOf(image),
    };
  });
}

/** Trace where the ink of an image ends, in thin lines. */
function outline(image) {
  const side = Math.sqrt(image[0].length);
  const lines = new Path2D();
  const ink = (n) => Math.max(...image.map((layer) => layer[n])) > 127;
  for (let n = side; n < side * side; n++) {
    const [x, y] = [n % side, Math.floor(n / side)];
    if (x && ink(n) !== ink(n - 1)) lines.rect(x - 0.1, y, 0.2, 1);
    if (ink(n) !== ink(n - side)) lines.rect(x, y - 0.1, 1, 0.2);
  }
  return lines;
}

/** Show pixels: one channel in gray, or three in our tints. */
function show(canvas, layers) {
  const side = Math.sqrt(layers[0].length);
  canvas.width = canvas.height = side;
  const pixels = new ImageData(side, side);
  for (let n = 0; n < side * side; n++) {
    const channels = layers.map((layer) => layer[n]);
    const [gray] = channels;
    const colors = channels.length < 3 ? [gray, gray, gray] : tinted(channels);
    pixels.data.set([...colors, 255], 4 * n);
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

/** Paint the cells of a map, and lines over them; `side` in px. */
function paint(canvas, colors, lines, side, margin) {
  const across = Math.sqrt(colors.length);
  const cell = ((side - 2 * margin) / across) * FINE;
  canvas.width = canvas.height = FINE * side;
  const pen = canvas.getContext("2d");
  pen.fillRect(0, 0, canvas.width, canvas.width);
  pen.translate(margin * FINE, margin * FINE);
  for (const [n, color] of colors.entries()) {
    pen.fillStyle = color;
    pen.fillRect(
      (n % across) * cell,
      Math.floor(n / across) * cell,
      cell,
      cell,
    );
  }
  pen.setTransform(FINE, 0, 0, FINE, 0, 0);
  pen.fillStyle = "#ffffffa0";
  pen.fill(lines);
}

/** Make a row of a table: a name, a bar, and a number in words. */
const row = (name, share, text, kind = "") =>
  `<tr class="${kind}"><th scope="row">${name}</th>
  <td><i style="width:${100 * Math.min(1, share)}%"></i></td><td>${text}</td></tr>`;

function render({ model, el }) {
  const scenes = unpack(model);
  const presets = model.get("presets");
  const [side, margin] = [model.get("canvas"), model.get("margin")];
  const { root, part, set, button, say } = open(
    model,
    "temperature",
    "temperature",
    PAGE,
  );
  const picks = scenes.map((_, n) =>
    button("scenes", n + 1, () => set({ scene: n })),
  );
  const heats = presets.map(([name, temperature]) =>
    button("presets", `${name}<span>, τ = ${digits(temperature)}</span>`, () =>
      set({ temperature }),
    ),
  );
  const slider = part("slider");
  [slider.min, slider.max] = ENDS.map((end) => end * STEPS);
  slider.oninput = () => {
    const exact = 10 ** (slider.value / STEPS);
    const near = ([, t]) => Math.round(STEPS * Math.log10(t)) === +slider.value;
    set({ temperature: presets.find(near)?.[1] ?? exact });
  };

  function update() {
    const scene = scenes[model.get("scene")];
    const temperature = model.get("temperature");
    const weights = softmax(scene.scores, temperature);
    const glimpse = mix(weights, scene.values);
    const found = { weights, glimpse, cells: sharing(weights) };
    const says = words(found, scene.answer);
    if (root.scene !== scene) drawScene(scene);
    drawMaps(scene, weights);
    showNumbers(scene, found);
    slider.value = Math.round(STEPS * Math.log10(temperature));
    part("degrees").textContent = digits(temperature);
    slider.ariaValueText = `${digits(temperature)}. ${says}`;
    say(says);
    for (const [n, heat] of heats.entries())
      heat.ariaPressed = presets[n][1] === temperature;
    root.shown = { temperature, ...found, left: freedom(weights), says };
  }

  function drawScene(scene) {
    root.scene = scene;
    show(part("scene"), scene.image);
    show(part("query"), [scene.query]);
    part("scene").ariaLabel = "The scene: three symbols, red, green and blue.";
    part("query").ariaLabel = `The query; its symbol is ${scene.answer}.`;
    part("parts").ariaLabel = "Each cell's value times its weight.";
    for (const [n, pick] of picks.entries())
      pick.ariaPressed = scenes[n] === scene;
    for (const name of ["scene", "parts"]) {
      const stage = part(name).parentElement;
      for (const letter of stage.querySelectorAll("span")) letter.remove();
      for (const [c, place] of scene.letters.entries()) {
        if (!place) continue;
        const letter = document.createElement("span");
        letter.textContent = COLORS[c][0].toUpperCase();
        letter.ariaHidden = "true";
        letter.style.top = `${(100 * place[0]) / side}%`;
        letter.style.left = `${(100 * place[1]) / side}%`;
        stage.append(letter);
      }
    }
  }

  function drawMaps({ outline: lines, values }, weights) {
    const peak = Math.max(...weights);
    const lit = weights.map((weight) => magma(weight / peak));
    paint(part("weights"), lit, lines, side, margin);
    const added = values.map((layer) => layer.map((v, n) => v * weights[n]));
    const most = Math.max(...added.flat());
    const colors = weights.map((_, n) => {
      const shades = added.map((layer) => (255 * layer[n]) / most);
      return `rgb(${tinted(shades).join(" ")})`;
    });
    paint(part("parts"), colors, lines, side, margin);
    part("peak").textContent = `largest ${digits(peak)}`;
    part("weights").ariaLabel = `The weights; the largest is ${digits(peak)}.`;
  }

  function showNumbers({ values }, { weights, glimpse, cells }) {
    const most = Math.max(...values.flat());
    part("swatch").style.background = `rgb(${brightened(glimpse).join(" ")})`;
    part("glimpse").innerHTML = COLORS.map((name, c) =>
      row(name, glimpse[c] / most, glimpse[c].toFixed(3), name),
    ).join("");
    const n = weights.length;
    const left = freedom(weights);
    part("measures").innerHTML = [
      row("cells that share", cells / n, `${digits(cells)} of ${n}`),
      row("gradient left", left, left.toFixed(2)),
    ].join("");
  }

  const told = "change:scene change:temperature";
  model.on(told, update);
  update();
  el.append(root);
  return () => model.off(told, update);
}

export default { render };
