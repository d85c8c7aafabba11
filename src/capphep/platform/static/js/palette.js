// Ctrl+K: one box over actions of this page, pages, and records; the server is asked after a pause
// and only its last answer counts. A combobox with a listbox: the focus stays in the box.
import { openTemplate } from "./dialog.js";
import { askJson, explain } from "./json.js";
import { actionsHere, matches, pages } from "./palette-places.js";
import { isComposing } from "./typing.js";

const PAUSE = 120; // ms without a further letter before the server is asked
const SLOW = 400; // ms until the list says that the answer is under way
const PAGES_SHOWN = 6;

const textOf = (name) =>
  document.getElementById("palette-texts").content.querySelector(`[data-text=${name}]`).textContent;

export function openPalette(text = "") {
  if (!document.getElementById("palette-template")) return false;
  if (document.querySelector("dialog[open]")) return false;
  document.getElementById("sidebar")?.hidePopover?.();
  new Palette(openTemplate("palette-template")).begin(text);
  return true;
}

class Palette {
  constructor(dialog) {
    this.dialog = dialog;
    this.box = dialog.querySelector("[role=combobox]");
    this.list = dialog.querySelector("[role=listbox]");
    this.note = dialog.querySelector(".palette-note");
    this.actions = actionsHere();
    this.pages = pages();
    this.abort = new AbortController();
    this.groups = []; // what the server answered last
    this.help = []; // and the pages of the guide
    this.chosen = -1;
    this.isWanted = null; // Enter came before the answer: { inNewTab }
    this.box.addEventListener("input", () => this.ask(PAUSE));
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("click", (event) => this.click(event));
    this.list.addEventListener("auxclick", (event) => this.click(event));
    dialog.addEventListener("close", () => this.abort.abort());
  }

  begin(text) {
    this.box.value = text;
    this.show();
    this.ask(0);
  }

  ask(pause) {
    this.abort.abort();
    this.abort = new AbortController();
    this.isWanted = null;
    this.isAsking = true;
    clearTimeout(this.pause);
    clearTimeout(this.slow);
    const { signal } = this.abort;
    this.show();
    this.pause = setTimeout(() => this.send(signal), pause);
    this.slow = setTimeout(() => signal.aborted || !this.isAsking || this.say("asking"), pause + SLOW);
  }

  async send(signal) {
    if (signal.aborted) return;
    const url = new URL(this.box.dataset.url, location.href);
    url.searchParams.set("q", this.box.value);
    try {
      const answer = await askJson(url, signal);
      if (!signal.aborted) this.arrive(answer);
    } catch (failure) {
      if (!signal.aborted) this.fail(failure);
    }
  }

  arrive({ groups, help }) {
    this.isAsking = false;
    this.groups = groups;
    this.help = help;
    this.show();
    if (this.isWanted) this.open(this.options[this.chosen], this.isWanted.inNewTab);
  }

  fail(failure) {
    this.isAsking = false;
    this.groups = [];
    this.help = [];
    this.show();
    if (failure.kind === "session") explain(failure, () => this.ask(0));
    else this.note.textContent = failure.text;
  }

  say(name) {
    this.note.textContent = textOf(name);
  }

  // What is on the page is there at once; records follow. While an answer is awaited the records of
  // the text before stay in sight, but nothing of them is chosen.
  sections() {
    const text = this.box.value.trim();
    const here = this.actions.filter((each) => matches(each.name, text));
    const places = this.pages.filter((each) => matches(each.name, text));
    const own = [
      { label: textOf("here"), hits: here },
      { label: textOf("go"), hits: text ? places.slice(0, PAGES_SHOWN) : places },
      { label: textOf("help"), hits: this.help },
    ];
    const all = [...this.groups, ...own];
    if (text && !this.isAsking && this.groups.length) {
      const url = `${this.box.dataset.page}?${new URLSearchParams({ q: text })}`;
      const name = textOf("more").replace("#", () => text);
      all.splice(this.groups.length, 0, { label: "", hits: [{ name, code: "", note: "", url }] });
    }
    return all.filter((group) => group.hits.length);
  }

  show() {
    this.options = [];
    const sections = this.sections();
    this.list.replaceChildren(...sections.map((section, at) => this.group(section, at)));
    const exact = this.options.findIndex(({ hit }) => hit.exact);
    this.choose(exact < 0 ? 0 : exact);
    this.note.textContent = "";
    if (!this.options.length && !this.isAsking) this.say("none");
  }

  group({ label, hits }, at) {
    const made = document.createElement("div");
    made.setAttribute("role", "group");
    if (label) {
      const heading = document.createElement("p");
      heading.className = "palette-heading";
      heading.id = `palette-group-${at}`;
      heading.textContent = label;
      made.setAttribute("aria-labelledby", heading.id);
      made.append(heading);
    }
    for (const hit of hits) made.append(this.option(hit));
    return made;
  }

  option(hit) {
    const made = document.createElement("div");
    made.setAttribute("role", "option");
    made.id = `palette-option-${this.options.length}`;
    made.dataset.at = this.options.length;
    made.className = "palette-option";
    for (const part of ["code", "name", "note"]) {
      if (!hit[part]) continue;
      const span = document.createElement("span");
      span.className = `found-${part}`;
      span.textContent = hit[part];
      made.append(span);
    }
    this.options.push({ hit, made });
    return made;
  }

  choose(at) {
    const { options } = this;
    this.chosen = options.length ? (at + options.length) % options.length : -1;
    options.forEach(({ made }, each) => made.setAttribute("aria-selected", each === this.chosen));
    const made = options[this.chosen]?.made;
    if (made) {
      this.box.setAttribute("aria-activedescendant", made.id);
      made.scrollIntoView({ block: "nearest" });
    } else {
      this.box.removeAttribute("aria-activedescendant");
    }
  }

  press(event) {
    if (isComposing(event)) return;
    const moves = { ArrowDown: this.chosen + 1, ArrowUp: this.chosen - 1 };
    if (event.key in moves) this.choose(moves[event.key]);
    else if (event.key === "Enter") this.enter(event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  }

  // An answer that is under way decides: what is in the list now belongs to the text before.
  enter(inNewTab) {
    if (this.isAsking && this.box.value.trim()) this.isWanted = { inNewTab };
    else this.open(this.options[this.chosen], inNewTab);
  }

  click(event) {
    const made = event.target.closest("[role=option]");
    if (!made || event.button > 1) return;
    event.preventDefault();
    const inNewTab = event.ctrlKey || event.metaKey || event.button === 1;
    this.open(this.options[Number(made.dataset.at)], inNewTab);
  }

  open(option, inNewTab) {
    if (!option) return;
    const { hit } = option;
    if (inNewTab && hit.url) return void globalThis.open(hit.url, "_blank", "noopener");
    this.dialog.close();
    // The dialog gives the focus back first: a dialog that opens now remembers that place.
    if (hit.press) setTimeout(hit.press);
    else location.assign(hit.url);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-palette]");
  if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (openPalette()) event.preventDefault();
});

// The page of a record says that it was looked at; nobody waits for it.
const visited = document.querySelector("[data-visited]");
if (visited && document.querySelector(".band")) {
  const token = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  const body = new URLSearchParams({ path: location.pathname });
  const headers = { "X-CSRFToken": token?.slice(10) ?? "" };
  fetch(visited.dataset.visited, { method: "POST", body, headers, keepalive: true }).catch(() => {});
}
