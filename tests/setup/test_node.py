"""Node and the published JavaScript clients are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plumbing.node import run_node
from tools import node
from tools.machine import Missing

pytestmark = pytest.mark.once

WANTED: dict[str, str] = json.loads((node.FOLDER / "package.json").read_text())["dependencies"]


def test_every_wanted_package_runs_in_its_pinned_version() -> None:
    assert run_node("versions.mjs", names=list(WANTED)) == WANTED


def test_the_lock_holds_digests_and_no_address() -> None:
    locked = json.loads(node.LOCK.read_text())["packages"]
    others = {name: one for name, one in locked.items() if name}
    assert all(one["integrity"].startswith("sha512-") for one in others.values())
    assert "://" not in json.dumps([{**one, "funding": None} for one in others.values()])


def test_an_old_node_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, says in (("node", "echo v18.20.4"), ("npm", "echo 9")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{says}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert node.machines_node() is None


def test_what_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("machines_node", "own_node", "install_own_node"):
        monkeypatch.setattr(node, name, lambda: None)
    node.require_node.cache_clear()
    with pytest.raises(Missing, match="install Node 20 or newer with npm"):
        node.require_node()
    node.require_node.cache_clear()
