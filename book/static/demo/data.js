// Weights and drawings come as scripts, because a page that was opened as a
// file may load nothing else. Each hands over one value, by its name.

import { bytesOf, halves } from "./engine.js";
import { CLASSES, EACH, SIDE } from "./scene.js";

const here = document.currentScript.src;
const kept = new Map(); // by name, so that nothing is decoded twice

/** Return a value by name, or a promise of it. Throws an Error in words. */
export function value(name, what) {
  const given = self.demoData?.[name];
  if (given) return given;
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL(`models/${name}.js`, here);
    script.onload = () => {
      const found = self.demoData?.[name];
      if (found) done(found);
      else fail(new Error(`${what} is damaged.`));
    };
    script.onerror = () => fail(new Error(`${what} is missing.`));
    document.head.append(script);
  });
}

/** Load a value once, and decode it. Throws an Error for the reader. */
export async function once(name, what, decoded) {
  if (!kept.has(name)) {
    const given = await value(name, what);
    let found = null;
    try {
      found = await decoded(given);
    } catch {} // what is cut short is no base64
    if (!found) throw new Error(`${what} is damaged.`);
    kept.set(name, found);
  }
  return kept.get(name);
}

/** Load the drawings of a data set. Throws an Error for the reader. */
export const drawings = (data) =>
  once(data, "The file of drawings", (text) => {
    const found = bytesOf(text);
    return found.length === CLASSES[data].length * EACH * SIDE ** 2 && found;
  });

/** Load a network. Throws an Error for the reader where it is not there. */
export const network = (name) =>
  once(name, `The network ${name}`, (given) => {
    const plain = Array.isArray(given.numbers); // of a network trained here
    const numbers = plain ? given.numbers : halves(bytesOf(given.numbers));
    return numbers.length === given.size && { ...given, numbers };
  });
