// The goods of an order's form: Enter moves down a column, rows pasted from a spreadsheet
// become lines, an input with an error says so, the dialog counts what is ticked.

const GRID = "#order-goods";
const CELL = `${GRID} tbody input:not([type=hidden])`;

function below(input) {
  const column = input.name.split("-").pop();
  const all = [...document.querySelectorAll(`${GRID} tbody input[name$="-${column}"]`)];
  return all[all.indexOf(input) + 1] ?? document.getElementById("choose-goods");
}

// Enter would send the whole form in the middle of the typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey) return;
  if (event.target.matches(`${CELL}, .goods-discount input`)) {
    event.preventDefault();
    if (event.target.matches(CELL)) below(event.target).focus();
  } else if (event.target.id === "goods-search") {
    event.preventDefault();
    tick(document.querySelector("#goods-rows input:not(:disabled)"));
  }
});

document.addEventListener("keydown", (event) => {
  const boxes = [...document.querySelectorAll("#goods-rows input:not(:disabled)")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !boxes.length || !event.target.closest("dialog[data-goods]")) return;
  event.preventDefault();
  const next = boxes[boxes.indexOf(event.target) + step];
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
  if (shown) shown.value = document.querySelectorAll("#goods-rows input:checked").length;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("#goods-rows input")) count();
});

// Rows that were asked for before the last tick would take it back: they are asked for again.
let asked = "";

function ticks() {
  return [...document.querySelectorAll("#goods-rows input:checked")].map((box) => box.value).join();
}

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target.id === "goods-search") asked = ticks();
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "goods-rows" || ticks() === asked) return;
  detail.shouldSwap = false;
  globalThis.htmx.trigger("#goods-search", "search");
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(CELL)) target.select();
});

// Once the dialog has given the focus back to what opened it, the first new row takes it.
document.addEventListener(
  "close",
  ({ target }) => {
    if (target.matches("dialog[data-goods]")) setTimeout(toNewRow);
  },
  { capture: true },
);

function toNewRow() {
  const input = document.querySelector(`${GRID} [data-new]`);
  input?.removeAttribute("data-new");
  input?.focus();
}

document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const panel = document.getElementById("goods-panel");
  const isHere = panel?.contains(event.target) || event.target === document.body;
  if (!panel || !isHere || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const answer = globalThis.htmx.ajax("POST", panel.dataset.pasteUrl, {
    source: "#order-goods",
    target: "#order-goods",
    swap: "outerHTML settle:0ms",
    values: { pasted: text },
  });
  answer.then(toNewRow);
});

// The opportunities that are offered are the customer's. Before the picker hears of its focus.
document.addEventListener("focus", ({ target }) => {
  const select = target.closest?.("[data-field=opportunity]")?.querySelector("select");
  if (!select) return;
  const url = new URL(select.dataset.pickerUrl, location.href);
  url.searchParams.set("customer", select.form.elements.namedItem("customer").value);
  select.dataset.pickerUrl = url.href;
}, { capture: true });

// The answer to a changed number brings the error's text; the input itself stays as it is.
function mark() {
  for (const error of document.querySelectorAll(`${GRID} tbody .field-error`)) {
    const input = error.parentElement.querySelector("input:not([type=hidden])");
    if (error.textContent.trim()) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
  }
}

for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, () => {
    mark();
    count();
  });
}
