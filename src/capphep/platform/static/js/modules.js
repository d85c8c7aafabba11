// A fragment that needs a script of its own names it: `data-module="{% static '…' %}"`. It is
// loaded once, and like those of every page it listens on the document.

function load(root) {
  const named = root.querySelectorAll?.("[data-module]") ?? [];
  for (const each of root.matches?.("[data-module]") ? [root, ...named] : named) {
    import(each.dataset.module);
  }
}

load(document);
document.addEventListener("htmx:load", ({ detail }) => load(detail.elt));
