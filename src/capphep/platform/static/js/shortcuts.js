// Keys that work everywhere. `data-save`, `data-add`, `data-search` mark what they act on; a
// `data-key="a"` on any button or link gives it a letter of its own.
import { openTemplate } from "./dialog.js";
import { isTyping } from "./typing.js";

// An open dialog has the keyboard to itself.
const scope = () => document.querySelector("dialog[open]") ?? document;
const usable = (selector) =>
  [...scope().querySelectorAll(selector)].find((each) => !each.disabled && each.checkVisibility());

function press(selector, event) {
  event.preventDefault(); // also where there is nothing to press: no browser dialog to save HTML
  usable(selector)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  if (control && !event.shiftKey && event.code === "KeyS") return press("[data-save]", event);
  if (event.altKey && !control && event.code === "KeyN") return press("[data-add]", event);
  if (event.key === "F3" && !control) return search(event);
  if (control || event.altKey || isTyping(event)) return;
  if (event.key === "?") return openTemplate("shortcuts-template");
  if (/^[a-z]$/i.test(event.key)) letter(event);
});

function search(event) {
  const box = usable("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
}

function letter(event) {
  const target = usable(`[data-key="${event.key.toLowerCase()}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-shortcuts]")) return;
  document.getElementById("user-menu")?.hidePopover();
  openTemplate("shortcuts-template");
});
