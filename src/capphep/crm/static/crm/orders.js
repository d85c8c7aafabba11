// The order's form: its goods, and what its head needs beside them.
import "./goods-keys.js";
import "./goods-dialog.js";
import "./goods-paste.js";
import "./customer-glance.js";

// The opportunities that are offered are the customer's. Before the picker hears of its focus.
document.addEventListener("focus", ({ target }) => {
  const select = target.closest?.("[data-field=opportunity]")?.querySelector("select");
  if (!select) return;
  const url = new URL(select.dataset.pickerUrl, location.href);
  url.searchParams.set("customer", select.form.elements.namedItem("customer").value);
  select.dataset.pickerUrl = url.href;
}, { capture: true });
