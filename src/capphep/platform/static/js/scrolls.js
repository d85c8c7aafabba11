// What does not fit: a wide table says at which edge there is more, a cell that is cut off says
// all of it to whoever points at it.
const tables = () => document.querySelectorAll(".table-scroll");

function mark(table) {
  const beyond = table.scrollWidth - table.clientWidth - Math.abs(table.scrollLeft);
  const edges = [table.scrollLeft > 1 && "start", beyond > 1 && "end"].filter(Boolean);
  table.dataset.more = edges.join(" ");
}

const markAll = () => tables().forEach(mark);

document.addEventListener("scroll", ({ target }) => {
  if (target.matches?.(".table-scroll")) mark(target);
}, { capture: true, passive: true });
document.addEventListener("htmx:afterSettle", markAll);
addEventListener("resize", markAll, { passive: true });
document.fonts?.ready.then(markAll);
markAll();

document.addEventListener("mouseover", ({ target }) => {
  const cell = target.closest?.(".grid-table tbody :is(td, th)");
  if (!cell || cell.title || cell.scrollWidth <= cell.clientWidth) return;
  cell.title = cell.textContent.trim();
});
