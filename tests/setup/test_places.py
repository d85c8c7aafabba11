"""What is declared in one place and shown in another: nothing is forgotten on the way."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from capphep.exchange.kinds import KINDS
from capphep.platform.messages import Message
from capphep.platform.options import Option
from capphep.shell.option_groups import GROUPS
from capphep.shell.views.messages import MESSAGES

pytestmark = pytest.mark.once
PACKAGE = Path(__file__).resolve().parents[2] / "src" / "capphep"


def declared(name: str, kind: type) -> set[str]:
    """The keys of what the modules' files of that name declare at their top."""
    found = (
        importlib.import_module(f"capphep.{path.parent.name}.{path.stem}")
        for path in PACKAGE.glob(f"*/{name}.py")
    )
    return {one.key for module in found for one in vars(module).values() if isinstance(one, kind)}


def test_every_option_is_on_the_screen() -> None:
    shown = {option.key for group in GROUPS for option in group.options}
    assert declared("*options", Option) - shown == set()


def test_every_email_is_on_the_screen() -> None:
    assert declared("messages", Message) == {one.key for one in MESSAGES}


def test_every_column_of_an_import_goes_by_an_english_title_too() -> None:
    for kind in KINDS.values():
        assert set(kind.english.values()) == set(kind.plan.columns), kind.name
