// Rows copied from a spreadsheet become lines; what the server could not read of them is listed
// below the grid, each with what can be done about it; the form, and so its draft, carries them.
import { explain, postJson } from "../js/json.js";
import { toast } from "../js/toast.js";
import { panel } from "./goods-grid.js";
import { said, takeAll } from "./goods-keys.js";

const list = () => document.getElementById("goods-pasted");

document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const isHere = panel()?.contains(event.target) || event.target === document.body;
  if (!panel() || !isHere || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  event.stopPropagation(); // a picker would search for it
  document.activeElement?.closest?.(".ts-wrapper")?.previousElementSibling?.tomselect?.blur();
  paste(text);
}, { capture: true });

async function paste(text) {
  const fields = new FormData();
  fields.set("pasted", text);
  for (const each of list().querySelectorAll("input[name]")) fields.append(each.name, each.value);
  try {
    const { rows, problems } = await postJson(panel().dataset.pasteUrl, fields);
    globalThis.htmx.swap(list(), problems, { swapStyle: "innerHTML" });
    const taken = takeAll(rows);
    const left = list().querySelectorAll("[data-pasted]").length; // often below what is in view
    if (left) toast(said("left", { count: taken.length, left }), "warning", () => list().scrollIntoView({ block: "center" }), said("see"));
    else if (taken.length && taken.every(({ text: told }) => !told)) toast(said("added", { count: taken.length }));
  } catch (failure) {
    explain(failure, () => paste(text));
  }
}

function done(item) {
  item.remove();
  if (!list().querySelector("[data-pasted]")) list().replaceChildren();
  tell();
}

// The form holds less than before: its draft follows.
function tell() {
  list().dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-pasted-done]")) {
    list().replaceChildren();
    tell();
  } else if (target.closest("[data-pasted-drop]")) done(target.closest("[data-pasted]"));
});

document.addEventListener("change", ({ target }) => {
  const row = target.matches("select[data-goods-picker]") && target.closest("[data-pasted]");
  if (!row || !target.value) return;
  const { value, code, name } = target.tomselect.options[target.value];
  const { quantity, discount } = row.dataset;
  done(row);
  takeAll([{ item: value, code, name, quantity, discount_percent: discount }]);
});
