// Theme and row height: kept in cookies, so that the server renders the page with them.

const YEAR = 31_536_000;

function choose(button) {
  const { preference } = button.dataset;
  const root = document.documentElement;
  document.cookie = `${preference}=${button.value}; path=/; max-age=${YEAR}; samesite=lax`;
  if (preference === "density") root.dataset.density = button.value;
  if (preference === "theme") {
    root.dataset.themeChoice = button.value;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.bsTheme = button.value === "auto" ? (dark ? "dark" : "light") : button.value;
  }
  for (const each of document.querySelectorAll(`[data-preference="${preference}"]`)) {
    each.setAttribute("aria-pressed", String(each.value === button.value));
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-preference]");
  if (button) choose(button);
});
