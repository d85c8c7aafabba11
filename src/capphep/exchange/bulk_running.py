"""What is done to many rows of a list, in the background, with a workbook of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from capphep.exchange.writing import Book
from capphep.platform import bulk
from capphep.platform.bulk import BulkAction, Target
from capphep.platform.jobs import Kind, Outcome, Run
from capphep.platform.lists import source_named
from capphep.pure.errors import gettext_noop

_STEP: Final = 10
_READ: Final = 500


def do_rows(run: Run) -> Outcome:
    """The job: by the rights that its owner has now. Taken up again, it goes on where it stood."""
    job, asked = run.job, run.job.params
    action = bulk.action_named(asked["list"], asked["action"], run.actor)
    rows = [Target(*each) for each in asked["rows"]]
    while job.done < len(rows):
        with run.step():
            _do_some(run, action, rows[job.done : job.done + _STEP])
    # By what the rows were answered: the keys of those that stay as they are.
    refused: dict[str, list[int]] = job.cursor.get("refused", {})
    left = sum(map(len, refused.values()))
    if not job.cursor.get("finished"):
        with run.step():
            bulk.finish(action, run.actor, asked["choice"], len(rows) - left)
            job.note(cursor={**job.cursor, "finished": True})
    _write(run, action, rows, refused)
    message = gettext_noop("%(label)s: %(count)s done, %(left)s stay as they are.")
    name = f"ket-qua-{timezone.localdate():%Y-%m-%d}.xlsx"
    return Outcome(message, {"count": len(rows) - left, "left": left}, name)


def _do_some(run: Run, action: BulkAction, rows: Sequence[Target]) -> None:
    refused: dict[str, list[int]] = run.job.cursor.get("refused", {})
    for outcome in bulk.do_each(action, run.actor, rows, run.job.params["choice"]):
        if outcome.refused:
            refused.setdefault(outcome.refused, []).append(outcome.key)
    run.job.note(done=run.job.done + len(rows), cursor={**run.job.cursor, "refused": refused})


def _write(
    run: Run, action: BulkAction, rows: Sequence[Target], refused: dict[str, list[int]]
) -> None:
    answers = {key: text for text, keys in refused.items() for key in keys}
    with Book(run.draft) as book:
        sheet = book.sheet(str(action.label), [_("Record"), _("Result"), _("Why not")], ())
        for key, name in _names(run, [row.key for row in rows]):
            answer = answers.get(key, "")
            sheet.row([name, str(action.done_word) if not answer else _("Not done"), answer])
        sheet.filter()


def _names(run: Run, keys: Sequence[int]) -> Iterator[tuple[int, str]]:
    """What each is called; the person saw them all when the work was asked for."""
    model: Any = source_named(run.job.params["list"]).rows(run.actor).model
    for start in range(0, len(keys), _READ):
        some = keys[start : start + _READ]
        found = model._default_manager.in_bulk(some)
        yield from ((key, str(found[key]) if key in found else str(key)) for key in some)


KINDS: Final[Sequence[Kind]] = (Kind(bulk.JOB, do_rows),)
