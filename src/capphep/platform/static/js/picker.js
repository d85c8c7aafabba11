// Pickers: a <select data-picker-url> asks the server from the first character on.
// The server answers {results: [{value, text, code, name, note, reason}]}, best first.

const ROWS = 20;
const TomSelect = globalThis.TomSelect;

function make(select) {
  select.classList.remove("form-select"); // the picker draws its own box
  const picker = new TomSelect(select, {
    valueField: "value",
    labelField: "text",
    searchField: [], // the server has searched already, with accents folded
    maxOptions: ROWS,
    maxItems: select.multiple ? null : 1,
    refreshThrottle: 0,
    loadThrottle: 120,
    openOnFocus: true,
    preload: "focus",
    hideSelected: true, // what is chosen already must not be the first row
    highlight: false, // the server folds accents, this would not
    selectOnTab: true,
    closeAfterSelect: !select.multiple,
    plugins: select.multiple || select.required ? [] : ["clear_button"],
    score: () => () => 1,
    load: (query, done) => load(select, query, done),
    render: { option, item, no_results: () => null, loading: () => null },
    onType() {
      this.clearOptions(); // the rows of an earlier text must not be what Enter takes
    },
    onBlur: () => showTyping(select, ""),
    onItemAdd: () => showTyping(select, ""),
  });
  describe(select, picker.control_input);
  const input = picker.control_input;
  input.addEventListener("input", () => {
    showTyping(select, input.value);
    if (input.value.trim()) pending.set(select, false);
    else pending.delete(select);
  });
  input.addEventListener("keydown", (event) => takeWhenThere(event, select), true);
}

// What is typed stands in the place of what was chosen before.
function showTyping(select, text) {
  select.tomselect.wrapper.classList.toggle("is-typing", text !== "");
}

// Enter before the rows have arrived takes the first one when it comes.
const pending = new WeakMap(); // select → whether Enter was pressed while its rows are under way

function takeWhenThere(event, select) {
  if (event.key !== "Enter" || event.isComposing || !pending.has(select)) return;
  pending.set(select, true);
  event.preventDefault();
  event.stopPropagation();
}

function arrived(select, rows) {
  const isWanted = pending.get(select);
  pending.delete(select);
  const first = isWanted && rows.find((row) => !row.disabled);
  if (!first) return;
  select.tomselect.addItem(String(first.value));
  select.tomselect.close();
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
  results.setAttribute("aria-label", document.getElementById("picker-text").content.textContent);
}

const running = new WeakMap(); // select → the request that a further letter makes void

async function load(select, query, done) {
  running.get(select)?.abort();
  const abort = new AbortController();
  running.set(select, abort);
  const url = new URL(select.dataset.pickerUrl, location.href);
  url.searchParams.set("q", query);
  try {
    const answer = await fetch(url, {
      signal: abort.signal,
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const { results } = await answer.json();
    const rows = results.map((row) => ({ ...row, disabled: Boolean(row.reason) }));
    if (query !== select.tomselect.inputValue()) return done(); // these answer an earlier text
    select.tomselect.clearOptions();
    done(rows);
    arrived(select, rows);
  } catch (error) {
    if (error.name !== "AbortError") pending.delete(select); // else: a further letter was typed
    done();
  }
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
