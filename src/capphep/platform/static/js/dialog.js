// Dialogs: any <dialog data-dialog> that arrives in #dialog opens as a modal one; when it
// closes it is taken away and the focus returns to what opened it. What has to be said meanwhile
// opens over it: what is typed in it stays.

const place = () => document.getElementById("dialog");
const openOnes = () => [...place().querySelectorAll("dialog[open]")];
let opener = null;

export function openDialog(dialog) {
  if (!opener?.isConnected) opener = document.activeElement;
  dialog.addEventListener("close", () => closed(dialog));
  dialog.showModal();
}

// Open the <dialog> inside a <template>; returns it.
export function openTemplate(id) {
  const dialog = document.getElementById(id).content.firstElementChild.cloneNode(true);
  if (!openOnes().length) {
    opener = document.activeElement;
    place().replaceChildren();
  }
  place().append(dialog);
  openDialog(dialog);
  return dialog;
}

export function closeDialog() {
  for (const dialog of openOnes()) dialog.close();
}

function closed(dialog) {
  dialog.remove();
  if (place().querySelector("dialog")) return; // another one has taken its place, or stands below
  const back = opener;
  opener = null;
  if (back?.isConnected) back.focus();
  else document.getElementById("main")?.focus();
}

// What opens a dialog is remembered when its request starts: a menu that closes meanwhile
// has given the focus back to its button by then.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target !== place() || place().querySelector("dialog")) return;
  const menu = detail.elt.closest("[role=menu]");
  // A shortcut, and some browsers' click, press it without giving it the focus.
  const held = document.activeElement === document.body ? detail.elt : document.activeElement;
  opener = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : held;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target !== place()) return;
  const dialog = place().querySelector("dialog[data-dialog]:not([open])");
  if (dialog) openDialog(dialog);
});

document.addEventListener("dialog-close", closeDialog);

document.addEventListener("click", (event) => {
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  if (event.target.closest("[data-close]")) dialog.close();
  if (event.target.closest("[data-reload]")) {
    event.preventDefault();
    location.reload();
  }
});
