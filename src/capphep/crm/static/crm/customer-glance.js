// The customer at a glance: the one that is looked at in the list, beside it; the one that is
// chosen, below it.
const PAUSE = 300; // ms on one row before it is asked for

const box = () => document.getElementById("customer-glance");
const select = () => document.getElementById("id_customer");
let timer = 0;

function show(value, isLookedAt) {
  clearTimeout(timer);
  timer = setTimeout(() => ask(value, isLookedAt), isLookedAt ? PAUSE : 0);
}

async function ask(value, isLookedAt) {
  const here = box();
  if (!here) return;
  here.classList.toggle("is-beside", isLookedAt && Boolean(value));
  if (!value) here.replaceChildren();
  else if (here.dataset.shown !== value) {
    const address = here.dataset.glanceUrl.replace("/0/", `/${value}/`);
    here.dataset.shown = value;
    await globalThis.htmx.ajax("GET", address, { source: here, target: here, swap: "innerHTML" });
  }
  if (!value) delete here.dataset.shown;
  const details = here.querySelector("details");
  if (details) details.open = here.classList.contains("is-beside");
}

document.addEventListener("picker-look", ({ target, detail }) => {
  if (target.id === "id_customer" && detail.value) show(detail.value, true);
});

document.addEventListener("focusout", ({ target }) => {
  if (target.closest?.("[data-field=customer]") && box()) show(select().value, false);
});

document.addEventListener("change", ({ target }) => {
  if (target.id === "id_customer") show(target.value, false);
});

// A form that comes back from the server has its customer already.
function begin() {
  if (box() && !box().dataset.shown && select()?.value) show(select().value, false);
}

document.addEventListener("htmx:afterSettle", begin);
begin();
