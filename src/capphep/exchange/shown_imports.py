"""An import as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.exchange.actions import is_noted
from capphep.exchange.kinds import KINDS, ImportKind
from capphep.exchange.models import Import
from capphep.exchange.returned import reasons_of
from capphep.exchange.shown_jobs import ShownJob
from capphep.exchange.shown_jobs import shown as shown_job
from capphep.exchange.states import ImportState
from capphep.platform.job_states import OPEN
from capphep.platform.kit import HeaderBand, MenuItem, Status, Text, Tone, steps

_TONES: Final[dict[str, Tone]] = {
    ImportState.OPEN: "waiting",
    ImportState.BEGUN: "good",
    ImportState.UNDONE: "gone",
}
_BAD_ROWS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the kind, and which column of the file holds it (None: none)."""

    name: str
    label: str
    is_required: bool
    place: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class ShownImport:
    """``headings`` are (place, title) of the file's columns, ``entering`` counts the rows that
    an import would enter: all of them until they were checked."""

    record: Import
    kind: ImportKind
    band: HeaderBand
    is_open: bool
    is_busy: bool
    job: ShownJob | None
    choices: list[Choice]
    headings: list[tuple[int, str]]
    entering: int
    figures: list[Figure]
    bad_rows: list[BadRow]
    bad_more: int


def title_of(one: Import) -> Text:
    kind = KINDS.get(one.kind)
    return kind.title if kind else one.kind


def status_of(one: Import) -> Status:
    if one.job and one.job.state in OPEN:
        return Status(one.job.get_state_display(), "info")
    return Status(one.get_state_display(), _TONES[one.state])


def shown(one: Import, kind: ImportKind) -> ShownImport:
    counts: dict[str, int] = one.counts or one.checked or {}
    is_busy = bool(one.job and one.job.state in OPEN)
    # Once it is undone, the workbook that held them is not offered here any more.
    returned = one.returned.none() if one.state == ImportState.UNDONE else one.returned
    bad = returned.order_by("number")[:_BAD_ROWS_SHOWN]
    return ShownImport(
        record=one,
        kind=kind,
        band=_band(one, kind, is_busy=is_busy),
        is_open=one.state == ImportState.OPEN,
        is_busy=is_busy,
        job=shown_job(one.job) if one.job else None,
        choices=_choices(one, kind),
        headings=list(enumerate(title or _("(untitled)") for title in one.headings)),
        entering=_entering(one),
        figures=_figures(one, counts),
        bad_rows=[
            BadRow(row.number, [each.text for each in reasons_of(row, kind.plan)]) for row in bad
        ],
        bad_more=max(0, counts.get("rejected", 0) - _BAD_ROWS_SHOWN),
    )


def _choices(one: Import, kind: ImportKind) -> list[Choice]:
    plan = kind.plan
    return [
        Choice(name, label, name in plan.required, one.columns.get(name))
        for name, label in plan.columns.items()
    ]


def _entering(one: Import) -> int:
    checked: dict[str, int] = one.checked or {}
    return one.row_count - checked.get("rejected", 0)


def _figures(one: Import, counts: dict[str, int]) -> list[Figure]:
    if not counts:
        return []
    if one.state == ImportState.UNDONE:
        return [Figure(_("Taken back"), counts.get("created", 0))]
    is_checked = not one.counts
    labels = {
        "created": _("Would be created") if is_checked else _("Created"),
        "updated": _("Would be updated") if is_checked else _("Updated"),
        "unchanged": _("Already there"),
        "rejected": _("Bad rows"),
    }
    return [Figure(label, counts.get(name, 0)) for name, label in labels.items()]


def _band(one: Import, kind: ImportKind, *, is_busy: bool) -> HeaderBand:
    labels: Sequence[Text] = (_("Columns"), _("Checked"), _("Entered"))
    at = 2 if one.state != ImportState.OPEN else 1 if one.checked else 0
    return HeaderBand(
        title=one.file_name,
        subtitle=_("Import: %(what)s") % {"what": kind.title},
        status=status_of(one),
        steps=steps(labels, at),
        actions=[] if is_busy else _acts(one),
        back_url=reverse("exchange:import_list"),
        back_label=_("Imports from Excel"),
    )


def _acts(one: Import) -> list[MenuItem]:
    if one.state != ImportState.BEGUN or not is_noted(one):
        return []
    url = reverse("exchange:import_undo", args=[one.pk])
    return [MenuItem(_("Undo the import"), url, "dialog", icon="arrow-back-up", danger=True)]
