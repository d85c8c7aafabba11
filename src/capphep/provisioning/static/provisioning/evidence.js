// The licence request's form: a zone shows that files may be dropped on it, and what has been
// put right leaves the summary of errors. Uploading itself is the input's own htmx request.

function mark(event, isOver) {
  event.target.closest?.("[data-drop-zone]")?.classList.toggle("is-over", isOver);
}

document.addEventListener("dragenter", (event) => mark(event, true));
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => mark(event, false));
}

// A file that misses its zone must not open in place of the half-filled form.
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.target.closest?.("input[type=file]")) event.preventDefault();
  });
}

// Files that were chosen before the page had its scripts are under way now.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  for (const input of elt.querySelectorAll(".evidence input[type=file]")) {
    if (input.files.length) globalThis.htmx.trigger(input, "change");
  }
});

// An input that waited for its files, or a button that took one off, is gone with its focus.
function refocus(zone) {
  if (document.activeElement === document.body) zone.querySelector("input[type=file]").focus();
}

const isWrong = (field) =>
  field.matches("[aria-invalid=true]") || field.closest(".has-error") || field.querySelector("[role=alert]");

function tidySummary(arrived) {
  const summary = document.querySelector("#record-form [data-errors]");
  if (!summary) return;
  for (const link of summary.querySelectorAll("a[href^='#']")) {
    const field = document.getElementById(link.hash.slice(1));
    if (!field || (arrived.contains(field) && !isWrong(field))) link.closest("li").remove();
  }
  if (!summary.querySelector("li")) summary.remove();
}

document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
  if (elt.matches(".evidence")) refocus(elt);
  if (elt.matches(".evidence, .request-lines")) tidySummary(elt);
});
