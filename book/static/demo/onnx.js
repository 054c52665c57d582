// The nets, run in the page by onnxruntime-web. Everything is looked up next
// to this file, and only once it is needed.

import { CANVAS, CLASSES, EACH, SIDE } from "./scene.js";

const here = (path) => new URL(path, import.meta.url).href;
const kept = new Map(); // promises by name, so that nothing is loaded twice
let turn = Promise.resolve(); // a net answers one question at a time

function once(name, load) {
  const found = kept.get(name) ?? load();
  kept.set(name, found);
  found.catch(() => kept.delete(name)); // so that another try is one
  return found;
}

async function bytes(path, what) {
  const answer = await fetch(here(path)).catch(() => ({ status: "offline" }));
  if (!answer.ok) throw new Error(`${what} is missing (${answer.status}).`);
  return new Uint8Array(await answer.arrayBuffer());
}

const runtime = () =>
  once("runtime", async () => {
    if (typeof WebAssembly !== "object")
      throw new Error("This browser has no WebAssembly, which runs the nets.");
    const program = here("../ort/ort.wasm.bundle.min.mjs");
    const ort = await import(program).catch(() => {
      throw new Error("The program that runs the nets is missing.");
    });
    const wasm = here("../ort/ort-wasm-simd-threaded.wasm");
    ort.env.wasm.wasmPaths = { wasm };
    ort.env.wasm.numThreads = 1; // more would need special headers
    ort.env.logLevel = "fatal";
    return ort;
  });

/** Load a net. Throws an Error for the reader where it is not there. */
const load = (name) =>
  once(name, async () => {
    const file = bytes(`../models/${name}.onnx`, `The net ${name}`);
    const [ort, model] = await Promise.all([runtime(), file]);
    const options = { executionProviders: ["wasm"] };
    return ort.InferenceSession.create(model, options).catch((wrong) => {
      console.warn(wrong);
      throw new Error(`The net ${name} is damaged, or WebAssembly is off.`);
    });
  });

/** Load the drawings of a data set. Throws an Error for the reader. */
export const drawings = (data) =>
  once(data, async () => {
    const found = await bytes(`${data}.bin`, "The file of drawings");
    if (found.length !== CLASSES[data].length * EACH * SIDE * SIDE)
      throw new Error("The file of drawings is damaged.");
    return found;
  });

/** Ask a net about the bytes of a scene (3 x 64 x 64) and a query (28 x 28).
    Returns arrays by the names of the net's outputs. */
export async function ask(name, image, query, temperature) {
  const [{ Tensor }, net] = await Promise.all([runtime(), load(name)]);
  const given = {
    image: new Tensor("uint8", image, [1, 3, CANVAS, CANVAS]),
    query: new Tensor("uint8", query, [1, 1, SIDE, SIDE]),
    temperature: new Tensor("float32", [temperature], []),
  };
  const answer = turn.then(() => net.run(given));
  turn = answer.catch(() => {});
  const found = Object.entries(await answer);
  return Object.fromEntries(found.map(([key, { data }]) => [key, data]));
}
