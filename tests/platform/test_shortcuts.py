"""The list behind `?` names every key that a script or a page listens to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import capphep

pytestmark = pytest.mark.once
SOURCE = Path(capphep.__file__).parent
LIST = SOURCE / "platform/templates/platform/_shortcuts.html"
# Keys of every menu, list of suggestions, dialog or form field, as each system has them.
USUAL = {"ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End", "Tab", " "}
# The same thing by another key.
SAME = {"ContextMenu": "F10", "Escape": "Esc"}


def heard_by_scripts() -> Iterator[str]:
    for script in SOURCE.glob("*/static/**/*.js"):
        if "vendor" in script.parts:
            continue
        text = script.read_text()
        yield from re.findall(r'\bkey(?:\.toLowerCase\(\))? === "([^"]+)"', text)
        yield from (key.upper() for key in re.findall(r'\.code === "Key(\w)"', text))


def heard_by_pages() -> Iterator[str]:
    for page in SOURCE.glob("*/templates/**/*.html"):
        yield from (key.upper() for key in re.findall(r'data-key="(\w)"', page.read_text()))
    for module in SOURCE.glob("**/*.py"):
        found = re.findall(r'\bkey="([a-z])"', module.read_text())
        yield from (key.upper() for key in found)


def test_every_key_is_in_the_list() -> None:
    listed = set(re.findall(r"<kbd>([^<{]+)</kbd>", LIST.read_text()))
    heard = {*heard_by_scripts(), *heard_by_pages()} - USUAL
    named = {SAME.get(key, key) for key in heard}
    named = {key.upper() if len(key) == 1 else key for key in named}
    assert {"J", "X", "F3", "Delete", "V"} <= named
    assert named <= listed
