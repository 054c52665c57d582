(() => {
  var root = document.documentElement;
  var dark = matchMedia("(prefers-color-scheme: dark)");
  var mode = "auto";
  try {
    mode = localStorage.getItem("mode") || "auto";
  } catch (_blocked) {}
  function apply(chosen) {
    mode = chosen;
    var isDark = mode === "dark" || (mode === "auto" && dark.matches);
    root.dataset.mode = mode;
    root.dataset.theme = isDark ? "dark" : "light";
  }
  if (mode !== "dark" && mode !== "light") mode = "auto";
  apply(mode);
  dark.addEventListener("change", () => {
    apply(mode);
  });
  window.setLook = (chosen) => {
    apply(chosen);
    try {
      localStorage.setItem("mode", chosen);
    } catch (_blocked) {}
  };
})();
