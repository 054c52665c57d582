// What live figures share. Python puts it before the code of each, so that a
// notebook stores one module for each figure.
//
// For those who look on: `element.shown`, of the element of class `live`, is
// what it shows now.

export const COLORS = ["red", "green", "blue"];
const TINTS = [
  [255, 90, 79],
  [63, 207, 107],
  [106, 168, 255],
]; // of these on black, as in the figures: r, g, b
const MAGMA = [
  [0, 0, 4],
  [59, 15, 112],
  [140, 41, 129],
  [222, 73, 104],
  [254, 159, 109],
  [252, 253, 191],
]; // of weights, as in the figures: from 0 to 1
const REST = 500; // ms after which what is shown is spoken

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
export const largest = (numbers) => numbers.indexOf(Math.max(...numbers));

/** Mix the three channels of a pixel, from 0 to 255, in our tints. */
export const tinted = (channels) =>
  [0, 1, 2].map((k) =>
    Math.round(
      Math.min(
        255,
        channels.reduce((all, x, c) => all + (x * TINTS[c][k]) / 255, 0),
      ),
    ),
  );

/** Return the color of a weight, or of a share of the largest. */
export function magma(share) {
  const at = share * (MAGMA.length - 1);
  const k = Math.min(Math.floor(at), MAGMA.length - 2);
  const mixed = MAGMA[k].map((x, c) => x + (MAGMA[k + 1][c] - x) * (at - k));
  return `rgb(${mixed.map(Math.round).join(" ")})`;
}

/** Make an element inside another. */
export function add(parent, tag, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  if (tag === "button") made.type = "button";
  parent.append(made);
  return made;
}

/** Show a page in a figure; return what reads and changes its parts. */
export function open(model, kind, label, page) {
  const root = document.createElement("div");
  root.className = `live live-${kind}`;
  root.role = "group";
  root.ariaLabel = `Live figure: ${label}`;
  root.innerHTML = page;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  let later;
  return {
    root,
    part,
    set(change) {
      for (const [name, value] of Object.entries(change))
        model.set(name, value);
      model.save_changes();
    },
    button: (parent, label, act) =>
      add(part(parent), "button", { innerHTML: label, onclick: act }),
    /** Write a sentence; it is spoken once the hand rests. */
    say(words) {
      part("says").textContent = words;
      clearTimeout(later);
      later = setTimeout(() => {
        part("heard").textContent = words;
      }, REST);
    },
  };
}
