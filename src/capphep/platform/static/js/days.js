// Days are typed as dd/mm/yyyy; the button beside the box opens the browser's calendar.

const toIso = (text) => {
  const parts = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim());
  return parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : "";
};
const toText = (iso) => iso.split("-").reverse().join("/");

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-day-button]");
  if (!button) return;
  const box = button.parentElement.querySelector("[data-day]");
  const calendar = button.parentElement.querySelector("input[type=date]");
  calendar.value = toIso(box.value);
  calendar.onchange = () => {
    box.value = toText(calendar.value);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
    box.focus();
  };
  calendar.showPicker();
});

// 1/2/2026, 01022026 and 1-2-2026 all become 01/02/2026.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-day]")) return;
  const digits = target.value.replace(/^(\d{2})(\d{2})(\d{4})$/, "$1/$2/$3");
  const iso = toIso(digits);
  if (iso) target.value = toText(iso);
});
