// What the palette knows without asking the server: what can be done on this page, and where the
// navigation leads.

// As `pure.folding.fold`: lower case, without accents, đ as d.
export const fold = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replaceAll("đ", "d");

const words = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

// Every word that was typed begins one of the label's.
export function matches(label, text) {
  const own = words(label);
  return words(text).every((word) => own.some((each) => each.startsWith(word)));
}

const labelOf = (element) =>
  (element.querySelector("span")?.firstChild?.textContent ?? element.textContent).trim();

const place = (element) => ({
  name: labelOf(element),
  code: "",
  note: "",
  url: element.matches("a") ? element.getAttribute("href") : "",
  press: () => element.click(),
});

// The header band's button and menu, the page's "Add"; not what has a reason not to be chosen.
export function actionsHere() {
  const main = document.getElementById("main");
  const found = main.querySelectorAll(
    ".band-actions :is(a, button):not([data-menu-button]), .page-actions :is(a, button)",
  );
  const usable = [...found].filter(
    (each) => !each.disabled && each.getAttribute("aria-disabled") !== "true" && labelOf(each),
  );
  // What stands in the band as a button stands in its menu too.
  return [...new Map(usable.map((each) => [labelOf(each), place(each)])).values()];
}

export const pages = () => [...document.querySelectorAll(".sidebar a.nav-entry")].map(place);
