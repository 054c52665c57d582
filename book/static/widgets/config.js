// Loaded after require.js and before embed-amd.js: every module is looked up
// in this folder, never on another site.
window.requirejs.config({
  baseUrl: document.currentScript.src.replace(/\/[^/]*$/, ""),
});

// Widgets typeset their labels through the queue of MathJax 2, which MathJax 3
// has not. Widgets are shown when the page has loaded, and this comes before.
window.addEventListener("load", () => {
  const math = window.MathJax;
  if (math && !math.Hub) {
    math.Hub = { Queue: ([, , label]) => math.typesetPromise?.([label]) };
  }
});
