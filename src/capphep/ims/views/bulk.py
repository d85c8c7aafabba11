"""*Phê duyệt các yêu cầu đã chọn*: what each would change, then what became of each."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.ims import actions
from capphep.ims.checks import Check, Outcome
from capphep.ims.queries import desk
from capphep.ims.queries.checks import checks_of, require_unblocked
from capphep.ims.queries.desk import Difference
from capphep.ims.queries.evidence import files_of
from capphep.ims.views.assignment import held_by_another
from capphep.ims.views.dialogs import dialog
from capphep.platform import clock
from capphep.platform.kit import Status
from capphep.platform.lists import narrowed, source_named
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.selection import ALL, ID, QUERY, keys_of
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning import queries as provisioning
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import Refusal

# As many as a page of the queue has rows.
MOST: Final = 50
_AFTER: Final = "after"
_REST: Final = "rest"


@dataclass(frozen=True, slots=True)
class Ticked:
    """A ticked request: what approving it would change, or ``reason`` why it cannot be."""

    record: LicenceRequest
    difference: Difference
    to_look_at: Sequence[Check]
    held_by: str
    reason: str

    @property
    def checks_text(self) -> str:
        number = len(self.to_look_at)
        text = ngettext("%(number)s check to look at", "%(number)s checks to look at", number)
        return text % {"number": number} if number else ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one request, in a word and a sentence; ``again``: it may be tried again."""

    record: LicenceRequest
    status: Status
    text: str
    again: bool


def approve_ticked(request: HttpRequest) -> HttpResponse:
    """context: as `_question`, or `_answer`."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_DECIDE)
    if request.method != "POST":
        keys, rest = _asked(actor, request.GET)
        return _question(request, _records(actor, keys), rest)
    records = _records(actor, keys_of(request.POST.getlist(ID)))
    seen = {one.pk: request.POST.get(f"seen-{one.pk}", "") for one in records}
    outcomes = actions.approve_each(actor=actor, seen=seen)
    return _answer(request, records, outcomes)


def _asked(actor: User, asked: QueryDict) -> tuple[list[int], str]:
    """What was ticked or, of all results of the queue, the next ones with the query of the rest.

    All are approved, but never unseen: as many at a time as a person looks through.
    """
    if ALL not in asked:
        return keys_of(asked.getlist(ID)), ""
    query = asked.get(QUERY, "")
    listed = narrowed(source_named("ims.queue"), actor, QueryDict(query))
    for last in keys_of(asked.getlist(_AFTER)):
        listed = listed.filter(pk__gt=last)
    keys = list(listed.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(keys) <= MOST:
        return keys, ""
    return keys[:MOST], urlencode({ALL: 1, QUERY: query, _AFTER: keys[MOST - 1]})


def _records(actor: User, known: Sequence[int]) -> list[LicenceRequest]:
    """The requests with these keys, oldest first."""
    rows = provisioning.visible_requests(actor).filter(pk__in=known[:MOST])
    shown = ("assigned_to", "sent_by", "decided_by")
    return list(rows.select_related(*shown).order_by("sent_at", "id"))


def _question(request: HttpRequest, records: Sequence[LicenceRequest], rest: str) -> HttpResponse:
    """context: title, rows (Ticked that can be approved), refused (Ticked that cannot), hidden,
    most, rest_url, action, back_url, size."""
    actor, day = actor_of(request), clock.today()
    ticked = [_ticked(actor, record, day) for record in records]
    rows = [one for one in ticked if not one.reason]
    title = ngettext("Approve %(number)s request?", "Approve %(number)s requests?", len(rows))
    context: dict[str, Any] = {
        "title": title % {"number": len(rows)},
        "rows": rows,
        "refused": [one for one in ticked if one.reason],
        "hidden": [*_hidden(rows), (_REST, rest)],
        "most": MOST,
        "rest_url": f"{request.path}?{rest}" if rest else "",
        "action": request.path,
        "back_url": reverse("ims:queue"),
        "size": "wide",
    }
    return dialog(request, "ims/_approve_ticked.html", context)


def _hidden(rows: Sequence[Ticked]) -> list[tuple[str, object]]:
    ids = [("id", row.record.pk) for row in rows]
    return [*ids, *((f"seen-{row.record.pk}", row.difference.fingerprint) for row in rows)]


def _ticked(actor: User, record: LicenceRequest, day: datetime.date) -> Ticked:
    difference = desk.difference_of(record, day)
    found = checks_of(record, difference, files_of(record), day)
    return Ticked(
        record=record,
        difference=difference,
        to_look_at=[one for one in found if one.outcome in (Outcome.WARN, Outcome.BLOCKED)],
        held_by=held_by_another(actor, record),
        reason=_reason(actor, record, difference, day),
    )


def _reason(actor: User, record: LicenceRequest, difference: Difference, day: datetime.date) -> str:
    """Why the request cannot be approved; empty where it can."""
    try:
        desk.require_decision(actor, record, "approve")
        require_unblocked(record, difference, day)
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""


def _answer(
    request: HttpRequest,
    records: Sequence[LicenceRequest],
    outcomes: Sequence[actions.Outcome],
) -> HttpResponse:
    """context: title, results (Result), again_url, rest_url, back_url, size. Lists reload."""
    by_id = {record.pk: record for record in records}
    actor = actor_of(request)
    results = [_result(actor, by_id[outcome.request_id], outcome) for outcome in outcomes]
    number = sum(outcome.approval is not None for outcome in outcomes)
    title = ngettext("%(number)s request approved", "%(number)s requests approved", number)
    rest = request.POST.get(_REST, "")
    again = "&".join(f"id={result.record.pk}" for result in results if result.again)
    context = {
        "title": title % {"number": number},
        "results": results,
        "again_url": f"{request.path}?{again}" if again else "",
        "rest_url": f"{request.path}?{rest}" if rest else "",
        "back_url": reverse("ims:queue"),
        "size": "wide",
    }
    response = dialog(request, "ims/_approved_ticked.html", context)
    response["HX-Trigger"] = "record-changed"
    return response


def _result(actor: User, record: LicenceRequest, outcome: actions.Outcome) -> Result:
    if outcome.approval:
        text = _("Licence %(number)s was issued.")
        number = outcome.approval.licence.licence_no
        return Result(record, Status(_("Approved"), "good"), text % {"number": number}, False)
    text = " ".join(map(refusal_text, outcome.refusals))
    if any(isinstance(each, actions.BaseMoved) for each in outcome.refusals):
        return Result(record, Status(_("Look again"), "waiting"), text, True)
    if record.status == RequestStatus.APPROVED and record.decided_by_id == actor.pk:
        return Result(record, Status(_("Approved before"), "good"), text, False)
    return Result(record, Status(_("Not approved"), "bad"), text, False)
