"""docs/states.md: every state table of the code, who moves it, and a diagram of each.

    .venv/bin/python tools/states_doc.py --update    writes it
    .venv/bin/python tools/states_doc.py --check     what `./capphep test` runs

States and moves come from the tables, their labels from the catalogues, who may from what the
moving functions ask for, and what a move means from their docstrings.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "capphep"
DOCUMENT = ROOT / "docs" / "states.md"
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capphep.config.settings")

import django  # noqa: E402

django.setup()

from babel.messages.pofile import read_po  # noqa: E402
from django.apps import apps  # noqa: E402
from django.db.models import Field  # noqa: E402
from django.utils import translation  # noqa: E402

from capphep.platform import roles  # noqa: E402
from capphep.pure.states import StateTable  # noqa: E402
from tools.movers import Function, Movers  # noqa: E402

HEAD: Final = """# States

Written by `tools/states_doc.py --update` from the code; `./capphep test` refuses a page that no
longer agrees with it. A verb in a state that is not listed raises `wrong_state`; of two who move
the same record at once one wins and the other is told (`platform.moves.move`).
"""
# What the functions that take hold of a record ask for beside the role.
CONDITIONS: Final = {
    "capphep.provisioning.actions.locks.require_own": "only their own",
    "capphep.ims.queries.desk.require_decision": "not who made or sent it (R6)",
    "capphep.ims.queries.withdrawals.require_other_person": "not who proposed it (R6)",
}
# What asks for no permission itself happens by itself, or as part of something that does.
PART_OF: Final = {
    "capphep.exchange.actions.begin": "whoever uploaded it",
    "capphep.exchange.actions.note_undone": "whoever uploaded it",
    "capphep.identity.actions.links.ensure_account": "part of `ims.actions.decisions.approve`",
    "capphep.identity.actions.links.close_links": (
        "part of `ims.actions.withdrawals.confirm_withdrawal`"
    ),
    "capphep.identity.actions.outcomes.record_outcome": "by itself (`./capphep worker`)",
    "capphep.integration.actions.outcomes.record": "by itself (`./capphep worker`)",
}
_BY_ITSELF: Final = "by itself (`./capphep tick`)"


@dataclass(frozen=True)
class Table:
    """A state table, the field that holds its states, and the functions that move it by verb."""

    name: str
    table: StateTable
    field: str
    first: str
    movers: Mapping[str, Sequence[Function]]

    @property
    def last(self) -> list[str]:
        """The states that nothing leads out of."""
        left = {state for _verb, state in self.table.moves}
        return [state for state in self.table.labels if state not in left]


def tables(code: Movers) -> Iterator[Table]:
    for path in sorted(PACKAGE.glob("*/states.py")):
        module = importlib.import_module(f"capphep.{path.parent.name}.states")
        for name, table in vars(module).items():
            if isinstance(table, StateTable):
                full = f"{module.__name__}.{name}"
                verbs = dict.fromkeys(verb for verb, _state in table.moves)
                movers = {verb: code.movers_of(full, verb) for verb in verbs}
                yield Table(full.removeprefix("capphep."), table, *_field_of(table), movers)


def _field_of(table: StateTable) -> tuple[str, str]:
    """``Model.field`` that holds the states of the table, and the state that it begins with."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            choices = [str(key) for key, _label in getattr(field, "choices", None) or []]
            if isinstance(field, Field) and choices == [str(state) for state in table.labels]:
                return f"{model.__name__}.{field.name}", str(field.default)
    raise SystemExit(f"No field holds the states {list(table.labels)}.")


# --- the page ----------------------------------------------------------------------------------


def document() -> str:
    code, texts = Movers(PACKAGE), _vietnamese()
    missing = [name for name in (*CONDITIONS, *PART_OF) if name not in code.functions]
    if missing:
        raise SystemExit(f"CONDITIONS or PART_OF names what is not there: {missing}")
    parts = [HEAD, *(part for table in tables(code) for part in _parts(table, code, texts))]
    return "\n".join(parts)


def _vietnamese() -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(PACKAGE.glob("*/locale/vi/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            messages = [one for one in read_po(file) if isinstance(one.id, str)]
        texts |= {str(one.id): str(one.string) for one in messages}
    return texts


def _parts(table: Table, code: Movers, texts: Mapping[str, str]) -> Iterator[str]:
    labels = {state: texts[label] for state, label in table.table.labels.items()}
    yield f"## `{table.field}`\n\n`{table.name}`\n"
    yield "| state | Vietnamese | English |\n|---|---|---|"
    for state, label in table.table.labels.items():
        yield f"| `{state}` | {labels[state]} | {label} |"
    yield "\n| verb | from | to |\n|---|---|---|"
    for (verb, before), after in table.table.moves.items():
        yield f"| `{verb}` | {labels[before]} | {labels[after]} |"
    yield "\n| verb | who may | action |\n|---|---|---|"
    for verb, movers in table.movers.items():
        yield f"| `{verb}` | {_who(movers, code, texts)} | {_what(movers)} |"
    yield f"\n```mermaid\n{_diagram(table, labels)}\n```\n"


def _who(movers: Sequence[Function], code: Movers, texts: Mapping[str, str]) -> str:
    asked = {name for mover in movers for name in code.permissions_of(mover)}
    if not asked:
        return ", ".join(PART_OF.get(mover.name, _BY_ITSELF) for mover in movers)
    with translation.override(None):
        may = [texts[str(role.label)] for role in roles.Role if _may(role, asked)]
    called = {name for mover in movers for name in code.asked_by(mover)}
    conditions = [text for name, text in CONDITIONS.items() if name in called]
    return ", ".join([*may, *conditions])


def _may(role: roles.Role, asked: Collection[str]) -> bool:
    granted = roles._GRANTED[role]
    return role != roles.Role.SYSTEM and all(roles.Permission[name] in granted for name in asked)


def _what(movers: Sequence[Function]) -> str:
    shown = [f"`{one.name.removeprefix('capphep.')}`: {one.summary}" for one in movers]
    return "<br>".join(shown)


def _diagram(table: Table, labels: Mapping[str, str]) -> str:
    moves = table.table.moves.items()
    rows = [
        *(f'state "{label}" as {state}' for state, label in labels.items()),
        f"[*] --> {table.first}",
        *(f"{before} --> {after}: {verb}" for (verb, before), after in moves),
        *(f"{state} --> [*]" for state in table.last),
    ]
    return "\n    ".join(["stateDiagram-v2", *rows])


# --- the command -------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--update", action="store_true")
    choice.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    text = document()
    if options.update:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    stands = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    pages = (stands.splitlines(), text.splitlines())
    for line in difflib.unified_diff(*pages, "docs/states.md", "the code", lineterm=""):
        print(line)
    if stands != text:
        print("docs/states.md differs from the code: run tools/states_doc.py --update")
    return int(stands != text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
