// What is being typed in a form[data-drafts] is kept by the server after a pause, as what differs
// from what it has already; what was kept earlier is offered when the form is opened.
import { csrfToken } from "./requests.js";
import { isDirty } from "./forms.js";

const PAUSE = 1500; // ms without a change before it is kept
const form = () => document.querySelector("form[data-drafts]");
const restored = new URLSearchParams(location.search).get("draft");

let key = fresh();
let seen = 0; // the version that the server has; 0: nothing yet
let kept = new Map(); // name → its values as the server has them, as JSON
let timer = 0;
let isBusy = false;
let isOver = false; // saved or thrown away

function fresh() {
  if (crypto.randomUUID) return crypto.randomUUID(); // not where the page came over plain http
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function typed() {
  const data = new FormData(form());
  const fields = new Map();
  for (const name of new Set(data.keys())) {
    const values = data.getAll(name).filter((value) => typeof value === "string");
    const isSecret = name === "csrfmiddlewaretoken" || name === "draft" || name.includes("password");
    if (values.length && !isSecret) fields.set(name, JSON.stringify(values));
  }
  return fields;
}

function later() {
  clearTimeout(timer);
  if (form() && !isOver) timer = setTimeout(keep, PAUSE);
}

async function keep() {
  if (isBusy || isOver || !form()) return;
  if (!isDirty(form())) {
    if (seen) forget(key);
    return begin();
  }
  const now = typed();
  const changed = [...now].filter(([name, values]) => kept.get(name) !== values);
  const gone = [...kept.keys()].filter((name) => !now.has(name));
  if (!changed.length && !gone.length) return;
  isBusy = true;
  try {
    await send(now, changed, gone);
  } catch {
    later(); // nobody is troubled by it; the next try has everything
  } finally {
    isBusy = false;
  }
}

// Everything was taken back, or another tab went on with it: the next change begins a new draft.
function begin() {
  [key, seen, kept] = [fresh(), 0, new Map()];
}

async function send(now, changed, gone) {
  const fields = Object.fromEntries(changed.map(([name, values]) => [name, JSON.parse(values)]));
  const answer = await ask("POST", key, {
    body: JSON.stringify({ form: location.pathname, seen, changed: fields, gone }),
  });
  if (answer.ok) {
    seen = (await answer.json()).version;
    kept = now;
    if (restored) forget(restored); // this one holds all of it
    if (isOver) forget(key);
    else later();
  } else if (answer.status === 409) {
    begin();
    later();
  }
}

function ask(method, which, options = {}) {
  const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
  return fetch(`${form().dataset.drafts}${which}`, { method, headers, ...options });
}

function forget(which) {
  ask("DELETE", which, { keepalive: true }).catch(() => {});
}

// What is saved names its drafts, which the server then forgets with it.
const mine = () => [seen ? key : "", restored].filter(Boolean);

document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("form[data-drafts]")) return;
  for (const each of mine()) formData.append("draft", each);
});

for (const name of ["input", "change"]) {
  document.addEventListener(name, ({ target }) => {
    if (target.closest?.("form[data-drafts]") || target.form === form()) later();
  });
}

document.addEventListener("form-left", () => {
  isOver = true;
  clearTimeout(timer);
  for (const each of mine()) forget(each);
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-draft-drop]");
  if (!button) return;
  forget(button.dataset.draftDrop);
  button.closest(".draft-offer").remove();
});

function offer() {
  const address = new URL(form().dataset.drafts, location.href);
  address.searchParams.set("form", location.pathname);
  globalThis.htmx.ajax("GET", address.pathname + address.search, {
    source: document.body,
    target: form(),
    swap: "beforebegin",
  });
}

if (form() && !("dirty" in form().dataset)) offer();
