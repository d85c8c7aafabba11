// The goods grid by the keyboard alone: the last row takes an item as it is typed, Enter and the
// arrows move, Alt+N goes to the last row, Ctrl+Delete takes a row away and Ctrl+Z brings it back.
import { toast } from "../js/toast.js";
import { append, cell, count, countDiscount, countNow, grid, remove, rowOf, rows, settle } from "./goods-grid.js";

const CELL = "#order-goods tbody input:not([type=hidden])";
const WHOLE = /^(\d+|[1-9]\d{0,2}([. ]\d{3})+)$/;

export function said(name, values = {}) {
  const text = document.getElementById("goods-texts").content.querySelector(`[data-text=${name}]`);
  return text.textContent.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

const newLine = () => document.getElementById("line-new")?.tomselect;

export function toNewLine() {
  newLine()?.focus();
}

const wholeOf = (text) => (WHOLE.test(text.trim()) ? Number(text.replace(/[. ]/g, "")) : null);

// An item stands in one row: chosen again, it adds to the quantity. Returns the row, and what to
// say where it was there; `isAdded` is false where its quantity or the new one cannot be read.
export function take(goods) {
  const there = rowOf(goods.item);
  if (!there) return { row: append(goods), text: "", isAdded: true };
  const quantity = goods.quantity ?? "1";
  const input = cell(there, "quantity");
  const [has, more] = [wholeOf(input.value), wholeOf(quantity)];
  const values = { code: goods.code, row: rows().indexOf(there) + 1, quantity };
  if (has === null || more === null) return { row: there, text: said("unread", values), isAdded: false };
  input.value = (has + more).toLocaleString("vi-VN");
  countNow(there);
  return { row: there, text: said("merged", values), isAdded: true };
}

export function takeOne(goods) {
  const { row, text, isAdded } = take(goods);
  settle();
  if (text) toast(text, isAdded ? "info" : "warning");
  cell(row, "quantity").focus();
}

// Several at once: the first that was added has the focus, what was merged is told together.
export function takeAll(several) {
  const taken = several.map((goods) => ({ goods, ...take(goods) }));
  settle();
  const told = taken.filter(({ text }) => text);
  const tone = taken.every(({ isAdded }) => isAdded) ? "info" : "warning";
  if (told.length) toast(told.slice(0, 5).map(({ text }) => text).join(" "), tone);
  if (taken.length) cell(taken.find(({ text }) => !text)?.row ?? taken[0].row, "quantity").focus();
  return taken;
}

let undo = null; // brings back the row that was removed last

function removeRow(row) {
  const column = document.activeElement?.name?.split("-").pop() ?? "quantity";
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const isProductDecided = rows()[0] === row && grid().querySelector("[data-about=item]");
  const restore = remove(row);
  undo = () => {
    undo = null;
    restore();
  };
  const code = row.querySelector(".line-sku").textContent;
  toast(said("removed", { code }), "info", () => undo?.(), said("undo"));
  if (isProductDecided) globalThis.htmx.trigger(grid(), "goods-again");
  if (next) (cell(next, column) ?? cell(next, "quantity")).focus();
  else toNewLine();
}

function neighbour(input, step) {
  const column = input.name.split("-").pop();
  const all = rows().map((row) => cell(row, column));
  return all[all.indexOf(input) + step];
}

function move(input, step) {
  const next = neighbour(input, step);
  if (next) next.focus();
  else if (step > 0) toNewLine();
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.isComposing || !target.matches) return;
  if (event.ctrlKey || event.metaKey) return withControl(event);
  // Enter would send the whole form in the middle of the typing.
  if (key === "Enter" && target.matches(`${CELL}, .goods-discount input`)) event.preventDefault();
  if (!target.matches(CELL) || event.altKey) return;
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[key];
  if (!step) return;
  event.preventDefault();
  move(target, step);
});

function withControl(event) {
  const row = event.target.closest("#order-goods tbody > tr");
  if (event.key === "Delete" && row) {
    event.preventDefault();
    removeRow(row);
  } else if (event.key.toLowerCase() === "z" && undo && event.target.closest("#goods-panel, body")) {
    event.preventDefault();
    undo();
  }
}

document.addEventListener("click", ({ target }) => {
  const row = target.closest("[data-remove-line]")?.closest("tr");
  if (row) removeRow(row);
  if (target.closest("[data-add-line]")) toNewLine();
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches) return;
  if (target.matches(CELL)) {
    undo = null; // from now on Ctrl+Z is about what is typed
    count(target.closest("tr"));
  } else if (target.matches("[data-order-discount]")) countDiscount();
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(CELL)) target.select();
});

// What is offered depends on the customer, the day and what the order is for.
function addressed(select) {
  const url = new URL(select.dataset.pickerUrl, location.href);
  const { elements } = document.getElementById("record-form");
  for (const name of ["customer", "ordered_on", "renews"]) {
    url.searchParams.set(name, elements.namedItem(name)?.value ?? "");
  }
  select.dataset.pickerUrl = url.href;
}

const pickerAt = (target) => target.closest?.("tr, li")?.querySelector("select[data-goods-picker]");

// Before the picker hears of its focus, and asks.
document.addEventListener("focus", ({ target }) => {
  const select = pickerAt(target);
  if (select && target !== select) addressed(select);
}, { capture: true });

// In the last row, Enter with nothing typed and nothing chosen takes nothing.
document.addEventListener("change", ({ target }) => {
  if (target.id !== "line-new" || !target.value) return;
  const picker = target.tomselect;
  const { value, code, name } = picker.options[target.value];
  picker.clear(true);
  picker.clearOptions();
  picker.setTextboxValue("");
  takeOne({ item: value, code, name });
});
