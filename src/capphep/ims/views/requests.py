"""A request as its approver sees it, and what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from capphep.catalog import schemas
from capphep.entitlements.models import Licence
from capphep.ims.queries import desk, queue
from capphep.ims.queries.absences import absences_on
from capphep.ims.queries.checks import blocked_by, checks_of
from capphep.ims.queries.evidence import files_of
from capphep.ims.views import checks
from capphep.ims.views.assignment import assignment_items, holder_text
from capphep.ims.views.dialogs import THEN_NEXT
from capphep.ims.views.evidence import previews_of
from capphep.ims.views.shown import ageing_status
from capphep.ims.views.withdrawals import shown_proposal, withdraw_item
from capphep.platform import clock
from capphep.platform.htmx import render_page_or_fragment
from capphep.platform.kit import HeaderBand, MenuItem, Text
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of
from capphep.provisioning import explanations
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.rules import needs_evidence
from capphep.provisioning.states import WAS_APPROVED
from capphep.provisioning.views.history import history_of
from capphep.provisioning.views.rounds import rounds_shown
from capphep.provisioning.views.shown import (
    paper_items,
    source_item,
    status_of,
    steps_of,
    subscription_items,
)
from capphep.provisioning.withdrawal_queries import confirmed_withdrawal


def decision_items(
    actor: User, record: LicenceRequest, *, on_page: bool = False, blocked_by: str = ""
) -> list[MenuItem]:
    """*Phê duyệt YC cấp giấy phép*, *Trả lại*, *Từ chối*, where role and state allow them.

    Where only R6 forbids, they are there with the reason. ``on_page``: A, T and R do the same, and
    then the next one that waits opens.
    ``blocked_by`` names the automatic checks that stop an approval.
    """
    if not desk.may_decide(actor, record):
        return []
    own = desk.made_by(actor, record)
    reason = _("Who made or sent a request cannot decide on it.") if own else ""
    stopped = _("Approval is stopped by an automatic check: %(checks)s.") % {"checks": blocked_by}
    why = reason or (stopped if blocked_by else "")
    then = THEN_NEXT if on_page else ""
    verbs = ("approve", "return", "reject")
    approve, give_back, reject = (reverse(f"ims:{verb}", args=[record.pk]) + then for verb in verbs)
    a, t, r = ("a", "t", "r") if on_page else ("", "", "")
    return [
        MenuItem(_("Approve licence request"), approve, "dialog", "rubber-stamp", False, why, a),
        MenuItem(_("Return for changes"), give_back, "link", "arrow-back-up", False, reason, t),
        MenuItem(_("Reject"), reject, "dialog", "ban", True, reason, r),
    ]


def request_page(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_request_context`."""
    actor = actor_of(request)
    record = desk.desk_request(actor, request_id)
    context = _request_context(actor, record)
    return render_page_or_fragment(request, "ims/request.html", "ims/_request.html", context)


def _request_context(actor: User, record: LicenceRequest) -> dict[str, Any]:
    """context: title, record, band, decision (MenuItem list), evidence, has_evidence,
    difference, extras, kind_reason, checks, licence, age (Status), holder, next_waiting,
    rounds, resent (rounds.ShownRound), proposal (withdrawals.ShownProposal), withdrawal (that
    was confirmed), entries."""
    day = clock.today()
    away = absences_on(day)
    difference, files = desk.difference_of(record, day), files_of(record)
    found = checks_of(record, difference, files, day)
    rounds = rounds_shown(record)
    proposal = shown_proposal(actor, record)
    more = [] if proposal else withdraw_item(actor, record)
    age = ageing_status(queue.age_of(record, day))
    holder = holder_text(record, actor, away)
    is_decided = record.status in desk.DECIDED
    return {
        "title": record.request_no,
        "record": record,
        "band": _band(actor, record, [age.label, holder] if age else [], more),
        "decision": decision_items(actor, record, on_page=True, blocked_by=blocked_by(found)),
        "evidence": previews_of(files),
        "has_evidence": bool(files) or needs_evidence(record.kind),
        "difference": difference,
        "extras": _extras(difference),
        "kind_reason": explanations.reason_of(record),
        "checks": checks.shown(found),
        "licence": _licence(record) if record.status in WAS_APPROVED else None,
        "age": age,
        "holder": holder,
        "next_waiting": queue.next_waiting(actor, away) if is_decided else None,
        "rounds": rounds,
        "resent": next((one for one in rounds if one.before and not one.outcome), None),
        "proposal": proposal,
        "withdrawal": confirmed_withdrawal(record),
        "entries": history_of(record),
    }


def _licence(record: LicenceRequest) -> Licence | None:
    return Licence.objects.filter(request_no=record.request_no).first()


def _band(
    actor: User, record: LicenceRequest, stands: Sequence[Text], more: Sequence[MenuItem]
) -> HeaderBand:
    """``stands`` says how it stands while it waits: its age, and who handles it."""
    form = reverse("provisioning:request", args=[record.pk])
    return HeaderBand(
        title=record.customer.name,
        number=record.request_no,
        subtitle=" · ".join(map(str, [record.product, record.get_kind_display(), *stands])),
        status=status_of(record),
        steps=steps_of(record),
        walk=_walk(actor, record),
        actions=[
            *assignment_items(actor, record),
            *subscription_items(record),
            source_item(record),
            MenuItem(_("Open the request as it was sent"), form, icon="file-text"),
            *paper_items(record),
            *more,
        ],
        back_url=reverse("ims:queue"),
        back_label=_("Office accountant"),
    )


def _walk(actor: User, record: LicenceRequest) -> list[MenuItem]:
    """The requests that wait before and after this one: K and J."""
    before, after = queue.neighbours(actor, record)
    found = [
        (before, _("Previous waiting request"), "chevron-left", "k"),
        (after, _("Next waiting request"), "chevron-right", "j"),
    ]
    return [
        MenuItem(label, reverse("ims:request", args=[one.pk]), icon=icon, key=key)
        for one, label, icon, key in found
        if one
    ]


def _extras(difference: desk.Difference) -> list[tuple[str, list[tuple[str, str]]]]:
    """The additional information of each module that has some: (module, [(label, text)])."""
    language = get_language() or ""
    found = [
        (
            each.line.module.name,
            schemas.display_values(each.line.module.extra_schema, each.line.extra, language),
        )
        for each in difference.lines
    ]
    return [(module, values) for module, values in found if values]
