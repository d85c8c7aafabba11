"""What was approved for the same customer and product before a request."""

from __future__ import annotations

from django.db.models import QuerySet

from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.states import RequestKind, RequestStatus


def trial_before(request: LicenceRequest) -> LicenceRequest | None:
    """The approved trial that a new sale follows: its data go on, what is left of it ends.

    None where anything was sold since, or for another kind. At most one statement.
    """
    if request.kind != RequestKind.NEW:
        return None
    rows = _approved(request.customer_id, request.product_id)
    last = rows.exclude(kind=RequestKind.INFO_CHANGE).first()
    return last if last and last.kind == RequestKind.TRIAL else None


def last_approved(customer_id: int, product_id: int) -> LicenceRequest | None:
    """The latest approved request: who the unit and its administrator are by now."""
    return _approved(customer_id, product_id).first()


def extras_of(customer_id: int, product_id: int) -> dict[int, dict[str, object]]:
    """By module, the additional information that was approved last. One statement."""
    lines = RequestLine.objects.filter(request__in=_approved(customer_id, product_id).order_by())
    rows = lines.exclude(extra={}).order_by("request__decided_at", "request_id", "position")
    return dict(rows.values_list("module", "extra"))


def _approved(customer_id: int, product_id: int) -> QuerySet[LicenceRequest]:
    rows = LicenceRequest.objects.filter(
        customer=customer_id, product=product_id, status=RequestStatus.APPROVED
    )
    return rows.order_by("-decided_at", "-id")
