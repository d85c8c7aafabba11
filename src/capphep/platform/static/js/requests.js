// What happens around every htmx request: the CSRF token, an ended session, errors.
import { openTemplate } from "./dialog.js";
import { toast } from "./toast.js";

const TYPED_IN = "dialog[open] :is(textarea, select, input:not([type=hidden]))";

const cookie = (name) =>
  document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);

export const csrfToken = () => cookie("csrftoken") ?? "";

export const failureText = (name) =>
  document.getElementById("failure-texts").content.querySelector(`[data-text=${name}]`).textContent;

// Signing in again in another tab changes the token; the cookie always has the current one.
function freshToken(form) {
  const token = cookie("csrftoken");
  const field = token && form.elements?.namedItem("csrfmiddlewaretoken");
  if (field) field.value = token;
}

document.addEventListener("submit", ({ target }) => freshToken(target), { capture: true });

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = cookie("csrftoken");
  if (token) {
    detail.headers["X-CSRFToken"] = token;
    if (detail.formData.has("csrfmiddlewaretoken")) detail.formData.set("csrfmiddlewaretoken", token);
  }
  if (detail.elt.matches("[data-drop-empty]")) dropEmpty(detail.formData);
});

// A list's address holds what was chosen, not every box that was left empty.
function dropEmpty(data) {
  for (const name of new Set(data.keys())) {
    const values = data.getAll(name).filter(Boolean);
    data.delete(name);
    for (const value of values) data.append(name, value);
  }
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status < 400 || !detail.shouldSwap) return;
  const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  if (answer.querySelector("dialog[data-refused]")) {
    // A refusal opens as a dialog wherever it was asked for: what is on the page stays, and what
    // is typed in a dialog. A question that is answered has nothing to keep.
    detail.target = document.getElementById("dialog");
    detail.swapOverride = detail.target.querySelector(TYPED_IN) ? "beforeend" : "innerHTML";
    detail.selectOverride = "unset";
    return;
  }
  const wanted = detail.selectOverride ?? detail.requestConfig.elt.getAttribute("hx-select");
  const isWholePage = /^\s*(<!doctype|<html)/i.test(detail.serverResponse);
  if (wanted ? !answer.querySelector(wanted) : isWholePage) {
    detail.shouldSwap = false;
    const said = answer.querySelector("[data-error-text]")?.textContent.trim();
    openTemplate("refused-template").querySelector("[data-text]").textContent =
      said || failureText("refused");
  }
});

export function openSessionDialog(address) {
  openTemplate("session-template").querySelector("[data-login]").href = address || "/login";
}

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401) {
    openSessionDialog(detail.xhr.getResponseHeader("X-Login-Url"));
  } else if (detail.xhr.status >= 500) {
    failed(detail.requestConfig, "server");
  }
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    failed(detail.requestConfig, "network");
  });
}

// What a panel could not load is said where it would stand; anything else in the corner.
function failed(config, name) {
  const empty = config.elt.querySelector?.(".panel-body > :is(.panel-loading, .panel-failed)");
  if (!empty || config.verb !== "get") return toast(failureText(name), "danger", again(config));
  const note = document.getElementById("panel-failed-template").content.firstElementChild.cloneNode(true);
  note.querySelector("[data-retry]").addEventListener("click", again(config));
  empty.replaceWith(note);
}

function again({ elt, verb, path, target, triggeringEvent }) {
  return () => {
    if (!elt.isConnected) return;
    if (elt.matches("form")) elt.requestSubmit(submitterOf(elt, triggeringEvent));
    else globalThis.htmx.ajax(verb, path, { source: elt, target });
  };
}

function submitterOf(form, event) {
  const button = event?.submitter;
  return button?.isConnected && !button.disabled && button.form === form ? button : null;
}
