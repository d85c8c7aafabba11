// The scripts of every page. Each module listens on the document, so that what htmx swaps in
// works without being wired up again; only pickers are made anew.
import "./requests.js";
import "./toast.js";
import "./dialog.js";
import "./theme.js";
import "./rowmenu.js";
import "./filters.js";
import "./ticks.js";
import "./list.js";
import "./scrolls.js";
import "./shortcuts.js";
import "./palette.js";
import "./picker.js";
import "./forms.js";
import "./drafts.js";
import "./autofill.js";
import "./days.js";
import "./copying.js";
import "./login.js";
import "./live.js";
import "./modules.js";

// Of many entries the current one is in sight.
document.querySelector(".sidebar-nav [aria-current]")?.scrollIntoView({ block: "nearest" });
