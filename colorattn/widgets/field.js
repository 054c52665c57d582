// Chapter 4: what one key sees of a scene, for convolutions that one sets.

const SETTINGS = ["kernel", "stride", "dilation"];
const FINE = 8; // px of a canvas for each of the scene
const GLOW = "#ff9d52"; // on black
const WAYS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** List field, jump and keys of an axis, after each convolution. */
export function trace(layers, canvas) {
  let [field, jump, keys] = [1, 1, canvas];
  return layers.map(([kernel, stride, dilation]) => {
    field += dilation * (kernel - 1) * jump;
    jump *= stride;
    keys = Math.ceil(keys / stride); // padded by half a kernel
    return { field, jump, keys };
  });
}

/** Return the share of the ink that each key sees, row by row. */
export function shares(ink, { field, jump, keys }) {
  const side = Math.sqrt(ink.length);
  const half = (field - 1) / 2;
  const sums = new Float64Array((side + 1) ** 2); // above and to the left
  for (let y = 0; y < side; y++)
    for (let x = 0, row = 0; x < side; x++) {
      row += ink[y * side + x];
      sums[(y + 1) * (side + 1) + x + 1] = sums[y * (side + 1) + x + 1] + row;
    }
  const all = sums.at(-1) || 1;
  const ends = Array.from({ length: keys }, (_, k) => [
    Math.max(0, k * jump - half),
    Math.min(side, k * jump + half + 1),
  ]);
  const upTo = (y, x) => sums[y * (side + 1) + x];
  return ends.flatMap(([top, bottom]) =>
    ends.map(([left, right]) => {
      const seen = upTo(bottom, right) + upTo(top, left);
      return (seen - upTo(top, right) - upTo(bottom, left)) / all;
    }),
  );
}

/** Find the key that sees most; of several, the nearest to the ink. */
export function best(all, ink, { jump, keys }) {
  const side = Math.sqrt(ink.length);
  const [y, x, mass] = ink.reduce(
    ([down, right, sum], k, n) => [
      down + k * Math.floor(n / side),
      right + k * (n % side),
      sum + k,
    ],
    [0, 0, 0],
  );
  const far = (n) =>
    Math.hypot(
      Math.floor(n / keys) * jump - y / mass,
      (n % keys) * jump - x / mass,
    );
  const top = Math.max(...all);
  const found = [...all.keys()].filter((n) => all[n] === top);
  return found.reduce((a, b) => (far(b) < far(a) ? b : a));
}

const percent = (share) => `${(100 * share).toFixed(0)}%`;

/** Say what is to be seen. */
export function words({ field, outside }, symbols) {
  const edge = outside ? " Part of them is beyond the edge." : "";
  const size = `This key sees ${field} by ${field} pixels`;
  const most = symbols[largest(symbols.map(({ share }) => share))];
  if (!most.share) return `${size}, and no ink in them.${edge}`;
  const best =
    most.share === most.best
      ? "No key sees more of it."
      : `The best key for it sees ${percent(most.best)}.`;
  const ink = `${percent(most.share)} of the ink of the ${most.name}`;
  return `${size}, with ${ink}. ${best}${edge}`;
}

const PAGE = `
<div class="live-see">
  <div class="live-pane">
    <div class="live-stage" data-part="stage">
      <canvas data-part="scene" role="img"
        aria-label="The scene: three symbols, red, green and blue."></canvas>
      <button type="button" data-part="handle"></button>
    </div>
    <p class="live-note">Drag the <b>square</b>, tap, or press arrow keys. Dots are
      keys.</p>
  </div>
  <div class="live-pane">
    <canvas data-part="crop" role="img"></canvas>
    <p class="live-note"><b>What this key sees.</b> Would you know the
      symbol?</p>
  </div>
  <dl>
    <div><dt>field</dt><dd data-part="field"></dd></div>
    <div><dt>jump</dt><dd data-part="jump"></dd></div>
    <div><dt>keys</dt><dd data-part="keys"></dd></div>
  </dl>
</div>
<p class="live-says" data-part="says"></p>
<table aria-label="How much of each symbol's ink is seen">
  <tbody data-part="symbols"></tbody></table>
<div class="live-chain">
  <div class="live-choice" data-part="presets" role="group"
    aria-label="Networks to begin with"></div>
  <div class="live-choice"><b>Convolutions</b><span data-part="count"></span></div>
  <div class="live-layer live-names" aria-hidden="true"><span></span>
    <span>kernel</span><span>stride</span><span>dilation</span><span></span></div>
  <div data-part="layers"></div>
</div>
<p class="live-heard" data-part="heard" role="status"></p>`;

