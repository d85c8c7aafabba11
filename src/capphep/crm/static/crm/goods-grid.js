// The rows of an order's goods and what the server says of them. A change sends its own rows
// with what the totals hold of them (data-fact), and the totals as they stand (data-sums): the
// 500th line costs what the first did. Requests follow each other; while one is under way,
// changes gather for the next.
import { explain, postJson } from "../js/json.js";

const PAUSE = 250; // ms without a further key before the server is asked
const NEW = "new";
const HEAD = ["order", "customer", "renews", "ordered_on"];
const DISCOUNT = ["discount_kind", "discount_percent", "discount_amount"];
const UNTAXED = /\*(KCT|0)\*/;

export const panel = () => document.getElementById("goods-panel");
export const grid = () => document.getElementById("order-goods");
export const rows = () => [...(grid()?.querySelectorAll("tbody > tr") ?? [])];
export const cell = (row, column) => row.querySelector(`input[name$="-${column}"]`);
export const rowOf = (item) => grid()?.querySelector(`tbody > tr[data-item="${Number(item)}"]`);
const totals = () => document.getElementById("order-totals");
const inputOf = (name) => panel().closest("form").elements.namedItem(name);

const changed = new Set(); // rows to be counted again
const gone = new Set(); // rows that were taken away and are still in the totals
let isDiscountChanged = false;
let timer = 0;
let underWay = null;

export function count(row) {
  if (row) changed.add(row);
  later(PAUSE);
}

export function countNow(row) {
  changed.add(row);
  later(0);
}

export function countDiscount() {
  isDiscountChanged = true;
  later(PAUSE);
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(flush, pause);
}

function flush() {
  underWay ??= send().finally(() => {
    underWay = null;
    if (changed.size || gone.size || isDiscountChanged) later(0);
  });
}

async function send() {
  const here = grid();
  const sent = [...changed].filter((row) => here?.contains(row));
  const left = [...gone].filter((row) => row.dataset.fact !== NEW);
  const isAll = isDiscountChanged;
  for (const each of [changed, gone]) each.clear();
  isDiscountChanged = false;
  if (!here || !(sent.length || left.length || isAll)) return;
  try {
    const answer = await postJson(panel().dataset.rowUrl, fieldsOf(sent, left, isAll));
    if (here.isConnected) show(answer, sent, left); // else the whole grid has come anew
  } catch (failure) {
    explain(failure, () => again(sent, left, isAll));
  }
}

function again(sent, left, isAll) {
  for (const row of sent) changed.add(row);
  for (const row of left) gone.add(row);
  isDiscountChanged ||= isAll;
  later(0);
}

function fieldsOf(sent, left, isAll) {
  const fields = new FormData();
  for (const name of [...HEAD, ...DISCOUNT]) {
    const input = inputOf(name);
    if (input) fields.set(name, input.value);
  }
  for (const row of sent) {
    for (const input of row.querySelectorAll("input[name]")) fields.set(input.name, input.value);
    fields.set(`lines-${row.dataset.line}-was`, row.dataset.fact);
  }
  for (const row of left) fields.append("gone", row.dataset.fact);
  fields.set("first", rows()[0]?.dataset.item ?? "");
  fields.set("sums", totals().dataset.sums);
  if (isAll || isSpread(sent)) fields.set("others", factsBut(sent));
  return fields;
}

// An amount off the order is spread over all lines; where one is taxed, each part counts.
function isSpread(sent) {
  if (inputOf("discount_kind").value !== "amount") return false;
  const isTaxed = (row) => row.dataset.fact && !UNTAXED.test(row.dataset.fact);
  return rows().some(isTaxed) || sent.some((row) => row.dataset.fact === NEW);
}

function factsBut(sent) {
  const others = rows().filter((row) => !sent.includes(row) && row.dataset.fact !== NEW);
  return others.map((row) => row.dataset.fact || "-").join(" ");
}

function show(answer, sent, left) {
  for (const row of left) row.dataset.fact = NEW;
  for (const row of sent) {
    const now = answer.rows[row.dataset.line];
    if (!now) continue;
    if (now.html) complete(row, now.html);
    row.dataset.fact = now.fact;
    document.getElementById(`lines-${row.dataset.line}-amount`).textContent = now.amount;
    for (const [column, text] of Object.entries(now.errors)) showError(row, column, text);
    row.classList.toggle("is-bad", Boolean(row.querySelector(".field-error:not(:empty)")));
  }
  totals().outerHTML = answer.totals;
  number();
}

// What the server knows of a new row stands beside what may have been typed in it meanwhile.
function complete(row, html) {
  const pattern = document.createElement("template");
  pattern.innerHTML = html;
  const cells = [...pattern.content.querySelector("tr").cells];
  [...row.cells].forEach((old, at) => {
    if (!old.querySelector("input, button")) old.replaceChildren(...cells[at].childNodes);
  });
}

function showError(row, column, text) {
  const input = cell(row, column);
  const error = input?.parentElement.querySelector(".field-error");
  if (!error) return;
  error.textContent = text;
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function number() {
  rows().forEach((row, at) => {
    row.cells[0].firstElementChild.textContent = String(at + 1);
  });
}

const nextIndex = new WeakMap(); // grid → the index of its next row

function freshIndex() {
  const next = nextIndex.get(grid()) ??
    1 + Math.max(0, ...rows().map((row) => Number(row.dataset.line)));
  nextIndex.set(grid(), next + 1);
  return next;
}

// A row that shows at once what is known of the item; the server completes it. After the last
// of several: `settle`.
export function append({ item, code, name, quantity = "1", discount_percent = "" }) {
  const made = document.getElementById("line-pattern").content.querySelector("tr").cloneNode(true);
  const index = freshIndex();
  made.innerHTML = made.innerHTML.replaceAll("lines--", `lines-${index}-`);
  Object.assign(made.dataset, { line: index, item, fact: NEW });
  cell(made, "item").value = item;
  cell(made, "quantity").value = quantity;
  if (cell(made, "discount_percent")) cell(made, "discount_percent").value = discount_percent;
  made.querySelector(".line-sku").textContent = code;
  made.querySelector(".line-name span").textContent = name;
  for (const each of made.querySelectorAll("[aria-label]")) each.setAttribute("aria-label", `${each.getAttribute("aria-label").trim()} ${code}`);
  grid().querySelector("tbody").append(made);
  countNow(made);
  return made;
}

// Rows have come or gone: they are numbered, and the form knows that something is not saved.
export function settle() {
  number();
  grid().dispatchEvent(new Event("change", { bubbles: true }));
}

export function remove(row) {
  const next = row.nextElementSibling;
  changed.delete(row);
  gone.add(row);
  row.remove();
  settle();
  later(0);
  return () => restore(row, next);
}

function restore(row, next) {
  if (!grid()) return;
  gone.delete(row);
  const body = grid().querySelector("tbody");
  body.insertBefore(row, next?.parentNode === body ? next : null);
  settle();
  countNow(row);
  cell(row, "quantity").focus();
}

// Where every row depends on what was changed, the rows go with the question; where there is
// none, there is nothing to ask.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, formData, path } = event.detail;
  if (elt.id === "order-goods" && !rows().length) event.preventDefault();
  else if (elt.id === "choose-goods" || elt.closest?.("dialog[data-goods]")) {
    for (const name of [...formData.keys()]) if (name.startsWith("lines-")) formData.delete(name);
  }
});
