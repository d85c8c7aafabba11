// Pickers: a <select data-picker-url> asks the server from the first character on, and with nothing
// typed when it is clicked, by Enter and by the arrow down.
// The server answers {results: [{value, text, code, name, note, reason}]}, best first.

import { pickerText, Search } from "./picker-search.js";

const ROWS = 20;

// Tom Select hears of the focus some time after it has set it, which may be after letters were
// typed: it would swallow them, or search for nothing instead of them.
class Box extends globalThis.TomSelect {
  focus() {
    if (this.isDisabled || this.isReadOnly) return;
    this.control_input.focus();
    this.onFocus();
  }

  // Whoever shows more of a row than its line is told which one is looked at.
  setActiveOption(option, scroll) {
    super.setActiveOption(option, scroll);
    const detail = { value: option?.dataset.value ?? "" };
    this.input.dispatchEvent(new CustomEvent("picker-look", { detail, bubbles: true }));
  }
}

function make(select) {
  select.classList.remove("form-select"); // the picker draws its own box
  let search = null;
  const picker = new Box(select, {
    valueField: "value",
    labelField: "text",
    searchField: [], // the server has searched already, with accents folded
    maxOptions: ROWS,
    maxItems: select.multiple ? null : 1,
    refreshThrottle: 0,
    openOnFocus: false, // over a form that somebody only passes through, a list is in the way
    hideSelected: true, // what is chosen already must not be the first row
    highlight: false, // the server folds accents, this would not
    selectOnTab: true,
    closeAfterSelect: !select.multiple,
    // Inside of what scrolls, the list would be cut off.
    dropdownParent: "pickerOver" in select.dataset ? "body" : null,
    plugins: select.multiple || select.required ? [] : ["clear_button"],
    score: () => () => 1,
    shouldLoad: () => true, // says why where there are no rows
    render: { option, item, no_results: () => search?.note() ?? null },
    onBlur: () => showTyping(select, ""),
    onItemAdd: () => showTyping(select, ""),
  });
  search = new Search(picker, select);
  describe(select, picker.control_input);
  picker.control_input.addEventListener("input", ({ target }) => showTyping(select, target.value));
}

// What is typed stands in the place of what was chosen before.
function showTyping(select, text) {
  select.tomselect.wrapper.classList.toggle("is-typing", text !== "");
}

// What assistive technology reads belongs to the input that has the focus.
function describe(select, input) {
  select.setAttribute("aria-hidden", "true");
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  if (select.required) input.setAttribute("aria-required", "true");
  // The label names the input; the list of results has a name of its own.
  const results = document.getElementById(input.getAttribute("aria-controls"));
  results.removeAttribute("aria-labelledby");
  results.setAttribute("aria-label", pickerText("list"));
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// code · name · note; why a row cannot be chosen stands below it.
function option(row) {
  const line = element("div", "picker-row", "");
  if (row.code) line.append(element("span", "picker-code", row.code));
  line.append(element("span", "picker-name", row.name ?? row.text));
  if (row.note) line.append(element("span", "picker-note", row.note));
  if (row.reason) line.append(element("span", "picker-reason", row.reason));
  return line;
}

function item(row) {
  return element("div", "picker-item", row.text ?? [row.code, row.name].filter(Boolean).join(" · "));
}

export function makePickers(root) {
  for (const select of root.querySelectorAll("select[data-picker-url]")) {
    if (!select.tomselect) make(select);
  }
}

document.addEventListener("htmx:load", ({ detail }) => makePickers(detail.elt.parentNode ?? document));
makePickers(document);
