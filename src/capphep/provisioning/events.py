"""What is announced of licence requests: the request after the move, and its order's new status.

Of the people in it nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from capphep.crm.events import order_event
from capphep.crm.models import Order
from capphep.platform import audit
from capphep.platform.outbox import Event
from capphep.provisioning.models import LicenceRequest, RequestLine


def request_event(type_: str, request: LicenceRequest, **more: object) -> Event:
    order, product = request.order, request.product.code
    payload = {
        "request_no": request.request_no,
        "order_no": order.order_no if order else None,
        "contract_no": order.contract_no if order else None,
        "kind": request.kind,
        "status": request.status,
        "customer": request.budget_code,
        "product": product,
        "amount": request.price,
        "start_on": request.start_on,
        "sent_at": request.sent_at,
        "due_on": request.due_on,
        "decided_at": request.decided_at,
        "reject_reason": request.reject_reason,
        "version": request.version,
        **more,
    }
    return Event(type_, request.request_no, payload, customer=request.budget_code, product=product)


def moved_events(
    type_: str, request: LicenceRequest, changes: Iterable[audit.Change], **more: object
) -> list[Event]:
    """Of a move: the request's event, and the order's where ``changes`` tell that it moved too."""
    order = request.order
    if order is None or not any(isinstance(change.subject, Order) for change in changes):
        return [request_event(type_, request, **more)]
    # They are for the same product, which is at hand here.
    order.product = request.product
    return [request_event(type_, request, **more), order_event("order.status_changed", order)]


def asked_for(lines: Iterable[RequestLine]) -> list[dict[str, object]]:
    """The module lines of a request, read with their quantities, as an event tells them."""
    return [
        {
            "module": line.module.code,
            "months": line.months,
            "resources": [
                {
                    "resource": quantity.resource.code,
                    "base": quantity.base,
                    "added": quantity.added,
                    "total": quantity.total,
                }
                for quantity in line.quantities.all()
            ],
        }
        for line in lines
    ]
