// Lists: a click on a row opens it, j and k move between rows, x ticks one, the search box
// follows Back and "clear filters".
import { readyFilters } from "./filters.js";
import { countTicks } from "./ticks.js";
import { isTyping } from "./typing.js";

const ROW = "tr[data-row]";
const INTERACTIVE = "a, button, input, select, textarea, label, [role=menu], dialog";

function open(row, inNewTab) {
  if (inNewTab) globalThis.open(row.dataset.href, "_blank", "noopener");
  else row.querySelector("a[href]").click();
}

function onClick(event) {
  const row = event.target.closest(ROW);
  if (!row || event.target.closest(INTERACTIVE)) return;
  if (String(getSelection())) return; // the click ended a selection of text
  if (event.type === "auxclick" && event.button !== 1) return;
  open(row, event.ctrlKey || event.metaKey || event.button === 1);
}

document.addEventListener("click", onClick);
document.addEventListener("auxclick", onClick);

function step(direction) {
  const rows = [...document.querySelectorAll(ROW)];
  const current = rows.indexOf(document.activeElement?.closest?.(ROW));
  const next = current < 0 ? 0 : current + direction;
  rows[Math.max(0, Math.min(next, rows.length - 1))]?.focus();
  return rows.length > 0;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) return;
  if (event.key === "j" || event.key === "k") {
    // Without rows the keys belong to the page.
    if (step(event.key === "j" ? 1 : -1)) event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches?.(ROW)) {
    open(event.target, false);
  } else if (event.key === "x") {
    const box = event.target.closest?.(ROW)?.querySelector("[data-tick]");
    if (!box) return;
    event.preventDefault();
    box.click();
  }
});

// A list that replaces itself keeps the reader's place: after a change on the page the same
// row, after another choice the table.
let place = null;

// A row whose menu is open stays where it is; the list is asked for again once the menu closes.
let heldBack = false;

function holdBack(detail) {
  heldBack = Boolean(detail.target.querySelector("[role=menu]:popover-open"));
  if (heldBack) detail.shouldSwap = false;
  return heldBack;
}

document.addEventListener("toggle", ({ newState }) => {
  if (newState !== "closed" || !heldBack) return;
  heldBack = false;
  globalThis.htmx.trigger("#list-form", "submit");
}, { capture: true });

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "list" || holdBack(detail)) return;
  const scroller = detail.target.querySelector(".table-scroll");
  const row = document.activeElement?.closest(ROW);
  place = {
    isReload: detail.requestConfig.triggeringEvent?.type === "record-changed",
    scroll: { top: scroller?.scrollTop, left: scroller?.scrollLeft },
    href: row?.dataset.href,
    index: row && [...document.querySelectorAll(ROW)].indexOf(row),
    hadFocus: detail.target.contains(document.activeElement),
  };
});

function restore() {
  const scroller = document.querySelector("#list .table-scroll");
  const rows = [...document.querySelectorAll(ROW)];
  if (place.isReload) scroller?.scrollTo(place.scroll);
  if (!place.hadFocus) return;
  const row = rows.find((each) => each.dataset.href === place.href) ?? rows[place.index];
  (row ?? scroller)?.focus({ preventScroll: true });
}

// The list that arrives says what was searched for, unless the person has typed on since.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const list = document.getElementById("list");
  const form = document.getElementById("list-form");
  if (!list || !form || detail.target.id !== "list") return;
  countTicks();
  if (place) restore();
  place = null;
  readyFilters();
  const box = form.querySelector("[data-search]");
  if (box && box !== document.activeElement) box.value = list.dataset.searchText;
});
