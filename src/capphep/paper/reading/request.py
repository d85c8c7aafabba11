"""Requests as documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from capphep.paper.documents import Block, Document, Fact, day_values, money, on_day
from capphep.paper.kinds import PaperKind
from capphep.paper.reading.shared import address_of, customer_values, if_any, order_values
from capphep.platform.personal import of_record
from capphep.provisioning.models import Evidence, LicenceRequest, RequestLine, RequestQuantity
from capphep.pure.words import amount_in_words


def requests(found: Sequence[LicenceRequest]) -> list[Document]:
    """Four statements; their customers, products, orders and people are at hand."""
    quantities = RequestQuantity.objects.select_related("resource").order_by("id")
    lines = RequestLine.objects.select_related("module").order_by("position")
    prefetch_related_objects(
        found,
        Prefetch("lines", lines.prefetch_related(Prefetch("quantities", quantities))),
        Prefetch("evidence", Evidence.objects.order_by("kind", "id")),
    )
    return [_request(each) for each in found]


def _request(request: LicenceRequest) -> Document:
    day = timezone.localdate(request.sent_at or request.created_at)
    amount = request.price
    return Document(
        kind=PaperKind.REQUEST,
        number=request.request_no,
        day=day,
        values={
            **customer_values(request.customer, request.budget_code),
            **order_values(request.order),
            **day_values(day),
            **_amount_values(amount),
            "product": request.product.name,
            "request_no": request.request_no,
            "request_kind": request.get_kind_display(),
        },
        customer=_asking(request),
        blocks=list(_request_blocks(request)),
        rows=list(_request_rows(request)),
        amount=amount,
        people=_request_people(request),
    )


def _amount_values(amount: int | None) -> dict[str, str]:
    return (
        {}
        if amount is None
        else {"amount": money(amount), "amount_in_words": amount_in_words(amount)}
    )


def _request_people(request: LicenceRequest) -> dict[str, str]:
    decided = request.decided_by
    return {
        "sign_left": (request.sent_by or request.created_by).full_name,
        "sign_middle": decided.full_name if decided and request.status == "approved" else "",
    }


def _asking(request: LicenceRequest) -> list[Fact]:
    unit = request.customer
    return [
        ("Tên đơn vị", request.unit_name or unit.name),
        ("Mã ngân sách", request.budget_code),
        *if_any(("Mã số thuế", request.unit_tax_code or unit.tax_code)),
        ("Địa chỉ", request.unit_address or address_of(unit)),
        *if_any(
            ("Điện thoại", of_record(request, "unit_phone") or of_record(unit, "phone")),
            ("E-mail", of_record(request, "unit_email") or of_record(unit, "email")),
        ),
    ]


def _request_blocks(request: LicenceRequest) -> Iterator[Block]:
    order = request.order
    bought: list[Fact] = [("Loại yêu cầu", request.get_kind_display())]
    bought.append(("Sản phẩm", request.product.name))
    if order:
        bought += if_any(("Đơn hàng", order.order_no), ("Hợp đồng số", order.contract_no))
        bought.append(("Giá trị", f"{money(request.amount)} đ"))
    bought += if_any(
        ("Sử dụng từ ngày", on_day(request.start_on)), ("Ghi chú", " ".join(request.note.split()))
    )
    yield Block("2. Nội dung yêu cầu", bought)
    yield Block(
        "3. Tài khoản quản trị (MISA ID)",
        [
            ("Họ và tên", request.admin_name),
            *if_any(("Chức vụ", request.admin_position)),
            ("Điện thoại", of_record(request, "admin_phone")),
            ("E-mail", of_record(request, "admin_email")),
        ],
    )
    files = [(each.get_kind_display(), _evidence(each)) for each in request.evidence.all()]
    if files:
        yield Block("4. Tài liệu kèm theo", files)


def _evidence(evidence: Evidence) -> str:
    said = [f"số {evidence.number}" if evidence.number else "", on_day(evidence.issued_on)]
    decision = ", ".join(filter(None, said))
    return f"{evidence.name} ({decision})" if decision else evidence.name


def _request_rows(request: LicenceRequest) -> Iterator[dict[str, str]]:
    for number, line in enumerate(request.lines.all(), start=1):
        for index, each in enumerate(line.quantities.all()):
            yield {
                "position": "" if index else str(number),
                "module": "" if index else line.module.name,
                "resource": f"{each.resource.name} ({each.resource.unit})",
                "base": money(each.base),
                "added": money(each.added),
                "total": money(each.total),
                "months": "" if index else str(line.months),
                "term": "" if index or not line.first_day else _term(line),
            }


def _term(line: RequestLine) -> str:
    return f"{on_day(line.first_day)} – {on_day(line.last_day)}"
