// What others did reaches a page that stays open: it asks every few seconds whether something is
// new, rarely while nobody looks (docs/decisions/0013-live-by-asking.md). The answer is empty
// (304) as long as nothing is.

const LOOKED_AT = 4000;
const LEFT_ALONE = 15_000;
const HIDDEN = 60_000;
const LONGEST = 120_000;
const PATIENCE = 5 * 60_000; // after so long without a key or a click nobody is there
const KEPT = "unread";

const bells = () => document.querySelectorAll("[data-bell]");
const panel = () => document.getElementById("bell-panel");
const title = document.title;
let tag = "";
let newest = null;
let failures = 0;
let timer = 0;
let asking = false;
let lastSign = Date.now();

const record = () => document.querySelector("[data-live]")?.dataset.live ?? "";

function pause() {
  if (failures) return Math.min(LOOKED_AT * 2 ** failures, LONGEST);
  if (document.hidden) return HIDDEN;
  return Date.now() - lastSign > PATIENCE ? LEFT_ALONE : LOOKED_AT;
}

function later(wait = pause()) {
  clearTimeout(timer);
  timer = setTimeout(ask, wait);
}

async function ask() {
  if (asking) return;
  asking = true;
  try {
    const on = record();
    const address = panel().dataset.pulse + (on ? `?on=${on}` : "");
    const headers = { Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
    const answer = await fetch(address, { headers, cache: "no-store" });
    if (answer.status === 401) return; // the next thing that the person does says it
    failures = answer.status < 500 ? 0 : failures + 1;
    if (answer.status === 200) {
      tag = answer.headers.get("ETag") ?? "";
      take(await answer.json(), on);
    }
  } catch {
    failures += 1;
  } finally {
    asking = false;
  }
  later();
}

function take(news, on) {
  show(news.unread);
  try {
    sessionStorage.setItem(KEPT, String(news.unread));
  } catch {
    // Without storage the next page shows the number a moment later.
  }
  if (newest !== null && news.newest !== newest) tell("notices-changed");
  newest = news.newest;
  const shown = document.querySelector("[data-live]");
  if (on && shown?.dataset.live === on && news.state && shown.dataset.liveState !== news.state) {
    tell("record-changed");
  }
  const said = document.querySelector("[data-talk-state]");
  if (on && said && news.talk && said.dataset.talkState !== news.talk) tell("talk-changed");
}

const tell = (name) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));

function show(unread) {
  const text = unread > 99 ? "99+" : String(unread);
  for (const bell of bells()) {
    const count = bell.querySelector("[data-bell-count]");
    count.textContent = text;
    count.hidden = !unread;
    bell.setAttribute("aria-label", unread ? `${bell.title}: ${text}` : bell.title);
  }
  document.title = unread ? `(${text}) ${title}` : title;
}

function fill() {
  return globalThis.htmx.ajax("GET", panel().dataset.list, { target: panel(), swap: "innerHTML" });
}

// Without scripts the bell leads to the page of all notices.
document.addEventListener("click", (event) => {
  const bell = event.target.closest("[data-bell]");
  if (bell && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (panel().matches(":popover-open")) panel().hidePopover();
    else {
      place(bell);
      fill().then(() => panel().querySelector("a, button")?.focus());
      panel().showPopover();
    }
  }
  const read = event.target.closest("a[data-reads]");
  if (read) markRead(read.dataset.reads);
});

function place(bell) {
  const box = bell.getBoundingClientRect();
  panel().style.setProperty("top", `${Math.round(box.bottom + 6)}px`);
  const most = innerWidth - Math.min(416, innerWidth - 16) - 8;
  panel().style.setProperty("left", `${Math.round(Math.max(8, Math.min(box.left, most)))}px`);
}

// Following a notice has read it; the page is left meanwhile.
function markRead(address) {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
  fetch(address, {
    method: "POST",
    keepalive: true,
    headers: { "X-CSRFToken": token, "HX-Request": "true" },
  }).catch(() => {});
}

for (const name of ["notices-changed", "record-changed"]) {
  document.addEventListener(name, () => {
    if (panel()?.matches(":popover-open")) fill();
    if (name === "record-changed" && panel()) later(200); // what the person just did may have read some
  });
}

if (panel()) {
  for (const name of ["pointerdown", "keydown"]) {
    document.addEventListener(name, () => (lastSign = Date.now()), { passive: true });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) later(0);
  });
  addEventListener("online", () => later(0));
  try {
    show(Number(sessionStorage.getItem(KEPT) ?? 0));
  } catch {
    show(0);
  }
  later(300);
}
