"""The measurement itself works and says what it promises; its times are nobody's business here."""

from __future__ import annotations

import json

import pytest

from bench import __main__ as command
from bench import cycle

pytestmark = pytest.mark.once


def test_a_quick_run_ends_with_one_line_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert cycle.main(["--quick", "--processes", "1,2"]) == 0
    found = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert found["bench"] == "cycle"
    assert found["growth_100k"] > 0
    for database in ("postgres", "sqlite"):
        figures = found[database]
        for name in ("cycles_per_s", "ratio_to_sql", "cpu_ms"):
            assert figures[name] > 0
        assert set(figures["by_processes"]) == {"1", "2"}
        assert figures["statements"] == found["sqlite"]["statements"] <= 110
        assert figures["transactions"] <= 8


def test_the_list_names_each_measurement(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    assert "cycle      Whole cycles a second" in capsys.readouterr().out


def test_an_unknown_name_shows_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nothing"]) == 2
    assert "cycle" in capsys.readouterr().out
