// Ticked rows: the bar says how many there are and what can be done with them. Shift takes all
// rows from the last one that was ticked; Esc unticks. With the whole page ticked, the bar offers
// all results of the list, beyond the page.
import { isTyping } from "./typing.js";

const ticks = () => [...document.querySelectorAll("[data-tick]")];
let last = null;

export function countTicks() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const ticked = ticks().filter((box) => box.checked).length;
  const isFull = ticked > 0 && ticked === ticks().length;
  const count = bar.querySelector("[data-bulk-count]");
  bar.dataset.bulk = isFull ? "page" : ticked ? "some" : "none";
  const results = bar.querySelector("[data-tick-results]");
  if (results && !isFull) results.checked = false; // a row that is taken out is not meant
  const some = ticked === 1 ? count.dataset.one : count.dataset.many.replace("#", ticked);
  count.value = results?.checked ? count.dataset.all : some;
  const head = document.querySelector("[data-tick-all]");
  head.checked = isFull;
  head.indeterminate = ticked > 0 && !isFull;
}

function tickUpTo(box) {
  const all = ticks();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) for (const each of all.slice(from, to + 1)) each.checked = box.checked;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-tick]");
  if (!box) return;
  if (event.shiftKey && last?.isConnected) tickUpTo(box);
  last = box;
  countTicks();
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-tick-all]")) for (const box of ticks()) box.checked = target.checked;
  if (target.matches("[data-tick], [data-tick-all], [data-tick-results]")) countTicks();
});

document.addEventListener("reset", ({ target }) => {
  if (target.matches("[data-bulk]")) setTimeout(countTicks); // the boxes are reset after this
});

document.addEventListener("keydown", (event) => {
  const isFree = event.key === "Escape" && !event.defaultPrevented && !isTyping(event);
  if (!isFree || document.querySelector("dialog[open]")) return;
  const bar = document.querySelector("[data-bulk=some], [data-bulk=page]");
  if (!bar) return;
  event.preventDefault();
  bar.reset();
});

addEventListener("pageshow", countTicks); // Back keeps the ticks
