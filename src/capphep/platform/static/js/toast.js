// Short notices in the corner. Servers send them as `HX-Trigger: {"toast": {"text", "tone"}}`.

const LIFETIME = { success: 4000, info: 6000, warning: 12000, danger: 0 }; // 0: stays

const area = () => document.getElementById("toasts");

// `retry` is what the notice offers to do, under `label`: to try again, if nothing else is said.
export function toast(text, tone = "success", retry = null, label = "") {
  const note = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  note.dataset.tone = tone;
  note.querySelector("span").textContent = text;
  if (retry) {
    const button = note.querySelector("[data-retry]");
    button.hidden = false;
    if (label) button.textContent = label;
    button.addEventListener("click", () => {
      note.remove();
      retry();
    });
  }
  // News of the same kind takes the place of the last: a pile would cover the page.
  for (const last of area().querySelectorAll(`[data-tone="${tone}"]`)) last.remove();
  area().append(note);
  keepInView();
  expire(note);
}

// A modal dialog makes the rest of the page inert and covers it: notices belong to the top
// layer as well, above it.
function keepInView() {
  const element = area();
  element.popover = "manual";
  if (element.matches(":popover-open")) element.hidePopover();
  element.showPopover();
}

function expire(note) {
  const lifetime = LIFETIME[note.dataset.tone] ?? LIFETIME.info;
  if (!lifetime) return;
  let timer = setTimeout(() => note.remove(), lifetime);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => {
    timer = setTimeout(() => note.remove(), lifetime);
  });
}

document.addEventListener("toast", ({ detail }) => {
  const said = detail.value ?? detail; // htmx wraps a plain string
  toast(said.text ?? String(said), said.tone);
});

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast-note")?.remove();
});

area()?.querySelectorAll(".toast-note").forEach(expire);
