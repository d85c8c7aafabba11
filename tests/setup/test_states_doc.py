"""docs/states.md says what the code does: each state, each move, and who makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import states_doc
from tools.movers import Movers

pytestmark = pytest.mark.once

SOURCE = '''
from capphep.platform.moves import move
from capphep.shop.states import TABLE
from capphep.shop.actions.low import pass_on


def close(*, actor):
    """RULE R1: close it. And more."""
    require_seller(actor)
    _close_all()


def _close_all():
    for each in ():
        move(each, TABLE, "close")


def reopen(record):
    return pass_on(record, verb="reopen")


def require_seller(actor):
    require(actor, Permission.SELL)
'''
LOW = '''
from capphep.platform import moves
from capphep.shop import states


def pass_on(record, verb):
    """Move it as the caller says."""
    moves.move(record, states.TABLE, verb)
'''


@pytest.fixture
def shop(tmp_path: Path) -> Movers:
    folder = tmp_path / "capphep" / "shop" / "actions"
    folder.mkdir(parents=True)
    (folder / "high.py").write_text(SOURCE)
    (folder / "low.py").write_text(LOW)
    return Movers(tmp_path / "capphep")


def names(movers: Movers, verb: str) -> list[str]:
    return [one.node.name for one in movers.movers_of("capphep.shop.states.TABLE", verb)]


def test_who_moves_is_found_through_private_helpers(shop: Movers) -> None:
    assert names(shop, "close") == ["close"]
    (close,) = shop.movers_of("capphep.shop.states.TABLE", "close")
    assert close.summary == "Close it"
    assert shop.permissions_of(close) == {"SELL"}


def test_who_moves_is_found_through_those_that_pass_the_verb_on(shop: Movers) -> None:
    assert names(shop, "reopen") == ["reopen"]


def test_a_verb_that_nobody_names_belongs_to_those_whose_callers_choose_it(shop: Movers) -> None:
    assert names(shop, "lose") == ["pass_on"]


def test_the_page_agrees_with_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert states_doc.main(["--check"]) == 0, capsys.readouterr().out


def test_each_move_has_an_action() -> None:
    code = Movers(states_doc.PACKAGE)
    for table in states_doc.tables(code):
        assert all(table.movers.values()), table.movers


def test_a_page_that_differs_is_refused_and_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "states.md"
    monkeypatch.setattr(states_doc, "DOCUMENT", page)
    states_doc.main(["--update"])
    page.write_text(page.read_text().replace("Trả lại", "Trả về"))
    assert states_doc.main(["--check"]) == 1
    assert "Trả về" in capsys.readouterr().out
