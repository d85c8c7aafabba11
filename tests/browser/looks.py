"""How a page looks: in no window is anything cut off, and axe finds nothing in either theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

Look = tuple[str, int, int]
LOOKS: Sequence[Look] = [("light", 1440, 900), ("dark", 390, 844), ("light", 360, 740)]
# Widths between which no style sheet makes a difference: only the colours have to be looked at.
ALIKE = {390, 360}
OF_COLOURS = ["color-contrast", "link-in-text-block"]

# What is the same on every page that somebody sees.
FRAME = [".sidebar", ".topbar", "#user-menu", "#palette"]

# Of what axe wants to load before it looks, only sound and video matter to a rule that is on.
EXAMINE = """
    async ({ rules, without }) => {
        const busy = ".htmx-request, .htmx-swapping, .htmx-settling";
        const isMoving = () => document.querySelector(busy)
            || [...document.images].some((image) => !image.complete && image.loading !== "lazy")
            || document.getAnimations().some((each) => each.playState === "running");
        while (isMoving()) await new Promise((resolve) => setTimeout(resolve, 20));
        const options = { reporter: "no-passes", preload: { assets: ["media"] } };
        if (rules) options.runOnly = { type: "rule", values: rules };
        const exclude = (without ?? []).filter((each) => document.querySelector(each));
        const { violations } = await axe.run({ exclude }, options);
        return {
            wider: document.documentElement.scrollWidth - innerWidth,
            violations: violations.map(({ id, nodes }) => [id, nodes[0].html]),
        };
    }
"""


def assert_fits_and_is_accessible(page: Page, what: str, looks: Sequence[Look] = LOOKS) -> None:
    """The page as it stands now, in every look: theme, width and height in pixels.

    It is not loaded anew for each: style sheets alone decide what a width changes.
    """
    before = page.viewport_size
    seen: set[int] = set()
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    for scheme, width, height in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        is_alike = width in ALIKE and not ALIKE.isdisjoint(seen)
        found = page.evaluate(EXAMINE, {"rules": OF_COLOURS if is_alike else None})
        seen.add(width)
        where = f"{what} ({scheme}, {width} × {height})"
        assert found["wider"] <= 0, f"{where} is {found['wider']}px wider than the window"
        assert not found["violations"], (where, found["violations"])
    page.emulate_media(color_scheme="null", reduced_motion="null")
    if before:
        page.set_viewport_size(before)
