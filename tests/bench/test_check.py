"""The measurement of checks works and says what it promises; its gate sees a wrong answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import check
from bench.checks import gate

pytestmark = pytest.mark.once
KEYS = [
    "bench",
    "checks_per_s",
    "p99_ms",
    "ratio_to_hello",
    "ratio_to_thin_read",
    "cached_ratio_to_hello",
    "bulk_304_ratio",
    "offline_per_s",
    "growth_1m",
]


def test_a_quick_run_ends_with_one_line_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--quick", "--databases", "sqlite"]) == 0
    lines = capfd.readouterr().out.splitlines()
    found = json.loads(lines[-1])
    assert list(found) == KEYS
    assert found.pop("bench") == "check"
    assert all(value > 0 for value in found.values())
    assert any(line.endswith(": 0 wrong") for line in lines)


@pytest.mark.parametrize(
    ("before", "after", "was_new", "old", "new"),
    [
        (gate.HAS_IGOV, gate.HAS_IGOV, False, True, False),
        (gate.HAS_IGOV, gate.BUYS, False, True, True),
        (gate.BUYS, gate.HAS_MORE, False, True, True),
        (gate.BUYS, gate.BUYS, True, False, True),
        (gate.HAS_MORE, gate.HAS_MORE, False, False, True),
    ],
)
def test_the_gate_knows_what_may_be_told(
    before: int, after: int, was_new: bool, old: bool, new: bool
) -> None:
    assert gate.allowed(before, after, was_new) == (old, new)


def test_both_processes_of_the_gate_see_the_same_notes(tmp_path: Path) -> None:
    gate.Notes.begin(tmp_path / "notes")
    one, other = gate.Notes(tmp_path / "notes"), gate.Notes(tmp_path / "notes")
    one.note(7, gate.BUYS)
    assert (other.state(7), other.state(8), other.is_over) == (gate.BUYS, gate.ABSENT, False)
    other.end()
    assert one.is_over
