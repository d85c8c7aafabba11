// A click on a mistake's line number selects that line in the text.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const area = document.querySelector("[data-catalogue-text]");
  if (!link || !area) return;
  event.preventDefault();
  const lines = area.value.split("\n");
  const above = Number(link.dataset.line) - 1;
  const start = lines.slice(0, above).reduce((sum, line) => sum + line.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[above] ?? "").length);
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, above - 3);
});
