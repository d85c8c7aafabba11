// What a column or a stretch of a bar says, beside the pointer or the focus. Without it, the
// table below says the same.
const tip = document.createElement("div");
tip.className = "plot-tip";
tip.popover = "manual";
tip.setAttribute("aria-hidden", "true"); // A reader hears the column's own name.

function filled(column) {
  const head = document.createElement("strong");
  head.textContent = column.dataset.tip;
  const lines = document.createElement("dl");
  for (let number = 1; column.getAttribute(`data-tip-${number}`); number++) {
    const [what, much] = column.getAttribute(`data-tip-${number}`).split("|");
    const line = document.createElement("div");
    line.append(Object.assign(document.createElement("dt"), { textContent: what }));
    line.append(Object.assign(document.createElement("dd"), { textContent: much }));
    lines.append(line);
  }
  tip.replaceChildren(head, lines);
}

function show(column) {
  filled(column);
  if (!tip.isConnected) document.body.append(tip);
  if (!tip.matches(":popover-open")) tip.showPopover();
  const about = column.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const left = about.left + about.width / 2 - width / 2;
  tip.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  const above = about.top - height - 8;
  tip.style.top = `${above > 8 ? above : about.bottom + 8}px`;
}

function hide() {
  if (tip.isConnected && tip.matches(":popover-open")) tip.hidePopover();
}

const columnOf = ({ target }) => target.closest?.("[data-tip]");

document.addEventListener("pointerover", (event) => {
  const column = columnOf(event);
  if (column) show(column);
  else hide();
});
document.addEventListener("focusin", (event) => {
  const column = columnOf(event);
  if (column?.matches(":focus-visible")) show(column);
  else hide();
});
document.addEventListener("focusout", hide);
document.addEventListener("scroll", hide, { capture: true, passive: true });
document.addEventListener("htmx:beforeSwap", hide);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
  const column = columnOf(event);
  const step = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[event.key];
  if (!column || !step) return;
  const next = column[step];
  if (next?.matches("[data-tip]")) {
    event.preventDefault();
    next.focus();
  }
});
