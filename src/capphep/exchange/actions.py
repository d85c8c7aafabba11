"""Imports: uploaded, their columns read, checked, entered, undone."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from capphep.crm.imports.rows import key_of
from capphep.exchange import columns, row_files, uploads
from capphep.exchange.dependents import what_depends
from capphep.exchange.kinds import ImportKind, kind_named
from capphep.exchange.models import ColumnMemory, Import, ReturnedRow
from capphep.exchange.states import IMPORT_STATE, ImportState
from capphep.exchange.unreadable import Unreadable
from capphep.platform import audit, jobs, moves
from capphep.platform.job_states import OPEN
from capphep.platform.models import BackgroundJob, User
from capphep.pure.errors import Conflict, Invalid, NotFound, gettext_noop

CHECK, ENTER, UNDO = "import_check", "import_enter", "import_undo"


def imports_of(actor: User) -> QuerySet[Import]:
    return Import.objects.filter(owner=actor).select_related("job")


def own_import(actor: User, import_id: int, *, lock: bool = False) -> Import:
    """Raises NotFound for somebody else's too."""
    rows = imports_of(actor).filter(pk=import_id)
    # Locked alone: whoever waited for the row would read the job that it had before.
    found = (rows.select_related(None).select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound("not_found", gettext_noop("There is no such import."))
    return found


def upload(*, actor: User, kind_name: str, name: str, chunks: Iterable[bytes]) -> Import:
    """Read an upload; its columns are those of the last time, else guessed by their titles.

    Raises NotFound for a kind that the actor may not import; Unreadable.
    """
    kind = kind_named(kind_name, actor)
    directory: Path = settings.JOB_FILES_DIR
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f"{uuid.uuid4().hex}.draft"
    rows = draft.with_suffix(".rows.draft")
    try:
        sha256 = uploads.keep(chunks, draft, name)
        table = uploads.read(draft, name, kind.plan)
        count = row_files.write(rows, table)
        if not count:
            raise Unreadable(gettext_noop("There is nothing in %(file)s."), file=name)
        with transaction.atomic():
            one = Import.objects.create(
                owner=actor,
                kind=kind.name,
                file_name=name[-200:],
                sha256=sha256,
                headings=list(table.headings),
                columns=_known_columns(actor, kind, table.headings),
                row_count=count,
            )
            rows.replace(row_files.path_of(one.pk))
            audit.record(actor, [audit.Change(one, "uploaded", after=_said(one))])
    finally:
        draft.unlink(missing_ok=True)
        rows.unlink(missing_ok=True)
    return one


@transaction.atomic
def choose_columns(
    *, actor: User, import_id: int, chosen: Mapping[str, int], updates: bool
) -> Import:
    """Read the columns so from now on, and the next time that a sheet has these headings.

    Raises NotFound, Conflict; Invalid ``column_twice``.
    """
    one = _open(actor, import_id)
    kind = kind_named(one.kind, actor)
    places = [place for place in chosen.values() if 0 <= place < len(one.headings)]
    if len(set(places)) < len(chosen):
        message = gettext_noop("One column of the file is chosen twice.")
        raise Invalid("column_twice", message, field="columns")
    one.columns = {name: chosen[name] for name in kind.plan.columns if name in chosen}
    one.updates, one.checked = updates and kind.updates, None
    one.save(update_fields=["columns", "updates", "checked"])
    ColumnMemory.objects.update_or_create(
        person=actor,
        kind=kind.name,
        signature=_signature(one.headings),
        defaults={"columns": one.columns},
    )
    return one


@transaction.atomic
def check(*, actor: User, import_id: int) -> BackgroundJob:
    """Look at all rows in the background, and enter nothing.

    Raises NotFound, Conflict, Invalid.
    """
    one = _open(actor, import_id)
    _require_columns(one, kind_named(one.kind, actor))
    _require_rows(one)
    return _submit(actor, one, CHECK, gettext_noop("Check of an import"))


@transaction.atomic
def begin(*, actor: User, import_id: int) -> BackgroundJob:
    """Enter the good rows in the background. Raises NotFound, Conflict, Invalid."""
    one = _open(actor, import_id)
    _require_columns(one, kind_named(one.kind, actor))
    _require_rows(one)
    moves.move(one, IMPORT_STATE, "begin", field="state")
    audit.record(actor, [audit.Change(one, "import_begun", after=_said(one))])
    return _submit(actor, one, ENTER, gettext_noop("Import"))


@transaction.atomic
def undo(*, actor: User, import_id: int) -> BackgroundJob:
    """RULE R13: take back what the import created, while nothing depends on it.

    Raises NotFound; Conflict ``in_use`` that says what depends on it.
    """
    one = own_import(actor, import_id, lock=True)
    kind = kind_named(one.kind, actor)
    _require_idle(one)
    IMPORT_STATE.after("undo", one.state)
    if not is_noted(one):
        message = gettext_noop("What it entered was not noted then: it cannot be undone.")
        raise Conflict("not_undone", message, rule="R13")
    what_depends(kind, one).refuse()
    audit.record(actor, [audit.Change(one, "import_undone", before=dict(one.counts))])
    return _submit(actor, one, UNDO, gettext_noop("Undoing an import"))


def is_noted(one: Import) -> bool:
    """Whether it is known what it created: of subscriptions in force that was not always noted."""
    return not one.counts.get("created") or one.created.exists()


def note_undone(one: Import) -> None:
    """Say that what the import created is gone; doing so again changes nothing."""
    if IMPORT_STATE.allows("undo", one.state):
        moves.move(one, IMPORT_STATE, "undo", field="state")


def forget_old() -> int:
    """Remove the rows of uploads once their days are over; returns of how many imports.

    What they created, and that they were, stays.
    """
    before = timezone.now() - datetime.timedelta(days=jobs.KEPT_DAYS)
    gone = 0
    directory: Path = settings.JOB_FILES_DIR
    for path in directory.glob("import-*.rows"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    ReturnedRow.objects.filter(of_import__created_at__lt=before).delete()
    return gone


def _open(actor: User, import_id: int) -> Import:
    one = own_import(actor, import_id, lock=True)
    _require_idle(one)
    if one.state != ImportState.OPEN:
        message = gettext_noop("This import has been entered already.")
        raise Conflict("import_begun", message)
    return one


def _require_idle(one: Import) -> None:
    if one.job and one.job.state in OPEN:
        message = gettext_noop("This import is being worked on; wait for it, or cancel that first.")
        raise Conflict("import_busy", message)


def _require_columns(one: Import, kind: ImportKind) -> None:
    lacking = [kind.plan.columns[name] for name in kind.plan.required if name not in one.columns]
    if lacking:
        message = gettext_noop("Say first which column holds: %(columns)s.")
        params = {"columns": ", ".join(sorted(lacking))}
        raise Invalid("columns_missing", message, field="columns", params=params)


def _require_rows(one: Import) -> None:
    if not row_files.path_of(one.pk).exists():
        message = gettext_noop("The days of this upload are over; please upload the file again.")
        raise Conflict("upload_gone", message)


def _submit(actor: User, one: Import, kind: str, title: str) -> BackgroundJob:
    job = jobs.submit(
        actor=actor,
        kind=kind,
        title=title,
        label=one.file_name,
        link=reverse("exchange:import", args=[one.pk]),
        params={"import": one.pk},
        total=one.row_count,
    )
    one.job = job
    one.save(update_fields=["job"])
    return job


def _known_columns(actor: User, kind: ImportKind, headings: Iterable[str]) -> dict[str, int]:
    titles = list(headings)
    known = ColumnMemory.objects.filter(
        person=actor, kind=kind.name, signature=_signature(titles)
    ).first()
    return dict(known.columns) if known else columns.guessed(kind, titles)


def _signature(headings: Iterable[str]) -> str:
    folded = "\n".join(key_of(title) for title in headings)
    return hashlib.sha256(folded.encode()).hexdigest()


def _said(one: Import) -> dict[str, object]:
    return {"kind": one.kind, "name": one.file_name, "sha256": one.sha256, "rows": one.row_count}
