"""The orders of the sample data, written in bulk as the actions would have left them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from capphep.crm.keys import key_of
from capphep.crm.models import Order, OrderLine
from capphep.crm.rules import order_search_key
from capphep.crm.states import LicenceStatus
from capphep.platform import numbers
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.shell.demo_history.sales import Sale


class Numbers:
    """Counts on from what a series gave last."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._last: dict[int, int] = {}
        self.given: list[str] = []

    def next(self, day: datetime.date) -> str:
        if day.year not in self._last:
            self._last[day.year] = int(numbers.next_number(self._prefix, day)[-6:]) - 1
        self._last[day.year] += 1
        self.given.append(f"{self._prefix}-{day.year}-{self._last[day.year]:06d}")
        return self.given[-1]


OF_ORDER: Final = {
    None: LicenceStatus.NOT_REQUESTED,
    RequestStatus.DRAFT: LicenceStatus.NOT_REQUESTED,
    RequestStatus.WAITING: LicenceStatus.PENDING,
    RequestStatus.RETURNED: LicenceStatus.RETURNED,
    RequestStatus.APPROVED: LicenceStatus.APPROVED,
    RequestStatus.REJECTED: LicenceStatus.REJECTED,
}


def write_orders(sales: Sequence[Sale]) -> None:
    series = Numbers(numbers.ORDER)
    for sale in sales:
        day = sale.made_at.date()
        sale.order = _order(sale, series.next(day), day)
    orders = Order.objects.bulk_create([sale.order for sale in sales])
    OrderLine.objects.bulk_create([_line(sale) for sale in sales])
    for sale in sales:
        sale.order.created_at = sale.made_at
    Order.objects.bulk_update(orders, ["created_at"], batch_size=200)
    numbers.reserve(series.given)


def _order(sale: Sale, number: str, day: datetime.date) -> Order:
    amount, unit = sale.item.unit_price * sale.quantity, sale.customer
    contract = f"{number[-6:].lstrip('0')}/{day.year}/HĐ-iGOV"
    return Order(
        order_no=number,
        contract_no=contract,
        search_key=order_search_key(number, contract, key_of(unit)),
        customer=unit,
        budget_code=unit.budget_code,
        product=sale.item.package.product,
        purpose="renewal" if sale.kind == RequestKind.RENEWAL else "sale",
        description=f"{sale.kind.label} {sale.item.name} – {unit.name}"[:300],
        ordered_on=day,
        project=sale.project,
        salesperson=sale.seller,
        team=sale.seller.team,
        gross=amount,
        discount=0,
        net=amount,
        tax=0,
        total=amount,
        licence_status=OF_ORDER[sale.end],
    )


def _line(sale: Sale) -> OrderLine:
    amount = sale.order.total
    return OrderLine(
        order=sale.order,
        position=1,
        item=sale.item,
        sku=sale.item.sku,
        name=sale.item.name,
        edition=sale.item.edition,
        quantity=sale.quantity,
        unit_price=sale.item.unit_price,
        tax_rate="KCT",
        gross=amount,
        discount=0,
        net=amount,
        tax=0,
        total=amount,
    )
