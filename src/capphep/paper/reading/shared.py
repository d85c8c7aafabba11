"""What every document says of its customer and its order."""

from __future__ import annotations

from capphep.crm.models import Customer, Order
from capphep.paper.documents import Fact


def customer_values(customer: Customer, budget_code: str) -> dict[str, str]:
    return {"customer": customer.name, "budget_code": budget_code}


def order_values(order: Order | None) -> dict[str, str]:
    if not order:
        return {}
    return {"order_no": order.order_no, "contract_no": order.contract_no}


def unit_facts(customer: Customer, budget_code: str) -> list[Fact]:
    return [
        ("Tên đơn vị", customer.name),
        ("Mã ngân sách", budget_code),
        *if_any(("Mã số thuế", customer.tax_code)),
        ("Địa chỉ", address_of(customer)),
    ]


def address_of(customer: Customer) -> str:
    """Street, commune and province, each named once."""
    parts = [customer.address]
    for part in (customer.commune, customer.province):
        if part and part.casefold() not in customer.address.casefold():
            parts.append(part)
    return ", ".join(filter(None, parts))


def if_any(*facts: Fact) -> list[Fact]:
    return [fact for fact in facts if fact[1]]
