(function () {
  var root = document.documentElement;
  var dark = matchMedia("(prefers-color-scheme: dark)");
  var mode = "auto";
  try {
    mode = localStorage.getItem("mode") || "auto";
  } catch (blocked) {}
  function apply(chosen) {
    mode = chosen;
    var isDark = mode === "dark" || (mode === "auto" && dark.matches);
    root.dataset.mode = mode;
    root.dataset.theme = isDark ? "dark" : "light";
  }
  if (mode !== "dark" && mode !== "light") mode = "auto";
  apply(mode);
  dark.addEventListener("change", function () {
    apply(mode);
  });
  window.setLook = function (chosen) {
    apply(chosen);
    try {
      localStorage.setItem("mode", chosen);
    } catch (blocked) {}
  };
})();
