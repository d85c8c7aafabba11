// Keys that work everywhere. `g` and then a letter goes to the page of the navigation that has
// it (`data-go`). `data-save`, `data-add`, `data-search` mark what they act on; a
// `data-key="a"` on any button or link gives it a letter of its own.
import { openTemplate } from "./dialog.js";
import { openPalette } from "./palette.js";
import { isComposing, isTyping } from "./typing.js";

const PATIENCE = 1500; // ms in which the letter after g is awaited
let goingSince = -PATIENCE;

// An open dialog has the keyboard to itself, the one on top.
const scope = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
const usable = (selector) =>
  [...scope().querySelectorAll(selector)].find((each) => !each.disabled && each.checkVisibility());

function press(selector, event) {
  event.preventDefault(); // also where there is nothing to press: no browser dialog to save HTML
  usable(selector)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isComposing(event)) return;
  const control = event.ctrlKey || event.metaKey;
  if (control && !event.shiftKey && event.code === "KeyS") return press("[data-save]", event);
  if (control && !event.shiftKey && !event.altKey && event.code === "KeyK") return palette(event);
  if (event.altKey && !control && event.code === "KeyN") return press("[data-add]", event);
  if (event.key === "F3" && !control) return search(event);
  if (event.key === "F1" && !control) return help(event);
  if (control || event.altKey || isTyping(event)) return;
  if (event.key === "/") return search(event);
  if (event.key === "?") return openTemplate("shortcuts-template");
  if (/^[a-z]$/i.test(event.key)) letter(event);
});

function search(event) {
  const box = usable("[data-search]");
  if (!box) return palette(event);
  event.preventDefault();
  box.focus();
  box.select();
}

// Also over an open dialog: the page stays as it is, the help opens beside it.
function help(event) {
  event.preventDefault();
  document.querySelector("[data-help]")?.click();
}

function palette(event) {
  if (openPalette()) event.preventDefault();
}

function letter(event) {
  const key = event.key.toLowerCase();
  const isGoing = event.timeStamp - goingSince < PATIENCE && !document.querySelector("dialog[open]");
  goingSince = key === "g" && !isGoing ? event.timeStamp : -PATIENCE;
  const target = isGoing
    ? document.querySelector(`[data-go="${key}"]`)
    : usable(`[data-key="${key}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-shortcuts]")) return;
  document.getElementById("user-menu")?.hidePopover();
  openTemplate("shortcuts-template");
});
