// The state of the page as a link's last part, and back. What is not written
// as this file writes it is refused, in words.

export const CHOICES = {
  net: ["ours", "post"],
  pooling: ["center", "mean"],
  grid: ["16", "8"],
  rate: ["0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1"],
  breaks: ["nothing", "image", "query", "both", "root", "colors"],
};
const OTHERS = ["seed", "speed", "device", "take"];
export const CONTROLS = [...Object.keys(CHOICES), ...OTHERS];
const LONGEST = 200; // characters
const HIDE = "hide-"; // and what to hide, with hyphens between

/** Write a choice, and the controls that are hidden. */
export function write({ net, pooling, grid, rate, seed, breaks }, hidden) {
  const parts = [net, pooling, grid, rate, seed, breaks];
  const last = hidden.length ? [HIDE + hidden.join("-")] : [];
  return ["#train", ...parts, ...last].join("_");
}

/** Read a link's last part. Throws an Error where it is none of ours. */
export function read(hash) {
  if (hash.length > LONGEST) throw new Error("it is too long");
  const [start, net, pooling, grid, rate, seed, breaks, hide, ...more] =
    hash.split("_");
  const choice = { net, pooling, grid, rate, breaks };
  if (start !== "#train" || breaks === undefined || more.length)
    throw new Error("it is not written as this page writes them");
  for (const [name, known] of Object.entries(CHOICES))
    if (!known.includes(choice[name]))
      throw new Error(`it has no ${name} that this page knows`);
  if (!/^\d{1,4}$/.test(seed)) throw new Error("its seed is out of range");
  const hidden = hide === undefined ? [] : hide.split("-").slice(1);
  const fits = hidden.length && hidden.every((one) => CONTROLS.includes(one));
  if (hide !== undefined && !(hide.startsWith(HIDE) && fits))
    throw new Error("it hides what is not there");
  const numbers = { grid: +grid, rate: +rate, seed: +seed };
  return { choice: { ...choice, ...numbers }, hidden: [...new Set(hidden)] };
}
