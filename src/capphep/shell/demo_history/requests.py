"""The licence requests of the sample data: their lines, and each way to the desk and back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils import timezone

from capphep.platform import numbers
from capphep.platform.models import User
from capphep.provisioning.actions.evidence import frozen
from capphep.provisioning.contents import Content, content_of
from capphep.provisioning.models import LicenceRequest, RequestLine, Round, RoundOutcome
from capphep.provisioning.states import RequestStatus
from capphep.pure.workdays import add_workdays
from capphep.shell.demo_history.orders import Numbers
from capphep.shell.demo_history.sales import Sale

_REASONS: Final = (
    "Quyết định cấp nguồn thiếu trang có dấu.",
    "Số tiền trên quyết định khác số tiền đơn hàng.",
    "Đơn vị đã có yêu cầu khác cho cùng gói.",
)
_TARGET: Final = 2
"""Working days within which the desk means to answer."""
_OUTCOMES: Final = {
    RequestStatus.APPROVED: RoundOutcome.APPROVED,
    RequestStatus.REJECTED: RoundOutcome.REJECTED,
    RequestStatus.RETURNED: RoundOutcome.RETURNED,
}
_ADMINISTRATORS: Final = ("Nguyễn Thị Lan", "Trần Văn Dũng", "Lê Minh Châu", "Phạm Thị Hồng")


def write_requests(sales: Sequence[Sale]) -> None:
    series = Numbers(numbers.REQUEST)
    officers = list(User.objects.filter(role="officer").order_by("pk"))
    for count, sale in enumerate(sales):
        day = timezone.localdate(begun_at(sale))
        sale.request = _request(sale, series.next(day), officers[count % len(officers)])
    requests = LicenceRequest.objects.bulk_create([sale.request for sale in sales])
    for sale in sales:
        sale.request.created_at = begun_at(sale)
    LicenceRequest.objects.bulk_update(requests, ["created_at"], batch_size=200)
    numbers.reserve(series.given)


def begun_at(sale: Sale) -> datetime.datetime:
    return sale.made_at + datetime.timedelta(minutes=9)


def _request(sale: Sale, number: str, officer: User) -> LicenceRequest:
    unit, at = sale.customer, int(number[-2:])
    return LicenceRequest(
        request_no=number,
        order=sale.order,
        customer=unit,
        product=sale.order.product,
        kind=sale.kind,
        status=sale.end or "",
        budget_code=unit.budget_code,
        amount=sale.order.total,
        sector=unit.sector,
        level=unit.level,
        unit_name=unit.name,
        unit_address=unit.address,
        admin_name=_ADMINISTRATORS[unit.pk % len(_ADMINISTRATORS)],
        admin_position="Văn thư",
        admin_phone=f"09{unit.budget_code}0",
        admin_email=f"quantri.{unit.budget_code}@example.vn",
        team=sale.seller.team,
        created_by=sale.seller,
        **(_sent(sale, officer) if sale.waits else {}),
        **(_decided(sale, officer, at) if sale.decided_at else {}),
    )


def _sent(sale: Sale, officer: User) -> dict[str, object]:
    # Of what waits half is in somebody's hands.
    is_taken = sale.end != RequestStatus.WAITING or sale.quantity > 1
    return {
        "sent_by": sale.seller,
        "sent_at": sale.sent_at,
        "due_on": _due_on(sale.sent_at),
        "assigned_to": officer if is_taken else None,
    }


def _decided(sale: Sale, officer: User, at: int) -> dict[str, object]:
    is_rejected = sale.end == RequestStatus.REJECTED
    return {
        "decided_by": officer,
        "decided_at": sale.decided_at,
        "reject_reason": _REASONS[at % len(_REASONS)] if is_rejected else "",
    }


def _due_on(sent_at: datetime.datetime) -> datetime.date:
    return add_workdays(timezone.localdate(sent_at), _TARGET)


def write_rounds(sales: Sequence[Sale]) -> None:
    """After the lines and the evidence, which each of them keeps."""
    lines = RequestLine.objects.filter(request__in=[sale.request.pk for sale in sales])
    whole = lines.select_related("module").prefetch_related("quantities__resource")
    by_request: dict[int, list[RequestLine]] = {}
    for line in whole.order_by("request", "position"):
        by_request.setdefault(line.request_id, []).append(line)
    Round.objects.bulk_create(
        one
        for sale in sales
        for one in _rounds(
            sale,
            content_of(
                sale.request,
                by_request.get(sale.request.pk, ()),
                [frozen(each) for each in sale.evidence],
            ),
        )
    )


def _rounds(sale: Sale, content: Content) -> Iterator[Round]:
    for number, wait in enumerate(sale.waits, start=1):
        is_decided = number == len(sale.waits) and sale.decided_at is not None
        comments = {} if is_decided or not wait.answered_at else sale.returns[number - 1]
        said = "" if comments or not wait.answered_at else "Xem lại hồ sơ giúp."
        answered = wait.answered_at
        last = _OUTCOMES.get(sale.end, RoundOutcome.RETURNED) if sale.end else ""
        yield Round(
            request=sale.request,
            number=number,
            content=content,
            sent_by=sale.seller,
            sent_at=wait.sent_at,
            due_on=_due_on(wait.sent_at),
            outcome=(last if is_decided else RoundOutcome.RETURNED) if answered else "",
            comment=sale.request.reject_reason if is_decided else said,
            comments=comments,
            ended_by=sale.request.assigned_to if answered else None,
            ended_at=answered,
            ended_on=timezone.localdate(answered) if answered else None,
        )
