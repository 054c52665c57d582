// Chapter 12: who looks where in a trained transformer, without some heads.

const THIRDS = ["left", "middle", "right"];

/** Number a choice of muted heads: bit k is set where head k is muted. */
export const choice = (muted) => muted.reduce((sum, k) => sum + 2 ** k, 0);

/** Name a token: the query, or a cell by its third of the row. */
export function name(token, tokens) {
  if (token === tokens - 1) return "the query";
  const third = THIRDS[Math.floor((3 * token) / (tokens - 1))];
  return `cell ${token + 1}, ${third}`;
}

/** Say what is to be seen. */
export function words(asking, rows, heads, muted, chances, target) {
  const tokens = rows[0].length;
  const looks = heads
    .map((head, k) =>
      muted.includes(k)
        ? `${head} is muted`
        : `${head} looks most at ${name(largest(rows[k]), tokens)}`,
    )
    .join("; ");
  const color = largest(chances);
  const sure = `${Math.round(100 * chances[color])}% ${COLORS[color]}`;
  const mark = color === target ? "✓ Right" : "✗ Wrong";
  return `${name(asking, tokens)} asks: ${looks}. The answer is ${sure}. ${mark}: it is ${COLORS[target]}.`.replace(
    /^./,
    (letter) => letter.toUpperCase(),
  );
}

const PAGE = `
<div class="live-choice" data-part="rows" role="group"
  aria-label="Which row"><b>Row</b></div>
<div class="live-tokens">
  <canvas data-part="image" role="img"></canvas>
  <canvas data-part="query" role="img"></canvas>
</div>
<p class="live-note"><b class="query">Who asks (query)?</b> Point at a token, tap it or
  its place in the row, or use Tab.</p>
<div class="live-tokens" data-part="asks" role="group"
  aria-label="Who asks (query)"></div>
<p class="live-note"><b class="key">Who is asked (key)?</b> A strip for each head, brighter
  where it looks. Press a head's name to mute it.</p>
<div data-part="heads"></div>
<p class="live-says" data-part="says"></p>
<p class="live-heard" data-part="heard" role="status"></p>`;

/** Draw a color image, or a gray one, from bytes: channel, row, column. */
function draw(canvas, bytes, [height, width]) {
  const area = height * width;
  const gray = bytes.length === area;
  const pixels = new ImageData(width, height);
  for (let n = 0; n < area; n++) {
    const channels = [0, 1, 2].map((c) => bytes[gray ? n : c * area + n]);
    const colors = gray ? channels : tinted(channels);
    pixels.data.set([...colors, 255], 4 * n);
  }
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

function render({ model, el }) {
  const bytes = (key) => {
    const { buffer, byteOffset, byteLength } = model.get(key);
    return new Uint8Array(buffer, byteOffset, byteLength);
  };
  const [images, queries, weights] = ["images", "queries", "weights"].map(
    bytes,
  );
  const [heads, tokens] = [model.get("heads"), model.get("tokens")];
  const [size, targets] = [model.get("size"), model.get("targets")];
  const { root, part, set, button, say } = open(
    model,
    "hops",
    "the looks of a transformer",
    PAGE,
  );
  const rows = targets.map((_, row) =>
    button("rows", `${row + 1}`, () => set({ row })),
  );
  const asks = Array.from({ length: tokens }, (_, asking) => {
    const last = asking === tokens - 1;
    const made = button("asks", last ? "?" : `${asking + 1}`, () =>
      set({ asking }),
    );
    made.ariaLabel = name(asking, tokens);
    made.onpointerenter = (event) => {
      if (event.pointerType === "mouse") set({ asking });
    };
    made.onfocus = () => set({ asking });
    return made;
  });
  part("image").onclick = ({ offsetX, target }) =>
    set({
      asking: Math.floor(((tokens - 1) * offsetX) / target.clientWidth),
    });
  part("query").onclick = () => set({ asking: tokens - 1 });
  const strips = heads.map((head, k) => {
    const line = add(part("heads"), "div", { className: "live-head" });
    const mute = add(line, "button", { textContent: head });
    mute.onclick = () => {
      const muted = model.get("muted");
      const without = muted.filter((other) => other !== k);
      set({ muted: muted.length > without.length ? without : [...muted, k] });
    };
    const strip = add(line, "div", { className: "live-tokens", role: "img" });
    strip.innerHTML = "<i></i>".repeat(tokens);
    return { mute, strip };
  });

  function update() {
    const [row, asking] = [model.get("row"), model.get("asking")];
    const muted = model.get("muted");
    const m = choice(muted);
    const shown = heads.map((_, k) => {
      const at = (row * 2 ** heads.length + m) * heads.length + k;
      const start = (at * tokens + asking) * tokens;
      return [...weights.slice(start, start + tokens)].map((w) => w / 255);
    });
    const chances = model.get("chances")[row][m];
    const says = words(asking, shown, heads, muted, chances, targets[row]);
    const area = size[0] * size[1];
    draw(
      part("image"),
      images.slice(3 * area * row, 3 * area * (row + 1)),
      size,
    );
    draw(part("query"), queries.slice(784 * row, 784 * (row + 1)), [28, 28]);
    part("image").ariaLabel = `Row ${row + 1}: three colored symbols.`;
    part("query").ariaLabel = `The query of row ${row + 1}.`;
    for (const [k, { mute, strip }] of strips.entries()) {
      const off = muted.includes(k);
      mute.ariaPressed = off;
      mute.textContent = off ? `${heads[k]}: muted` : heads[k];
      for (const [n, cell] of [...strip.children].entries()) {
        cell.style.background = magma(off ? 0 : shown[k][n]);
        cell.classList.toggle("asking", n === asking);
      }
      strip.ariaLabel = off
        ? "muted"
        : `most at ${name(largest(shown[k]), tokens)}`;
    }
    for (const [n, made] of rows.entries()) made.ariaPressed = n === row;
    for (const [n, made] of asks.entries()) made.ariaPressed = n === asking;
    say(says);
    root.shown = { row, asking, muted, weights: shown, chances, says };
  }

  const told = "change:row change:asking change:muted";
  model.on(told, update);
  update();
  el.append(root);
  return () => model.off(told, update);
}

export default { render };
