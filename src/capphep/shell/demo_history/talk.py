"""What people of the sample data said, mean to do, and are told."""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Sequence
from typing import Final

from django.utils import timezone

from capphep.collaboration.actions.activities import ActivityInput, plan_activity
from capphep.collaboration.actions.comments import add_comment
from capphep.collaboration.models import ActivityKind, Comment
from capphep.crm.models import Opportunity
from capphep.platform import clock, outbox
from capphep.platform.models import User
from capphep.provisioning.events import request_event
from capphep.provisioning.states import RequestStatus
from capphep.shell.demo_history.sales import Sale

_SEED: Final = 2027
_SAID_BY_OFFICER: Final = (
    "@{seller} Quyết định đóng dấu mờ quá, bạn xin bản chụp rõ hơn giúp mình nhé.",
    "Đã gọi đơn vị xác nhận, số lượng đúng như yêu cầu.",
    "@{seller} Đơn vị này vừa sáp nhập, bạn kiểm tra lại mã ngân sách giúp.",
)
_SAID_BY_SELLER: Final = (
    "Kế toán đơn vị hẹn gửi bản gốc trong tuần này.",
    "Đơn vị cần dùng trước kỳ họp HĐND, nhờ anh chị xử lý sớm.",
    "Đã đối chiếu số tiền với hợp đồng, khớp.",
)
_TO_DO: Final = (
    (ActivityKind.CALL, "Gọi kế toán xác nhận quyết định cấp nguồn", -2),
    (ActivityKind.EMAIL, "Gửi báo giá mua thêm VPS", 0),
    (ActivityKind.VISIT, "Hướng dẫn sử dụng tại đơn vị", 1),
    (ActivityKind.CALL, "Hỏi kế hoạch ngân sách năm sau", 3),
    (ActivityKind.TASK, "Chuẩn bị biên bản bàn giao", 0),
    (ActivityKind.CALL, "Nhắc bổ sung cam kết thanh toán", -1),
    (ActivityKind.VISIT, "Trình diễn Văn phòng số", 6),
    (ActivityKind.EMAIL, "Gửi hợp đồng cho đơn vị ký", 9),
)
_TOLD: Final = {
    RequestStatus.WAITING: "request.sent",
    RequestStatus.RETURNED: "request.returned",
    RequestStatus.APPROVED: "request.approved",
    RequestStatus.REJECTED: "request.rejected",
}
_NEWS_FOR: Final = datetime.timedelta(days=3)
_TALKED_OF: Final = 24


def write_talk(sales: Sequence[Sale]) -> None:
    """Comments on the newest requests, with things to do about their orders and opportunities."""
    chance = random.Random(_SEED)  # noqa: S311 - a sample, no secret
    newest = [sale for sale in reversed(sales) if sale.waits][:_TALKED_OF]
    for at, sale in enumerate(newest):
        officer = sale.request.assigned_to
        if officer and at % 2:
            said = _SAID_BY_OFFICER[at % len(_SAID_BY_OFFICER)].format(seller=sale.seller.username)
            _say(officer, sale, said, chance)
        else:
            _say(sale.seller, sale, _SAID_BY_SELLER[at % len(_SAID_BY_SELLER)], chance)
    for number, (kind, subject, days) in enumerate(_TO_DO):
        sale = newest[number]
        _plan(sale.seller, "order", sale.order.pk, kind, subject, days, chance)
    for number, one in enumerate(Opportunity.objects.select_related("salesperson").order_by("pk")):
        kind, subject, days = _TO_DO[(number * 3) % len(_TO_DO)]
        _plan(one.salesperson, "opportunity", one.pk, kind, subject, days + number, chance)


def _say(who: User, sale: Sale, body: str, chance: random.Random) -> None:
    token = uuid.UUID(int=chance.getrandbits(128))
    comment = add_comment(
        actor=who, record_type="request", record_id=sale.request.pk, body=body, token=token
    )
    said_at = min(
        sale.sent_at + datetime.timedelta(minutes=chance.randint(15, 240)), timezone.now()
    )
    Comment.objects.filter(pk=comment.pk).update(created_at=said_at)


def _plan(
    who: User,
    record_type: str,
    record_id: int,
    kind: str,
    subject: str,
    days: int,
    chance: random.Random,
) -> None:
    typed = ActivityInput(
        kind=kind,
        subject=subject,
        note="",
        due_on=clock.today() + datetime.timedelta(days=days),
        assignee_id=who.pk,
    )
    token = uuid.UUID(int=chance.getrandbits(128))
    plan_activity(actor=who, record_type=record_type, record_id=record_id, typed=typed, token=token)


def announce(sales: Sequence[Sale]) -> None:
    """Let people be told of what waits and of what was answered lately, by the usual way."""
    lately = timezone.now() - _NEWS_FOR
    outbox.enqueue(
        request_event(_TOLD[sale.end], sale.request)
        for sale in sales
        if sale.end in _TOLD
        and sale.waits
        and (sale.decided_at is None or sale.decided_at > lately)
    )
