"""Every event that is announced is in the table that people choose from, and in the document."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from capphep.platform.event_types import TEST, TYPES

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "capphep"
FAMILIES = {name.partition(".")[0] for name in TYPES}
TYPE = re.compile(rf"({'|'.join(sorted(FAMILIES))})\.[a-z_]+")
# The kind of a notice to a person (`platform.notices`).
NOTICES = {"usage.end"}
# Permissions look like types.
NOT_EVENTS = {"roles.py", "event_types.py", "settings.py"}


def texts() -> set[str]:
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name in NOT_EVENTS or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_type_that_the_code_names_is_known() -> None:
    named = {text for text in texts() if TYPE.fullmatch(text)}
    assert named - TYPES.keys() - NOTICES == set()


def test_every_known_type_is_announced_somewhere() -> None:
    assert TYPES.keys() - texts() == set()


def test_every_known_type_is_in_the_document_once() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \|", (ROOT / "docs" / "events.md").read_text(), re.M)
    types = [
        row
        for row in rows
        if row not in ("entitlement.changed", "licence.issued", "usage.threshold")
    ]
    assert set(rows) == {*TYPES, TEST}
    assert len(types) == len(set(types))
