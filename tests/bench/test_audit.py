"""The measurement of the audit trail works and says what it promises."""

from __future__ import annotations

import json

import pytest

from bench import audit

pytestmark = pytest.mark.once


def test_a_quick_run_ends_with_one_line_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["--quick"]) == 0
    found = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert found["bench"] == "audit"
    for hold in ("open_0_ms", "open_5_ms"):
        assert set(found[hold]) == {"1", "2", "4"}
        for figures in found[hold].values():
            assert all(value > 0 for value in figures.values())
