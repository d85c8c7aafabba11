// The button beside a text that is shown once. Where the browser gives no clipboard (plain http,
// or refused), the text is marked, for Ctrl+C.
import { toast } from "./toast.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copies]");
  if (!button) return;
  const box = document.getElementById(button.dataset.copies);
  box.focus();
  box.select();
  const done = () => toast(button.dataset.done);
  navigator.clipboard?.writeText(box.value).then(done, () => {});
});
