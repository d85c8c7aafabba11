// Loaded before the style sheets and not as a module: the page must not flash in the wrong
// theme, and only the browser knows what "auto" means here.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    if ((root.dataset.themeChoice || "auto") === "auto") {
      root.dataset.bsTheme = dark.matches ? "dark" : "light";
    }
  };
  apply();
  dark.addEventListener("change", apply);
})();
