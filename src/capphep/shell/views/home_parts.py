"""The short lists of the first page: one's own requests, the desk's, orders, what ends soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from capphep.crm.models import Order
from capphep.crm.views.orders import status_of as order_status
from capphep.platform.kit import Status, Text
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest, Round
from capphep.provisioning.states import EDITABLE, RequestStatus
from capphep.provisioning.views.shown import status_of
from capphep.reporting.views.home import ending_soon
from capphep.shell import queries


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its number, which links to it, and what is worth knowing at a glance."""

    number: str
    url: str
    name: str
    amount: int | None
    at: Any
    note: str = ""
    status: Status | None = None
    quiet: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A short list; ``url`` leads to all of them, ``empty`` says what its emptiness means."""

    key: str
    title: Text
    rows: Sequence[Row]
    url: str
    empty: Text
    count: int | None = None
    at_label: Text = ""


_OWN_AT: Final[Mapping[str, Text]] = {
    RequestStatus.WAITING: gettext_lazy("Sent at"),
    RequestStatus.RETURNED: gettext_lazy("Returned at"),
}


def own_part(
    own: dict[str, queries.RequestPart], status: RequestStatus, title: Text, empty: Text
) -> Part:
    found = own[status]
    return Part(
        key=status.value,
        title=title,
        rows=[_own_row(row) for row in found.rows],
        url=f"{reverse('provisioning:request_list')}?status={status.value}&mine=1",
        empty=empty,
        count=found.count,
        at_label=_OWN_AT.get(status, _("Changed at")),
    )


def returned_parts(own: dict[str, queries.RequestPart]) -> list[Part]:
    """What came back is the first thing to do; there is no part for it on other days."""
    if not own[RequestStatus.RETURNED].count:
        return []
    return [own_part(own, RequestStatus.RETURNED, _("Returned for changes"), "")]


def _own_row(row: LicenceRequest) -> Row:
    page = "request_edit" if row.status in EDITABLE else "request"
    return Row(
        number=row.request_no,
        url=reverse(f"provisioning:{page}", args=[row.pk]),
        name=row.customer.name,
        amount=row.price,
        at=_own_at(row),
        note=_own_note(row),
    )


def _own_at(row: LicenceRequest) -> Any:
    if row.status == RequestStatus.WAITING:
        return row.sent_at
    last = _answer(row)
    return last.ended_at if last else row.updated_at


def _own_note(row: LicenceRequest) -> str:
    """What the desk said, where it is the person's turn."""
    if row.status == RequestStatus.REJECTED:
        return row.reject_reason
    last = _answer(row)
    return last.comment or "; ".join(last.comments.values()) if last else ""


def _answer(row: LicenceRequest) -> Round | None:
    """With what a returned request came back."""
    found = list(row.rounds.all()) if row.status == RequestStatus.RETURNED else []
    return found[-1] if found else None


def queue_part(actor: User) -> Part:
    found = queries.waiting_requests(actor)
    return Part(
        key="queue",
        title=_("Waiting for approval"),
        rows=[_desk_row(row, row.sent_at) for row in found.rows],
        url=f"{reverse('ims:queue')}?status={RequestStatus.WAITING.value}",
        empty=_("No request is waiting."),
        count=found.count,
        at_label=_("Sent at"),
    )


def decided_part(actor: User, title: Text) -> Part:
    return Part(
        key="decided",
        title=title,
        rows=[
            _desk_row(row, row.decided_at, status=status_of(row))
            for row in queries.decided_requests(actor)
        ],
        url=reverse("ims:queue"),
        empty=_("Nothing was decided yet."),
        at_label=_("Decided at"),
    )


def _desk_row(row: LicenceRequest, at: Any, status: Status | None = None) -> Row:
    return Row(
        number=row.request_no,
        url=reverse("ims:request", args=[row.pk]),
        name=row.customer.name,
        amount=row.price,
        at=at,
        note=row.reject_reason,
        status=status,
    )


def orders_part(actor: User, title: Text) -> Part:
    return Part(
        key="orders",
        title=title,
        rows=[_order_row(order) for order in queries.recent_orders(actor)],
        url=reverse("crm:order_list"),
        empty=_("The first order appears here."),
        at_label=_("Created at"),
    )


def _order_row(order: Order) -> Row:
    return Row(
        number=order.order_no,
        url=reverse("crm:order", args=[order.pk]),
        name=order.customer.name,
        amount=order.total,
        at=order.created_at,
        status=order_status(order),
    )


def ending_part(actor: User) -> Part:
    count, first, url = ending_soon(actor, queries.SHOWN)
    return Part(
        key="ending",
        title=_("Ending in 90 days"),
        rows=[
            Row(
                number=one.ends_on,
                url=reverse("ims:subscription", args=[one.subscription]),
                name=one.customer,
                amount=one.amount or None,
                at=None,
                quiet=ngettext("%(days)s day left", "%(days)s days left", one.days)
                % {"days": one.days},
            )
            for one in first
        ],
        url=url,
        empty=_("Nothing ends in the next 90 days."),
        count=count,
    )
