// *Chọn hàng hóa*: arrows move between the boxes, Enter in the search box ticks the first one,
// what is there already says so, and *Đồng ý* makes rows of what is ticked.
import { closeDialog } from "../js/dialog.js";
import { rowOf } from "./goods-grid.js";
import { takeAll } from "./goods-keys.js";

const boxes = (state) => [...document.querySelectorAll(`#goods-rows input${state}`)];

document.addEventListener("keydown", (event) => {
  if (event.isComposing || !event.target.closest?.("dialog[data-goods]")) return;
  const open = boxes(":not(:disabled)");
  if (event.key === "Enter" && event.target.id === "goods-search") {
    event.preventDefault();
    tick(open[0]);
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !open.length) return;
  event.preventDefault();
  const next = open[open.indexOf(event.target) + step];
  (next ?? (step < 0 ? document.getElementById("goods-search") : event.target)).focus();
});

// Enter in the search box takes the first row, as a picker does.
function tick(box) {
  if (!box) return;
  box.checked = true;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function count() {
  const shown = document.querySelector("[data-goods-count]");
  if (shown) shown.value = boxes(":checked").length;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("#goods-rows input")) count();
});

document.addEventListener("htmx:afterSettle", () => {
  count();
  for (const note of document.querySelectorAll("#goods-rows .goods-present")) {
    note.hidden = !rowOf(note.closest("li").dataset.item);
  }
});

// Rows that were asked for before the last tick would take it back: they are asked for again.
let asked = "";
const ticks = () => boxes(":checked").map((box) => box.value).join();

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target.id === "goods-search") asked = ticks();
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "goods-rows" || ticks() === asked) return;
  detail.shouldSwap = false;
  globalThis.htmx.trigger("#goods-search", "search");
});

// Once the dialog has given the focus back to what opened it, the first new row takes it.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "goods-form") return;
  event.preventDefault();
  const chosen = boxes(":checked").map((box) => {
    const { item, code, name } = box.closest("li").dataset;
    return { item, code, name };
  });
  closeDialog();
  setTimeout(() => takeAll(chosen));
}, { capture: true });
