"""Orders as documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch, prefetch_related_objects

from capphep.crm.models import Order, OrderLine
from capphep.paper.documents import Document, Fact, Total, day_values, money
from capphep.paper.kinds import PaperKind
from capphep.paper.reading.shared import customer_values, if_any, order_values, unit_facts
from capphep.platform.personal import of_record
from capphep.pure.money import DiscountKind, TaxRate
from capphep.pure.words import amount_in_words


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
            **customer_values(order.customer, order.budget_code),
            **order_values(order),
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


def _buyer(order: Order) -> list[Fact]:
    return [
        *unit_facts(order.customer, order.budget_code),
        *if_any(
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
