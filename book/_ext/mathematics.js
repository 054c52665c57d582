// Sets formulas: for each line [TeX, whether it stands alone] a line
// [HTML, error or null]. Started by mathematics.py.
const path = require("node:path");
const katex = require(path.join(__dirname, "../vendor/build/katex.min.js"));

// All that LaTeX has, and classes for what has a color: see mathematics.py.
const options = {
  strict: (code) => (code === "htmlExtension" ? "ignore" : "error"),
  trust: ({ command }) => command === "\\htmlClass",
};

const lines = require("node:readline").createInterface(process.stdin);
lines.on("line", (line) => {
  const [tex, displayMode] = JSON.parse(line);
  let error = null;
  let html = "";
  try {
    html = katex.renderToString(tex, { displayMode, ...options });
  } catch (failed) {
    error = failed.message;
  }
  console.log(JSON.stringify([html, error]));
});
