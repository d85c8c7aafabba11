"""Orders, requests and grants as documents; the statements do not grow with their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from capphep.crm.models import Customer, Order, OrderLine
from capphep.entitlements.models import Grant, GrantKind, Licence, LicenceCause, Subscription
from capphep.entitlements.queries import entitlement_lines
from capphep.paper.documents import Block, Document, Fact, Total, day_values, money, on_day
from capphep.paper.kinds import PaperKind
from capphep.platform import clock
from capphep.platform.personal import of_record
from capphep.provisioning.models import (
    Evidence,
    LicenceRequest,
    RequestLine,
    RequestQuantity,
)
from capphep.pure.money import DiscountKind, TaxRate
from capphep.pure.words import amount_in_words

REPRESENTED: tuple[Fact, Fact] = ("Đại diện", ""), ("Chức vụ", "")


# --- orders ----------------------------------------------------------------------------------


def orders(found: Sequence[Order]) -> list[Document]:
    """Two statements; their customers, products and salespeople are at hand."""
    prefetch_related_objects(found, Prefetch("lines", OrderLine.objects.order_by("position")))
    return [_order(each) for each in found]


def _order(order: Order) -> Document:
    return Document(
        kind=PaperKind.ORDER,
        number=order.order_no,
        day=order.ordered_on,
        values={
            **_customer_values(order.customer, order.budget_code),
            **_order_values(order),
            **day_values(order.ordered_on),
            "product": order.product.name,
            "amount": money(order.total),
            "amount_in_words": amount_in_words(order.total),
            "salesperson": order.salesperson.full_name,
        },
        customer=_buyer(order),
        rows=[_order_row(order, each) for each in order.lines.all()],
        totals=list(_order_totals(order)),
        amount=order.total,
    )


def _order_values(order: Order | None) -> dict[str, str]:
    if not order:
        return {}
    return {"order_no": order.order_no, "contract_no": order.contract_no}


def _buyer(order: Order) -> list[Fact]:
    return [
        *_unit(order.customer, order.budget_code),
        *_if_any(
            ("Điện thoại", of_record(order, "contact_phone")),
            ("E-mail", of_record(order, "contact_email")),
        ),
        ("Đại diện", order.contact_name),
        ("Chức vụ", order.contact_position),
    ]


def _order_row(order: Order, line: OrderLine) -> dict[str, str]:
    is_by_line = order.discount_kind == DiscountKind.LINE.value
    percent = f"{line.discount_percent.normalize():f}".replace(".", ",")
    return {
        "position": str(line.position),
        "sku": line.sku,
        "name": line.name,
        "quantity": money(line.quantity),
        "unit_price": money(line.unit_price),
        "discount": percent if is_by_line and line.discount_percent else "",
        "tax_rate": line.tax_rate if line.tax_rate == TaxRate.EXEMPT else f"{line.tax_rate}%",
        "amount": money(line.net if is_by_line else line.gross),
    }


def _order_totals(order: Order) -> Iterator[Total]:
    """What the lines come to, less what is taken off the whole order, and its tax."""
    if order.discount and order.discount_kind != DiscountKind.LINE.value:
        yield Total("Cộng tiền hàng", money(order.gross))
        yield Total("Chiết khấu", f"–{money(order.discount)}")
    yield Total("Cộng tiền hàng chưa thuế", money(order.net))
    exempt = all(line.tax_rate == TaxRate.EXEMPT for line in order.lines.all())
    yield Total("Thuế GTGT", "Không chịu thuế" if exempt else money(order.tax))
    yield Total("TỔNG CỘNG", money(order.total), is_strong=True)


# --- requests --------------------------------------------------------------------------------


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
            **_customer_values(request.customer, request.budget_code),
            **_order_values(request.order),
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
        *_if_any(("Mã số thuế", request.unit_tax_code or unit.tax_code)),
        ("Địa chỉ", request.unit_address or address_of(unit)),
        *_if_any(
            ("Điện thoại", of_record(request, "unit_phone") or of_record(unit, "phone")),
            ("E-mail", of_record(request, "unit_email") or of_record(unit, "email")),
        ),
    ]


def _request_blocks(request: LicenceRequest) -> Iterator[Block]:
    order = request.order
    bought: list[Fact] = [("Loại yêu cầu", request.get_kind_display())]
    bought.append(("Sản phẩm", request.product.name))
    if order:
        bought += _if_any(("Đơn hàng", order.order_no), ("Hợp đồng số", order.contract_no))
        bought.append(("Giá trị", f"{money(request.amount)} đ"))
    bought += _if_any(
        ("Sử dụng từ ngày", on_day(request.start_on)), ("Ghi chú", " ".join(request.note.split()))
    )
    yield Block("2. Nội dung yêu cầu", bought)
    yield Block(
        "3. Tài khoản quản trị (MISA ID)",
        [
            ("Họ và tên", request.admin_name),
            *_if_any(("Chức vụ", request.admin_position)),
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


# --- handover records --------------------------------------------------------------------------


def handovers(found: Sequence[LicenceRequest]) -> list[Document]:
    """What each approved request granted. Two statements."""
    numbers = [each.request_no for each in found]
    kinds = (GrantKind.APPROVAL, GrantKind.TRIAL)
    rows = Grant.objects.filter(request_no__in=numbers, kind__in=kinds)
    grants: dict[str, list[Grant]] = defaultdict(list)
    for grant in rows.select_related("module", "resource").order_by(
        "module__position", "module_id", "resource__name", "id"
    ):
        grants[grant.request_no].append(grant)
    issued = Licence.objects.filter(request_no__in=numbers, cause=LicenceCause.APPROVAL)
    licences = dict(issued.values_list("request_no", "licence_no"))
    return [_handover(each, grants[each.request_no], licences) for each in found]


def _handover(
    request: LicenceRequest, grants: Sequence[Grant], licences: Mapping[str, str]
) -> Document:
    day, licence_no = clock.today(), licences.get(request.request_no, "")
    order = request.order
    return Document(
        kind=PaperKind.HANDOVER,
        number=f"{request.request_no}/BBBG",
        day=day,
        values={
            **_customer_values(request.customer, request.budget_code),
            **_order_values(order),
            **day_values(day),
            "product": request.product.name,
            "request_no": request.request_no,
            "licence_no": licence_no,
        },
        customer=[
            *_unit(request.customer, request.budget_code),
            ("Đại diện", (order and order.contact_name) or ""),
            ("Chức vụ", (order and order.contact_position) or ""),
            *_if_any(("Người quản trị", request.admin_name)),
        ],
        rows=[_granted(number, each) for number, each in enumerate(grants, start=1)],
    )


def subscription(record: Subscription) -> Document:
    """All that the subscription holds today, and what is still to begin. Two statements."""
    day = clock.today()
    left = [
        (each.grant, each.left)
        for line in entitlement_lines(record)
        for each in reversed(line.additions)
        if each.left and each.left.last >= day
    ]
    licence = record.licences.order_by("-version").defer("content", "file").first()
    licence_no = licence.licence_no if licence else ""
    return Document(
        kind=PaperKind.HANDOVER,
        number=f"{licence_no or record.customer.budget_code}/BBBG",
        day=day,
        values={
            **_customer_values(record.customer, record.customer.budget_code),
            **day_values(day),
            "product": record.product.name,
            "licence_no": licence_no,
        },
        customer=[*_unit(record.customer, record.customer.budget_code), *REPRESENTED],
        rows=[
            {**_granted(number, grant), "last_day": on_day(term.last)}
            for number, (grant, term) in enumerate(left, start=1)
        ],
    )


def _granted(number: int, grant: Grant) -> dict[str, str]:
    is_trial = grant.kind in (GrantKind.TRIAL, GrantKind.TRIAL_IN)
    return {
        "position": str(number),
        "module": f"{grant.module.name} (dùng thử)" if is_trial else grant.module.name,
        "resource": grant.resource.name,
        "quantity": f"{money(grant.quantity)} {grant.resource.unit}",
        "months": str(grant.months or ""),
        "first_day": on_day(grant.first_day),
        "last_day": on_day(grant.last_day),
        "request_no": grant.request_no,
    }


# --- customers -----------------------------------------------------------------------------------


def _customer_values(customer: Customer, budget_code: str) -> dict[str, str]:
    return {"customer": customer.name, "budget_code": budget_code}


def _unit(customer: Customer, budget_code: str) -> list[Fact]:
    return [
        ("Tên đơn vị", customer.name),
        ("Mã ngân sách", budget_code),
        *_if_any(("Mã số thuế", customer.tax_code)),
        ("Địa chỉ", address_of(customer)),
    ]


def address_of(customer: Customer) -> str:
    """Street, commune and province, each named once."""
    parts = [customer.address]
    for part in (customer.commune, customer.province):
        if part and part.casefold() not in customer.address.casefold():
            parts.append(part)
    return ", ".join(filter(None, parts))


def _if_any(*facts: Fact) -> list[Fact]:
    return [fact for fact in facts if fact[1]]