/** Return an image of a scene's own size, to be drawn larger. */
function painted(layers, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pixels = new ImageData(side, side);
  for (let n = 0; n < side * side; n++)
    pixels.data.set([...tinted(layers.map((l) => l[n])), 255], 4 * n);
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** Draw the scene, dark but for the field, with the keys as dots. */
function drawScene(canvas, image, steps, [y, x]) {
  const side = image.width;
  const { field, jump, keys } = steps.at(-1);
  canvas.width = canvas.height = FINE * side;
  const pen = canvas.getContext("2d");
  pen.scale(FINE, FINE);
  pen.imageSmoothingEnabled = false;
  pen.fillRect(0, 0, side, side);
  pen.globalAlpha = 0.3;
  pen.drawImage(image, 0, 0);
  pen.globalAlpha = 1;
  const corner = (size) => [x - (size - 1) / 2, y - (size - 1) / 2];
  pen.save();
  pen.beginPath();
  pen.rect(...corner(field), field, field);
  pen.clip();
  pen.drawImage(image, 0, 0);
  pen.restore();
  const dot = (row, column, radius) => {
    pen.beginPath();
    pen.arc(column + 0.5, row + 0.5, radius, 0, 2 * Math.PI);
    pen.fill();
  };
  pen.fillStyle = "#ffffff90";
  for (let n = 0; n < keys * keys; n++)
    dot(jump * Math.floor(n / keys), jump * (n % keys), 0.14 + jump / 26);
  pen.strokeStyle = pen.fillStyle = GLOW;
  dot(y, x, 1);
  pen.lineWidth = 0.3;
  pen.setLineDash([1, 1]);
  for (const { field: size } of steps)
    pen.strokeRect(...corner(size), size, size);
  pen.setLineDash([]);
  pen.lineWidth = 0.6;
  pen.strokeRect(...corner(field), field, field);
}

/** Draw what lies in the field, and stripes where there is no image. */
function drawCrop(canvas, image, field, [y, x]) {
  canvas.width = canvas.height = 384;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#2b2f37";
  pen.fillRect(0, 0, 384, 384);
  pen.strokeStyle = "#4a505c";
  for (let n = -384; n < 384; n += 16) {
    pen.moveTo(n, 0);
    pen.lineTo(n + 384, 384);
  }
  pen.stroke();
  pen.imageSmoothingEnabled = false;
  pen.scale(384 / field, 384 / field);
  pen.drawImage(image, (field - 1) / 2 - x, (field - 1) / 2 - y);
}

function render({ model, el }) {
  const side = model.get("canvas");
  const view = model.get("image");
  const pixels = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const inks = COLORS.map((_, c) =>
    pixels.slice(c * side * side, (c + 1) * side * side),
  );
  const image = painted(inks, side);
  const { root, part, set, say } = open(
    model,
    "field",
    "the field of a key",
    PAGE,
  );
  const last = () => trace(model.get("layers"), side).at(-1);
  const move = (row, column) => {
    const kept = (k) => Math.min(last().keys - 1, Math.max(0, Math.round(k)));
    set({ key: [kept(row), kept(column)] });
  };
  /** Take other convolutions, and the key that is nearest to the old one. */
  const take = (layers) => {
    const now = last().jump;
    const { jump, keys } = trace(layers, side).at(-1);
    const near = (k) => Math.min(keys - 1, Math.round((k * now) / jump));
    set({ layers, key: model.get("key").map(near) });
  };

  /** Make two buttons and a number between them; return how to show it. */
  const stepper = (parent, name, step) => {
    const group = add(parent, "span", { className: "live-step" });
    [group.role, group.ariaLabel] = ["group", name];
    const act = (way) => () => step(way);
    const less = add(group, "button", { textContent: "−", onclick: act(-1) });
    const value = add(group, "output");
    const more = add(group, "button", { textContent: "+", onclick: act(1) });
    less.ariaLabel = `${name}: less`;
    more.ariaLabel = `${name}: more`;
    return (shown, lowest, highest) => {
      value.textContent = shown;
      less.ariaDisabled = shown === lowest;
      more.ariaDisabled = shown === highest;
    };
  };
  const ranges = model.get("ranges");
  const rows = Array.from({ length: model.get("most") }, (_, n) => {
    const row = add(part("layers"), "div", { className: "live-layer" });
    add(row, "b", { textContent: n + 1 });
    const steps = SETTINGS.map((name, k) =>
      stepper(row, `${name} of convolution ${n + 1}`, (way) => {
        const layers = model.get("layers").map((layer) => [...layer]);
        const to = ranges[k][ranges[k].indexOf(layers[n][k]) + way];
        if (!to) return;
        layers[n][k] = to;
        take(layers);
      }),
    );
    return { row, steps, after: add(row, "span") };
  });
  const count = stepper(part("count"), "number of convolutions", (way) => {
    const layers = model.get("layers");
    if (way < 0 && layers.length > 1) take(layers.slice(0, -1));
    if (way > 0 && layers.length < rows.length) take([...layers, [3, 1, 1]]);
  });
  const presets = model.get("presets").map(([name, layers]) => ({
    text: JSON.stringify(layers),
    button: add(part("presets"), "button", {
      textContent: name,
      onclick: () => take(layers),
    }),
  }));
  const symbols = COLORS.flatMap((color, c) => {
    const name = model.get("symbols")[c];
    if (!name) return [];
    const row = add(part("symbols"), "tr", { className: color });
    row.innerHTML = `<th scope="row">${name}</th><td><i></i></td><td></td>`;
    const button = add(add(row, "td"), "button");
    return [{ name, ink: inks[c], row, button }];
  });

  function update() {
    const layers = model.get("layers");
    const steps = trace(layers, side);
    const { field, jump, keys } = steps.at(-1);
    const key = model.get("key").map((k) => Math.min(keys - 1, Math.max(0, k)));
    const center = key.map((k) => k * jump);
    const half = (field - 1) / 2;
    const outside = center.some((k) => k < half || k + half >= side);
    const seen = symbols.map(({ name, ink, row, button }) => {
      const all = shares(ink, steps.at(-1));
      const at = best(all, ink, steps.at(-1));
      const [share, most] = [all[key[0] * keys + key[1]], all[at]];
      row.querySelector("i").style.width = percent(share).replace(" ", "");
      row.children[2].textContent = percent(share);
      button.textContent = `best key: ${percent(most)}`;
      button.ariaLabel = `${button.textContent}, for the ${name}`;
      button.onclick = () => move(Math.floor(at / keys), at % keys);
      return { name, share, best: most };
    });
    const says = words({ field, outside }, seen);
    drawScene(part("scene"), image, steps, center);
    drawCrop(part("crop"), image, field, center);
    placeHandle(center, half, key, keys);
    part("crop").ariaLabel = `What this key sees. ${says}`;
    part("field").textContent = `${field} px`;
    part("jump").textContent = `${jump} px`;
    part("keys").textContent = `${keys} × ${keys}`;
    say(says);
    count(layers.length, 1, rows.length);
    for (const [n, { row, steps: show, after }] of rows.entries()) {
      row.hidden = n >= layers.length;
      if (row.hidden) continue;
      for (const [k, one] of show.entries())
        one(layers[n][k], ranges[k][0], ranges[k].at(-1));
      after.textContent = `field ${steps[n].field}, jump ${steps[n].jump} px`;
    }
    const text = JSON.stringify(layers);
    for (const one of presets) one.button.ariaPressed = one.text === text;
    root.shown = { field, jump, keys, key, steps, symbols: seen, says };
  }

  /** Lay the handle over the field, and let it be as large as a finger. */
  function placeHandle([y, x], half, key, keys) {
    const handle = part("handle");
    const reach = Math.max(half + 0.5, 5);
    const ends = [y, x].map((k) => [
      Math.max(0, k + 0.5 - reach),
      Math.min(side, k + 0.5 + reach),
    ]);
    for (const [n, [low, high]] of ends.entries()) {
      handle.style[n ? "left" : "top"] = `${(100 * low) / side}%`;
      handle.style[n ? "width" : "height"] = `${(100 * (high - low)) / side}%`;
    }
    const place = `row ${key[0]}, column ${key[1]} of ${keys} by ${keys}`;
    handle.ariaLabel = `The key in ${place}. Arrow keys move it.`;
  }

  // Hands. A finger drags the square, and scrolls the page elsewhere.
  const stage = part("stage");
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    const pixel = box.width / side;
    return [
      (event.clientY - box.top) / pixel,
      (event.clientX - box.left) / pixel,
    ];
  };
  const toward = ([y, x]) =>
    move((y - 0.5) / last().jump, (x - 0.5) / last().jump);
  let held = null; // from the pointer to the key's center, px of the scene
  stage.onpointerdown = (event) => {
    const grabbed = event.target === part("handle");
    if (event.button || (event.pointerType === "touch" && !grabbed)) return;
    const center = model.get("key").map((k) => k * last().jump + 0.5);
    held = grabbed ? center.map((k, n) => k - at(event)[n]) : [0, 0];
    stage.setPointerCapture(event.pointerId);
    if (!grabbed) toward(at(event));
  };
  stage.onpointermove = (event) => {
    if (held) toward(at(event).map((k, n) => k + held[n]));
  };
  stage.onlostpointercapture = () => {
    held = null;
  };
  stage.onclick = (event) => {
    if (event.target === part("scene")) toward(at(event));
  };
  stage.onkeydown = (event) => {
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would move to another cell
    const [row, column] = model.get("key");
    move(row + way[0], column + way[1]);
  };

  const told = "change:layers change:key";
  model.on(told, update);
  update();
  el.append(root);
  return () => model.off(told, update);
}

export default { render };
