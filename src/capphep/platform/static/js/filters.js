// The filters above a list: each input adds to what is in force, which the chips show, and is
// then ready for the next choice. The panel with the further ones closes by Esc and a click beside.

const PANEL = "[data-drop-panel]";

export function readyFilters() {
  const form = document.getElementById("list-form");
  for (const select of form?.querySelectorAll("select") ?? []) {
    if (select.tomselect) select.tomselect.clear(true);
    else select.value = "";
  }
  for (const input of form?.querySelectorAll(".filter-panel input[name]") ?? []) {
    if (input !== document.activeElement) input.value = "";
  }
}

function close(panel, { focus = false } = {}) {
  panel.open = false;
  if (focus) panel.querySelector("summary").focus();
}

document.addEventListener("pointerdown", ({ target }) => {
  for (const panel of document.querySelectorAll(`${PANEL}[open]`)) {
    // The row of a picker that was just chosen is not in the page any more.
    if (target.isConnected && !panel.contains(target)) close(panel);
  }
});

document.addEventListener("keydown", (event) => {
  const panel = document.querySelector(`${PANEL}[open]`);
  if (event.key !== "Escape" || event.defaultPrevented || !panel) return;
  event.preventDefault();
  close(panel, { focus: true });
});
