"""The one writer of statuses: compare-and-set, so that of two movers one learns that it lost."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from capphep.platform import rows
from capphep.pure.errors import Conflict, gettext_noop
from capphep.pure.states import StateTable


def move(
    record: Model, table: StateTable, verb: str, *, field: str = "status", **changes: Any
) -> tuple[str, str]:
    """Move ``record`` by ``verb`` and write ``changes`` with it; returns (before, after).

    Raises Conflict ``wrong_state`` where the table has no such move, and Conflict
    ``changed_meanwhile`` when another transaction moved the record first.
    """
    before: str = getattr(record, field)
    after = table.after(verb, before)
    seen = {"pk": record.pk, field: before}
    if not rows.update(type(record), seen, {field: after, **changes}):
        raise Conflict(
            "changed_meanwhile",
            gettext_noop("Somebody else changed this record meanwhile; please look at it again."),
            rule="R4",
        )
    for name, value in {field: after, **changes}.items():
        setattr(record, name, value)
    return before, after
