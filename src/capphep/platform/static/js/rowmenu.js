// Menus: ⋮, a right-click, the menu key and Shift+F10 open the same one. A menu is a popover
// that its button names; without scripts the button alone opens it.

const GAP = 4;
let shown = null; // { menu, button, top: where the button was }

const items = (menu) => [...menu.querySelectorAll("[role=menuitem]")];

function show(button, at = null) {
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  if (shown?.menu === menu && !at) return hide();
  hide({ focus: false });
  menu.showPopover();
  place(menu, at ?? below(button, menu));
  shown = { menu, button, top: button.getBoundingClientRect().top };
  button.setAttribute("aria-expanded", "true");
  items(menu)[0]?.focus();
}

function hide({ focus = true } = {}) {
  if (!shown) return;
  const { menu, button } = shown;
  shown = null;
  if (menu.isConnected) menu.hidePopover();
  button.setAttribute("aria-expanded", "false");
  if (focus && button.isConnected) button.focus();
}

function below(button, menu) {
  const box = button.getBoundingClientRect();
  const room = innerHeight - box.bottom - GAP;
  const top = room < menu.offsetHeight ? box.top - menu.offsetHeight - GAP : box.bottom + GAP;
  return { x: box.right - menu.offsetWidth, y: top };
}

function place(menu, { x, y }) {
  const right = innerWidth - menu.offsetWidth - GAP;
  const bottom = innerHeight - menu.offsetHeight - GAP;
  menu.style.left = `${Math.max(GAP, Math.min(x, right))}px`;
  menu.style.top = `${Math.max(GAP, Math.min(y, bottom))}px`;
}

const buttonOf = (target) => target.closest?.("tr[data-row]")?.querySelector("[data-menu-button]");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu-button]");
  if (button) {
    event.preventDefault(); // the browser would toggle the popover as well
    show(button);
    return;
  }
  const item = event.target.closest("[role=menuitem]");
  if (item?.getAttribute("aria-disabled") === "true") event.preventDefault();
  // htmx reads the item before it disappears with its menu.
  else if (item && shown?.menu.contains(item)) queueMicrotask(hide);
});

document.addEventListener("pointerdown", (event) => {
  if (!shown || shown.menu.contains(event.target) || shown.button.contains(event.target)) return;
  hide({ focus: false });
});

document.addEventListener("contextmenu", (event) => {
  if (shown?.menu.contains(event.target)) return event.preventDefault();
  const button = buttonOf(event.target);
  if (!button || event.ctrlKey) return; // Ctrl: the browser's own menu
  event.preventDefault();
  if (shown?.button === button && event.button !== 2) return; // the menu key, already served
  show(button, event.button === 2 ? { x: event.clientX, y: event.clientY } : null);
});

document.addEventListener("keydown", (event) => {
  if (shown) return withinMenu(event);
  const isMenuKey = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
  const button = isMenuKey && buttonOf(event.target);
  if (button) {
    event.preventDefault();
    show(button);
  }
});

function withinMenu(event) {
  const all = items(shown.menu);
  const current = all.indexOf(document.activeElement);
  const moves = {
    ArrowDown: (current + 1) % all.length,
    ArrowUp: (current - 1 + all.length) % all.length,
    Home: 0,
    End: all.length - 1,
  };
  if (event.key in moves) {
    all[moves[event.key]]?.focus();
    event.preventDefault();
  } else if (event.key === "Escape") {
    hide();
    event.preventDefault();
  } else if (event.key === "Tab") {
    hide();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.isComposing) {
    byLetter(all, current, event.key);
    event.preventDefault();
  }
}

// A letter goes to the next item that begins with it; the space bar chooses, as Enter does.
function byLetter(all, current, key) {
  if (key === " ") return all[current]?.click();
  const order = [...all.slice(current + 1), ...all.slice(0, current + 1)];
  const letter = key.toLocaleLowerCase();
  order.find((item) => item.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus();
}

function hideIfMoved() {
  if (shown && shown.button.getBoundingClientRect().top !== shown.top) hide({ focus: false });
}

for (const name of ["resize", "scroll"]) {
  addEventListener(name, hideIfMoved, { capture: true, passive: true });
}
