"""What is announced of customers, opportunities and orders: the record after the change.

Of the people there nothing is told: whoever needs them reads them where access is noted.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Final

from capphep.crm.models import Customer, Opportunity, Order, OrderLine
from capphep.platform.outbox import Event

MOST_LINES: Final = 50
"""More would not fit into an event; an order with more is told without its lines."""


def customer_event(type_: str, customer: Customer) -> Event:
    """Reads the sector and the governing unit where they are not at hand."""
    payload = {
        "budget_code": customer.budget_code,
        "name": customer.name,
        "org_type": customer.org_type,
        "public_unit_kind": customer.public_unit_kind,
        "parent": customer.parent.budget_code if customer.parent else None,
        "sector": customer.sector.name if customer.sector else None,
        "level": customer.level,
        "chapter_code": customer.chapter_code,
        "tax_code": customer.tax_code,
        "province": customer.province,
        "commune": customer.commune,
        "address": customer.address,
        "is_active": customer.is_active,
        "version": customer.version,
    }
    return Event(type_, customer.budget_code, payload, customer=customer.budget_code)


def merged_event(gone: Customer, kept: Customer, day: datetime.date) -> Event:
    """Under the code that is a former one from the day on."""
    payload = {
        "budget_code": gone.budget_code,
        "merged_into": kept.budget_code,
        "effective_on": day,
    }
    return Event("customer.merged", gone.budget_code, payload, customer=gone.budget_code)


def code_changed_event(customer: Customer, before: str, day: datetime.date) -> Event:
    """Under the code that is a former one from the day on."""
    payload = {
        "budget_code": before,
        "changed_to": customer.budget_code,
        "effective_on": day,
        "version": customer.version,
    }
    return Event("customer.code_changed", before, payload, customer=before)


def opportunity_event(type_: str, opportunity: Opportunity) -> Event:
    customer = opportunity.customer.budget_code
    payload = {
        "opportunity": opportunity.pk,
        "name": opportunity.name,
        "customer": customer,
        "stage": opportunity.stage,
        "expected_amount": opportunity.expected_amount,
        "expected_on": opportunity.expected_on,
        "version": opportunity.version,
    }
    return Event(type_, str(opportunity.pk), payload, customer=customer)


def order_event(type_: str, order: Order, lines: Sequence[OrderLine] | None = None) -> Event:
    """``lines`` where they are at hand, else the event has none."""
    payload = {
        "order_no": order.order_no,
        "contract_no": order.contract_no,
        "customer": order.budget_code,
        "product": order.product.code,
        "opportunity": order.opportunity_id,
        "purpose": order.purpose,
        "description": order.description,
        "ordered_on": order.ordered_on,
        "gross": order.gross,
        "discount": order.discount,
        "net": order.net,
        "tax": order.tax,
        "total": order.total,
        "currency": "VND",
        "licence_status": order.licence_status,
        "is_active": order.is_active,
        "version": order.version,
        **_lines(lines),
    }
    concerned = {"customer": order.budget_code, "product": order.product.code}
    return Event(type_, order.order_no, payload, **concerned)


def _lines(lines: Sequence[OrderLine] | None) -> Mapping[str, object]:
    if lines is None:
        return {}
    if len(lines) > MOST_LINES:
        return {"line_count": len(lines)}
    return {"line_count": len(lines), "lines": [_line(line) for line in lines]}


def _line(line: OrderLine) -> dict[str, object]:
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "tax_rate": line.tax_rate,
        "net": line.net,
        "total": line.total,
    }
