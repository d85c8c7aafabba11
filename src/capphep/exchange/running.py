"""The jobs of an import: each chunk of rows is one transaction with the progress of the job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final

from capphep.crm.imports.rows import SheetRow
from capphep.exchange import row_files
from capphep.exchange.actions import CHECK, ENTER, UNDO, note_undone
from capphep.exchange.columns import row_of
from capphep.exchange.kinds import Found, ImportKind, kind_named
from capphep.exchange.models import Import, ImportedRecord, ReturnedRow
from capphep.exchange.returned import write_returned
from capphep.exchange.row_files import RowFile
from capphep.platform import rows
from capphep.platform.jobs import Kind, Outcome, Run
from capphep.pure.errors import Label, NotFound, Refusal, gettext_noop

MOST_ROWS = 1000
_TAKEN_BACK: Final = 500


def check(run: Run) -> Outcome:
    """A look at every row that writes nothing; begun again, it begins from the first row."""
    one, kind = _import_of(run)
    counts: Counter[str] = Counter()
    planned: set[str] = set()
    with ExitStack() as stack:
        for at, chunk in _chunks(stack, one, kind, 0):
            found = kind.judge(run.actor, chunk, one.updates, planned)
            planned.update(found.planned)
            with run.step():
                if not counts:
                    one.returned.all().delete()
                _note(run, one, found, counts, at, len(chunk))
    one.checked = dict(counts)
    one.save(update_fields=["checked"])
    message = gettext_noop("Checked %(label)s: %(good)s rows are good, %(bad)s are not.")
    good = one.row_count - counts["rejected"]
    return _outcome(run, one, kind, message, {"good": good, "bad": counts["rejected"]})


def enter(run: Run) -> Outcome:
    """The good rows in; taken up again after a crash, it goes on at the next chunk."""
    one, kind = _import_of(run)
    counts = Counter[str](run.job.counts)
    start = int(run.job.cursor.get("at", 0))
    with ExitStack() as stack:
        for at, chunk in _chunks(stack, one, kind, start):
            with run.step():
                if not at - len(chunk):
                    one.returned.all().delete()
                found = kind.enter(run.actor, chunk, one.updates)
                rows.insert(ImportedRecord(of_import=one, record_id=key) for key in found.made)
                _note(run, one, found, counts, at, len(chunk))
                one.counts = dict(counts)
                one.save(update_fields=["counts"])
    message = gettext_noop("Imported %(label)s: %(created)s created, %(bad)s rows go back.")
    params = {"created": counts["created"], "bad": counts["rejected"]}
    return _outcome(run, one, kind, message, params)


def undo(run: Run) -> Outcome:
    """The newest first: what stands under another one goes before it."""
    one, kind = _import_of(run)
    run.job.total = run.job.done + one.created.count()
    newest = one.created.order_by("-record_id").values_list("record_id", flat=True)
    while keys := list(newest[:_TAKEN_BACK]):
        with run.step():
            kind.undo(run.actor, keys)
            one.created.filter(record_id__in=keys).delete()
            run.job.note(done=run.job.done + len(keys))
    with run.step():
        note_undone(one)
    message = gettext_noop("Undone: %(label)s. %(count)s records were taken back.")
    return Outcome(message, {"count": run.job.done})


def _import_of(run: Run) -> tuple[Import, ImportKind]:
    """Asked again when it runs: rights may have changed meanwhile."""
    one = Import.objects.filter(pk=run.job.params["import"], owner=run.actor).first()
    if one is None:
        raise NotFound("not_found", gettext_noop("There is no such import."))
    return one, kind_named(one.kind, run.actor)


def _chunks(
    stack: ExitStack, one: Import, kind: ImportKind, start: int
) -> Iterator[tuple[int, list[SheetRow]]]:
    """Chunks of rows from the ``start``-th on, each with how many rows are behind it then.

    Rows that are known by the same stay together.
    """
    keys = kind.keys
    file = stack.enter_context(RowFile(row_files.path_of(one.pk)))

    def keys_of(line: row_files.Line) -> tuple[str, str]:
        assert keys is not None
        return keys(row_of(one.columns, line.number, line.cells))

    order = row_files.in_order(file, keys_of if keys else None)
    at, chunk, last = start, list[SheetRow](), ""
    for line in file.read(order[start:]):
        row = row_of(one.columns, line.number, line.cells)
        key = keys(row)[0] if keys else ""
        if len(chunk) >= min(MOST_ROWS, kind.rows_each) and not (key and key == last):
            yield at, chunk
            chunk = []
        chunk.append(row)
        at, last = at + 1, key
    if chunk:
        yield at, chunk


def _note(run: Run, one: Import, found: Found, counts: Counter[str], at: int, size: int) -> None:
    for name in ("created", "updated", "unchanged"):
        counts[name] += getattr(found, name)
    counts["rejected"] += len(found.rejected)
    counts["rows"] += size
    rows.insert(
        ReturnedRow(
            of_import=one,
            number=row.number,
            reasons=[_packed(reason) for reason in row.reasons],
        )
        for row in found.rejected
    )
    run.job.note(done=at, counts=dict(counts), cursor={"at": at})


def _packed(refusal: Refusal) -> dict[str, Any]:
    params = {
        name: {"label": value} if isinstance(value, Label) else value
        for name, value in refusal.params.items()
    }
    return {"field": refusal.field, "message": refusal.message, "params": params}


def _outcome(
    run: Run, one: Import, kind: ImportKind, message: str, params: Mapping[str, object]
) -> Outcome:
    name = ""
    if one.returned.exists():
        write_returned(run, one, kind)
        name = f"{one.file_name.rsplit('.', 1)[0]} - dòng lỗi.xlsx"
    return Outcome(message, params, name)


KINDS: Final[Sequence[Kind]] = (Kind(CHECK, check), Kind(ENTER, enter), Kind(UNDO, undo))
