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

// The handle of a slider has no name of its own: it takes that of its label.
new MutationObserver(() => {
  const nameless = ".noUi-handle:not([aria-label])";
  for (const handle of document.querySelectorAll(nameless)) {
    const slider = handle.closest(".jupyter-widgets:has(.widget-label)");
    const name = slider?.querySelector(".widget-label").textContent;
    if (name) handle.setAttribute("aria-label", name);
  }
}).observe(document, { childList: true, subtree: true, characterData: true });
