// Autofill: an element with data-autofill-url asks again whenever a picker in it changes (with
// data-autofill-from: the picker of that name), and fills the form's other inputs. What the
// person typed is never overwritten: only inputs that are empty or still hold what was filled
// in last. Of two choices the later one fills in, in whatever order the answers come.
import { askJson, explain } from "./json.js";

const filled = new Map(); // "form id/input name" → the value filled in last

const key = (input) => `${input.form?.id}/${input.name}`;

// A form that comes back from the server says itself what had been filled in: data-filled.
const isOurs = (input) =>
  !input.tomselect?.inputValue() &&
  ["", filled.get(key(input)), input.dataset.filled].includes(input.value);

function fill(input, value) {
  const plain = typeof value === "object" && value !== null ? value : { value, text: value };
  const text = String(plain.value ?? "");
  if (!isOurs(input) || input.value === text) return;
  if (input.tomselect) setPicker(input.tomselect, { ...plain, value: text });
  else input.value = text;
  filled.set(key(input), text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// Silent: a filled picker must not start an autofill of its own.
function setPicker(picker, row) {
  if (row.value) picker.addOption(row);
  picker.setValue(row.value, true);
}

const underWay = new WeakMap(); // picker → its question, which the next choice makes void

async function autofill(source) {
  const holder = source.closest("[data-autofill-url]");
  if (!holder || !source.form) return;
  const { autofillFrom } = holder.dataset;
  if (autofillFrom && autofillFrom !== source.name) return;
  const url = new URL(holder.dataset.autofillUrl, location.href);
  url.searchParams.set(source.name, source.value);
  underWay.get(source)?.abort();
  const { signal } = underWay.set(source, new AbortController()).get(source);
  const answer = await askJson(url, signal).catch((failure) => {
    if (!signal.aborted) explain(failure, () => source.isConnected && autofill(source));
  });
  if (signal.aborted || !answer) return;
  for (const [name, value] of Object.entries(answer)) {
    const input = source.form.elements.namedItem(name);
    if (input && input !== source && !(input instanceof RadioNodeList)) fill(input, value);
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("select[data-picker-url]")) autofill(target);
});
