// What a picker asks the server, and what its list shows of the answers. One question at a time:
// a newer one makes the older void, and one that found no answer says so and can be asked again.
import { askJson, explain } from "./json.js";
import { toast } from "./toast.js";

const PAUSE = 120; // ms without a further letter before the server is asked
const SLOW = 400; // ms until the list says that the answer is under way

export const pickerText = (name) =>
  document.getElementById("picker-texts").content.querySelector(`[data-text=${name}]`).textContent;

export class Search {
  constructor(picker, select) {
    this.picker = picker;
    this.select = select;
    this.rest();
    picker.on("type", (text) => this.ask(text, PAUSE));
    picker.on("item_add", () => this.rest());
    picker.on("dropdown_close", () => picker.inputValue() === this.text || this.leave());
    picker.on("blur", () => this.leave());
    // The picker has heard the same click, and has the focus now or closes its list.
    picker.control.addEventListener("click", () => picker.isFocused && this.wake());
    picker.control_input.addEventListener("keydown", (event) => this.press(event), true);
    picker.dropdown.addEventListener("click", ({ target }) => {
      if (target.closest("[data-again]")) this.ask(this.text);
    });
  }

  // Nobody waits for an answer.
  rest() {
    clearTimeout(this.pause);
    clearTimeout(this.slow);
    this.abort?.abort();
    this.abort = new AbortController();
    this.state = "idle"; // asking, answered, failed
    this.text = "";
    this.isWanted = false; // Enter or Tab has said: the first of the rows that are under way
    this.isSlow = false;
  }

  // The rows of an earlier visit say nothing about today.
  wake() {
    if (this.state !== "idle") return;
    this.picker.clearOptions();
    this.picker.refreshOptions(false);
    this.ask(this.picker.inputValue());
  }

  leave() {
    if (!this.isWanted) this.rest();
  }

  ask(text, pause = 0) {
    this.rest();
    this.state = "asking";
    this.text = text;
    const { signal } = this.abort;
    if (pause) this.pause = setTimeout(() => this.send(signal), pause);
    else this.send(signal);
  }

  async send(signal) {
    this.slow = setTimeout(() => this.say(), SLOW);
    const url = new URL(this.select.dataset.pickerUrl, location.href);
    url.searchParams.set("q", this.text);
    try {
      const { results } = await askJson(url, signal);
      if (!signal.aborted) this.arrive(results);
    } catch (failure) {
      if (!signal.aborted) this.fail(failure);
    }
  }

  say() {
    this.isSlow = true;
    this.picker.refreshOptions(this.picker.isFocused);
  }

  arrive(results) {
    const rows = results.map((row) => ({ ...row, disabled: Boolean(row.reason) }));
    const isWanted = this.isWanted;
    this.show("answered", rows);
    if (!isWanted) return;
    const first = rows.find((row) => !row.disabled);
    if (first) this.take(first);
    else if (!this.picker.isFocused) toast(`${pickerText("none")}: ${this.text}`, "warning");
  }

  take(row) {
    this.picker.addItem(String(row.value));
    this.picker.close();
  }

  // In the list while the person is here, else where people are told of failures.
  fail(failure) {
    const { text, isWanted } = this;
    const isHere = this.picker.isFocused && failure.kind !== "session";
    if (!isHere) explain(failure, () => this.again(text, isWanted));
    this.failure = failure;
    if (isHere) this.show("failed", []);
    else this.rest();
  }

  again(text, isWanted) {
    this.ask(text);
    this.isWanted = isWanted;
  }

  show(state, rows) {
    clearTimeout(this.slow);
    this.state = state;
    this.isWanted = false;
    this.found = rows.length;
    this.picker.clearOptions();
    this.picker.addOptions(rows);
    this.picker.clearActiveOption();
    this.picker.refreshOptions(this.picker.isFocused);
  }

  // Enter before the rows have arrived takes the first one when it comes; so does Tab.
  press(event) {
    if (event.isComposing) return;
    const isUnderWay = this.state === "asking" && this.text !== "";
    if (event.key === "Enter" && (isUnderWay || this.state === "failed")) {
      event.preventDefault();
      event.stopPropagation();
      if (!isUnderWay) this.ask(this.text);
      this.isWanted = this.text !== "";
    } else if (event.key === "Enter" && this.state === "idle") {
      event.preventDefault(); // it would send the form, from where a choice was meant
      event.stopPropagation();
      this.wake();
    } else if (event.key === "Tab" && !event.shiftKey && isUnderWay) {
      event.stopPropagation(); // the picker would take the first row of the text before
      this.isWanted = true;
    } else if (event.key === "ArrowDown") {
      this.wake();
    } else if (event.key === "Escape") {
      this.rest();
    }
  }

  // What stands in the list where there are no rows; nothing while an answer comes soon.
  note() {
    if (this.state === "failed") return this.failedNote();
    if (this.state === "answered" && !this.found) return line(pickerText("none"));
    if (this.state === "asking" && this.isSlow) return line(pickerText("asking"));
    return null;
  }

  failedNote() {
    const note = line(this.failure.text);
    const again = document.createElement("span");
    again.className = "btn btn-sm";
    again.textContent = pickerText("again");
    note.dataset.again = "";
    note.append(again);
    return note;
  }
}

function line(text) {
  const made = document.createElement("div");
  made.className = "picker-row picker-said";
  made.setAttribute("role", "option");
  made.setAttribute("aria-disabled", "true");
  made.textContent = text;
  return made;
}
