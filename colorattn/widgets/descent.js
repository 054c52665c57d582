// Chapter 3: three keys and a query learn from the color alone.

const SIDE = 320; // of the plane, in its own px
const PACE = 80; // ms for each step while it runs

const dot = (a, b) => sum(a.map((x, n) => x * b[n]));

/** Weigh keys by their dot products with the query. */
export function weigh(query, keys) {
  const scores = keys.map((key) => dot(query, key));
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  return powers.map((power) => power / sum(powers));
}

/** Mix values by their weights: one number for each color. */
export const mix = (weights, values) =>
  COLORS.map((_, c) => sum(values.map((value, n) => weights[n] * value[c])));

/** Take one step down the color loss: the query and all keys at once. */
export function descend({ query, keys }, values, target, rate) {
  const weights = weigh(query, keys);
  const right = mix(weights, values)[target];
  const slopes = weights.map((w, n) => w - (w * values[n][target]) / right);
  const pull = (d) => sum(slopes.map((slope, n) => slope * keys[n][d]));
  return {
    query: query.map((x, d) => x - rate * pull(d)),
    keys: keys.map((key, n) =>
      key.map((x, d) => x - rate * slopes[n] * query[d]),
    ),
  };
}

/** Say what is to be seen. */
export function words(step, glimpse, target) {
  const most = largest(glimpse);
  const share = `${Math.round(100 * glimpse[most])}% ${COLORS[most]}`;
  const loss = (-Math.log(glimpse[target])).toFixed(2);
  const mark = most === target ? "✓ Right" : "✗ Wrong";
  return `Step ${step}. The glimpse is ${share}. ${mark}: the answer is ${COLORS[target]}. Loss ${loss}.`;
}

const PAGE = `
<div class="live-learn">
  <div><svg data-part="plane" role="img" viewBox="0 0 ${SIDE} ${SIDE}"></svg></div>
  <div>
    <table data-part="weights" aria-label="The weights"></table>
    <div data-part="swatch"></div>
    <p class="live-note"><b>Glimpse</b></p>
    <svg data-part="curve" role="img" viewBox="0 0 ${SIDE} 96"
      preserveAspectRatio="none"></svg>
    <p class="live-note"><b>Loss</b>, from the start to this step</p>
  </div>
</div>
<p class="live-says" data-part="says"></p>
<p class="live-heard" data-part="heard" role="status"></p>
<div class="live-choice" data-part="steps" role="group"
  aria-label="Gradient descent"></div>
<div class="live-choice" data-part="starts" role="group"
  aria-label="Arrows to start with"><b>Start over</b></div>
<div class="live-choice" data-part="targets" role="group"
  aria-label="What the query asks for"><b>The query asks for the</b></div>`;

/** Draw an arrow from the middle of the plane, with its name at the tip. */
function arrow([x, y], name, kind, scale, away = 1.6) {
  const [right, down] = [scale * x, -scale * y];
  const length = Math.hypot(right, down) || 1;
  const [a, b] = [(9 * right) / length, (9 * down) / length];
  const head = [
    [right, down],
    [right - a - b / 2, down - b + a / 2],
    [right - a + b / 2, down - b - a / 2],
  ];
  return `<g class="${kind}"><line x2="${right}" y2="${down}" />
    <polygon points="${head.join(" ")}" /></g>
    <text x="${right + away * a}" y="${down + away * b + 5}">${name}</text>`;
}

function render({ model, el }) {
  const [names, values] = [model.get("names"), model.get("values")];
  const kinds = values.map((value) => COLORS[largest(value)]);
  const starts = model.get("starts");
  const { root, part, set, button, say } = open(
    model,
    "descent",
    "gradient descent",
    PAGE,
  );
  let losses = [];
  let running;

  function go(steps) {
    const [target, rate] = [model.get("target"), model.get("rate")];
    let arrows = { query: model.get("query"), keys: model.get("key_vectors") };
    for (let n = 0; n < steps; n++) {
      arrows = descend(arrows, values, target, rate);
      const glimpse = mix(weigh(arrows.query, arrows.keys), values);
      losses.push(-Math.log(glimpse[target]));
    }
    const step = model.get("step") + steps;
    set({ query: arrows.query, key_vectors: arrows.keys, step });
  }

  function stop() {
    clearInterval(running);
    running = undefined;
    run.textContent = "run";
  }

  button("steps", "1 step", () => go(1));
  button("steps", "10 steps", () => go(10));
  const run = button("steps", "run", () => {
    if (running) return stop();
    running = setInterval(() => go(1), PACE);
    run.textContent = "stop";
  });
  for (const [name, query, keys] of starts)
    button("starts", name, () => {
      stop();
      losses = [];
      set({ query, key_vectors: keys, step: 0 });
      update(); // also where nothing has changed
    });
  const targets = names.map((name, n) =>
    button("targets", `${kinds[n]} ${name}`, () =>
      set({ target: COLORS.indexOf(kinds[n]) }),
    ),
  );

  function update() {
    const [query, keys] = [model.get("query"), model.get("key_vectors")];
    const [target, step] = [model.get("target"), model.get("step")];
    const weights = weigh(query, keys);
    const glimpse = mix(weights, values);
    const says = words(step, glimpse, target);
    if (losses.length === 0) losses = [-Math.log(glimpse[target])];
    const reach = Math.max(2, ...[query, ...keys].map((a) => Math.hypot(...a)));
    const scale = (0.42 * SIDE) / reach;
    part("plane").innerHTML = `
      <g transform="translate(${SIDE / 2} ${SIDE / 2})">
      <circle r="${scale}" />
      ${keys.map((key, n) => arrow(key, names[n], kinds[n], scale)).join("")}
      ${arrow(query, "query", "query", scale, 4)}</g>`;
    part("plane").ariaLabel =
      `Arrows: the query and ${names.length} keys; the circle has radius 1.`;
    part("weights").innerHTML = names
      .map(
        (name, n) => `<tr class="${kinds[n]}">
        <th scope="row">${kinds[n]} ${name}</th><td><i style="width:${100 * weights[n]}%"></i></td>
        <td>${weights[n].toFixed(2)}</td></tr>`,
      )
      .join("");
    const shades = tinted(glimpse.map((share) => 255 * share));
    part("swatch").style.background = `rgb(${shades.join(" ")})`;
    const top = Math.max(1.2, ...losses);
    const across = SIDE / Math.max(40, losses.length - 1);
    const points = losses.map((y, n) => `${n * across},${92 - (88 * y) / top}`);
    part("curve").innerHTML = `<polyline points="${points.join(" ")}" />`;
    part("curve").ariaLabel = `The loss over ${losses.length - 1} steps.`;
    say(says);
    for (const [n, target_] of targets.entries())
      target_.ariaPressed = kinds[n] === COLORS[target];
    root.shown = { step, target, query, keys, weights, glimpse, losses, says };
  }

  const told = "change:query change:key_vectors change:target change:step";
  model.on(told, update);
  update();
  el.append(root);
  return () => {
    stop();
    model.off(told, update);
  };
}

export default { render };
