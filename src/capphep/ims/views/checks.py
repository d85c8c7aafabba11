"""What is compared automatically, for the approver to know. None of it decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.crm.models import Order
from capphep.ims.queries.desk import Difference
from capphep.ims.views.evidence import Preview
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.pure.money import format_dong


@dataclass(frozen=True, slots=True)
class Check:
    is_fine: bool
    text: str


def checks_of(
    request: LicenceRequest, difference: Difference, evidence: Sequence[Preview]
) -> list[Check]:
    of_order = [_amount(request, request.order)] if request.order else []
    return [
        _budget_code(request),
        *of_order,
        _evidence(evidence),
        _files_elsewhere(evidence),
        _base(difference),
    ]


def _budget_code(request: LicenceRequest) -> Check:
    theirs = request.customer.budget_code
    if request.budget_code == theirs:
        return Check(True, _("The budget code is the customer's."))
    text = _("The request names the budget code %(here)s, the customer has %(theirs)s.")
    return Check(False, text % {"here": request.budget_code, "theirs": theirs})


def _amount(request: LicenceRequest, order: Order) -> Check:
    total = order.total
    if request.amount == total:
        return Check(True, _("The amount is that of the order."))
    text = _("The request names %(here)s, the order %(theirs)s.")
    return Check(False, text % {"here": format_dong(request.amount), "theirs": format_dong(total)})


def _evidence(evidence: Sequence[Preview]) -> Check:
    present = {preview.record.kind for preview in evidence}
    missing = [str(kind.label) for kind in EvidenceKind if kind not in present]
    if not missing:
        return Check(True, _("Funding decision and proof of commitment are attached."))
    return Check(False, _("Missing evidence: %(kinds)s.") % {"kinds": ", ".join(missing)})


def _files_elsewhere(evidence: Sequence[Preview]) -> Check:
    used = {other.request_id for preview in evidence for other in preview.elsewhere}
    if not used:
        return Check(True, _("No file was used in another request."))
    text = ngettext(
        "A file was used in %(count)s other request too.",
        "A file was used in %(count)s other requests too.",
        len(used),
    )
    return Check(False, text % {"count": len(used)})


def _base(difference: Difference) -> Check:
    if difference.has_moved:
        return Check(False, _("What the customer has changed since the request was sent."))
    return Check(True, _("What the customer has is as it was when the request was sent."))
