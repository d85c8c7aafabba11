// Comments: @ proposes colleagues, pictures are pasted from the clipboard, Ctrl+Enter sends.

const body = () => document.querySelector("[data-talk-body]");
const names = () => document.getElementById("talk-names");
const input = () => document.querySelector("[data-talk-files]");
const WORD = /(?:^|[\s(])@([^\s@]{0,40})$/;
let asked = 0;

const wordAt = (box) => WORD.exec(box.value.slice(0, box.selectionStart))?.[1] ?? null;

async function propose(box) {
  const word = wordAt(box);
  const mine = ++asked;
  if (word === null) return close();
  const address = `${box.closest("#talk").dataset.people}?q=${encodeURIComponent(word)}`;
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const { results } = await answer.json();
  if (mine === asked) open(box, results);
}

function open(box, people) {
  const list = names();
  list.replaceChildren(...people.map(option));
  list.hidden = !people.length;
  box.setAttribute("aria-controls", list.id);
  if (people.length) choose(list.firstElementChild);
}

function option({ value, name, note }, index) {
  const row = document.createElement("li");
  row.setAttribute("role", "option");
  row.id = `talk-name-${index}`;
  row.dataset.value = value;
  const strong = document.createElement("strong");
  const small = document.createElement("small");
  strong.textContent = name;
  small.textContent = `@${value} · ${note}`;
  row.append(strong, " ", small);
  return row;
}

function choose(row) {
  for (const each of names().children) each.setAttribute("aria-selected", String(each === row));
  body().setAttribute("aria-activedescendant", row.id);
  row.scrollIntoView({ block: "nearest" });
}

function close() {
  asked += 1;
  if (!names()) return;
  names().hidden = true;
  body()?.removeAttribute("aria-activedescendant");
}

function take(row) {
  const box = body();
  const end = box.selectionStart;
  const start = end - wordAt(box).length;
  box.setRangeText(`${row.dataset.value} `, start, end, "end");
  close();
  box.focus();
}

function onKey(event) {
  if (!event.target.matches?.("[data-talk-body]") || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  const list = names();
  if (list.hidden) return;
  const at = list.querySelector("[aria-selected=true]");
  const moves = { ArrowDown: at?.nextElementSibling, ArrowUp: at?.previousElementSibling };
  if (event.key in moves) {
    event.preventDefault();
    if (moves[event.key]) choose(moves[event.key]);
  } else if ((event.key === "Enter" || event.key === "Tab") && at) {
    event.preventDefault();
    take(at);
  } else if (event.key === "Escape") {
    event.stopPropagation();
    close();
  }
}

function add(files) {
  const box = input();
  const all = new DataTransfer();
  for (const file of [...box.files, ...files]) all.items.add(file);
  box.files = all.files;
  showFiles();
}

function onPaste(event) {
  if (!event.target.matches?.("[data-talk-body]")) return;
  const pasted = [...(event.clipboardData?.files ?? [])];
  if (!pasted.length || !input()) return;
  event.preventDefault();
  add(pasted);
}

function onDrop(event) {
  const form = event.target.closest?.(".talk-form");
  if (!form || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  if (event.type === "drop") add(event.dataTransfer.files);
}

function showFiles() {
  const list = document.querySelector("[data-talk-chosen]");
  const word = document.querySelector("[data-talk-remove]").content.textContent;
  list.replaceChildren(
    ...[...input().files].map((file, index) => {
      const row = document.createElement("li");
      const off = document.createElement("button");
      off.type = "button";
      off.className = "btn-close";
      off.dataset.talkOff = index;
      off.setAttribute("aria-label", `${word}: ${file.name}`);
      row.append(file.name, off);
      return row;
    }),
  );
  list.hidden = !input().files.length;
}

function onClick({ target }) {
  const off = target.closest("[data-talk-off]");
  if (off) {
    const kept = new DataTransfer();
    [...input().files].forEach((file, index) => {
      if (index !== Number(off.dataset.talkOff)) kept.items.add(file);
    });
    input().files = kept.files;
    showFiles();
  }
  if (!target.closest("#talk-names")) close();
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-talk-body]")) {
    target.style.setProperty("height", "auto");
    target.style.setProperty("height", `${Math.min(target.scrollHeight + 2, 320)}px`);
    propose(target);
  }
  if (target.matches("[data-talk-files]")) showFiles();
});
// The box keeps the focus while a name is taken with the mouse.
document.addEventListener("mousedown", (event) => {
  const row = event.target.closest("#talk-names [role=option]");
  if (!row) return;
  event.preventDefault();
  take(row);
});
document.addEventListener("keydown", onKey, { capture: true });
document.addEventListener("paste", onPaste);
document.addEventListener("dragover", onDrop);
document.addEventListener("drop", onDrop);
document.addEventListener("click", onClick);
// After something was said the new box has the focus: the next sentence may follow.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt;
  if (form?.matches?.(".talk-form") && detail.xhr.status < 400) body()?.focus({ preventScroll: true });
});
