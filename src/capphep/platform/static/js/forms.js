// Forms: a mark and a guard while something is not saved, no second send, focus on errors.
import { openTemplate } from "./dialog.js";

const GUARDED = "form[data-guard]";
let leaving = false;

const guardedOnes = () => [...document.querySelectorAll(GUARDED)];
// Of several the one that has something to lose: a comment below the record, say.
const guarded = () => guardedOnes().find(isDirty) ?? guardedOnes()[0] ?? null;

function snapshot(form) {
  const isTyped = ([name, value]) => typeof value === "string" && name !== "draft";
  return new URLSearchParams([...new FormData(form)].filter(isTyped)).toString();
}

const clean = new WeakMap(); // form → what it held when it was loaded

function watch(form) {
  if (!clean.has(form)) clean.set(form, "dirty" in form.dataset ? null : snapshot(form));
}

export function isDirty(form) {
  if (!form || leaving || !clean.has(form)) return false;
  const files = [...form.querySelectorAll("input[type=file]")].some((each) => each.files.length);
  return files || clean.get(form) !== snapshot(form);
}

function mark(form) {
  const isToSave = isDirty(form);
  for (const each of document.querySelectorAll("[data-dirty-mark]")) each.hidden = !isToSave;
}

for (const name of ["input", "change"]) {
  document.addEventListener(name, () => {
    if (!guarded()) return;
    mark(guarded());
    standInTheWay();
  });
}

addEventListener("beforeunload", (event) => {
  if (isDirty(guarded())) event.preventDefault();
});

// Links inside the application ask in our own words, and can save.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const staysHere = link.target === "_blank" || link.hasAttribute("download") ||
    link.hasAttribute("hx-get") || link.getAttribute("href").startsWith("#");
  if (staysHere || link.closest("dialog")) return;
  const isToSave = isDirty(guarded());
  if (!isToSave && !isStanding) return;
  event.preventDefault();
  if (isToSave) ask(() => go(link.href));
  else go(link.href);
});

function ask(leave) {
  const dialog = askFirst({ discard: () => discard(leave), save });
  dialog.addEventListener("close", standInTheWay);
}

// Save, discard or stay.
function askFirst(deeds) {
  const dialog = openTemplate("leave-template");
  dialog.addEventListener("click", ({ target }) => {
    const choice = target.closest("[data-leave]")?.dataset.leave;
    if (!choice) return;
    if (choice === "discard") deeds.discard();
    dialog.close();
    if (choice === "save") deeds.save();
  });
  return dialog;
}

// Esc in a dialog asks as well; its own button to cancel has said so already.
const WRITTEN = ".dialog-form :is(textarea, input:not([type=hidden], [type=checkbox], [type=radio]))[name]";

const isWrittenIn = (dialog) => Boolean(dialog.querySelector("[data-errors]")) ||
  [...dialog.querySelectorAll(WRITTEN)].some((each) => each.value !== each.defaultValue);

document.addEventListener("cancel", (event) => {
  const dialog = event.target;
  if (!dialog.matches("dialog") || !isWrittenIn(dialog)) return;
  event.preventDefault();
  askFirst({ discard: () => dialog.close(), save: () => dialog.querySelector("[data-save]").click() });
}, { capture: true });

function discard(leave) {
  document.dispatchEvent(new Event("form-left"));
  leaving = true;
  leave();
}

// Back asks like a link does: while something is not saved, an entry of our own stands before
// the page's. What leaves by another way takes its place, so that Back finds one form, not two.
let isStanding = Boolean(history.state?.guard);

function standInTheWay() {
  if (isStanding || !isDirty(guarded())) return;
  history.pushState({ guard: true }, "");
  isStanding = true;
}

function go(address) {
  if (isStanding) location.replace(address);
  else location.assign(address);
}

addEventListener("popstate", () => {
  if (!isStanding) return;
  isStanding = false;
  if (isDirty(guarded())) ask(() => history.back());
  else history.back();
});

// The save button, not the form: it may carry a name, and it may be the band's.
function save() {
  const form = guarded();
  const button = document.querySelector(`[data-save][form="${form.id}"]`) ??
    form.querySelector("[data-save]");
  if (button) button.click();
  else form.requestSubmit();
}

// Sending: the buttons of this form wait for the answer. They are remembered, because the
// answer may replace the form while some of its buttons stand outside of it.
const waiting = new WeakMap(); // form → the buttons that were switched off

function setSending(form, isSending) {
  if (isSending) {
    waiting.set(form, [...form.elements].filter((e) => e.type === "submit" && !e.disabled));
  }
  for (const button of waiting.get(form) ?? []) button.disabled = isSending;
  form.setAttribute("aria-busy", String(isSending));
}

const isSend = ({ elt, verb }) => elt.matches("form") && verb !== "get";

document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig } }) => {
  if (isSend(requestConfig)) setSending(requestConfig.elt, true);
});
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, xhr } }) => {
  // On the way to another page the buttons stay off: the second click must find nothing.
  if (xhr.getResponseHeader("HX-Redirect")) return;
  // Not detail.elt: where the answer has replaced the form, that is what stood around it.
  if (isSend(requestConfig)) setSending(requestConfig.elt, false);
});
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || target.method === "get") return;
  leaving = true; // the form itself is what leaves the page
  // After this event, or the button that was pressed would not be part of what is sent.
  setTimeout(() => setSending(target, true));
});
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  leaving = false;
  for (const form of document.forms) setSending(form, false);
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, elt } = event.detail;
  const address = xhr.getResponseHeader("HX-Redirect");
  if (!address || !elt.closest(`${GUARDED}, dialog`)) return;
  leaving = true;
  if (!isStanding) return;
  event.preventDefault();
  go(address);
});

// The first bad field gets the focus, in a page and in what htmx brings.
function focusError(root) {
  if (!root.querySelector?.("[data-errors]")) return;
  const bad = root.querySelector("[aria-invalid=true]:not([type=hidden], .tomselected)");
  (bad ?? root.querySelector("[data-errors]")).focus();
}

// The summary's links lead to the input that a picker put in the select's place.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-errors] a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  if (field.tomselect) field.tomselect.focus();
  else (field.matches("input, select, textarea, button") ? field : field.querySelector("input") ?? field).focus();
});

function arrived() {
  guardedOnes().forEach(watch);
  mark(guarded());
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  arrived();
  // An outerHTML swap leaves detail.target behind: look at what has come.
  focusError(detail.elt.isConnected ? detail.elt : document);
});
arrived();
focusError(document);

// Who opens a form to fill it begins with its first field; a phone would put its keyboard over it.
function begin() {
  const first = document.querySelector(
    "#record-form :is(input:not([type=hidden], [readonly]), select, textarea):enabled",
  );
  const isFree = [document.body, document.documentElement].includes(document.activeElement);
  if (!first || first.value || !isFree || !matchMedia("(pointer: fine)").matches) return;
  if (first.tomselect) first.tomselect.focus();
  else first.focus();
}

begin();
