"""The measurement of offline licences itself works and says what it promises."""

from __future__ import annotations

import json

import pytest

from bench import offline

pytestmark = pytest.mark.once


def test_a_quick_run_ends_with_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert offline.main(["--quick"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found.pop("bench") == "offline"
    assert set(found) == {
        *("verified_per_s", "verified_to_bare", "bare_signature_per_s"),
        *("asked_per_s", "asked_to_bare", "bare_lookup_per_s"),
    }
    assert all(value > 0 for value in found.values())
