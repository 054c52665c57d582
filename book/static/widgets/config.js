// Loaded after require.js and before embed-amd.js: every module is looked up
// in this folder, never on another site.
window.requirejs.config({
  baseUrl: document.currentScript.src.replace(/\/[^/]*$/, ""),
});
