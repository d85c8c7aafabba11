"""An order's body as the actions take it, and their fields as members of that body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Item
from capphep.crm.actions.orders import LineInput, OrderDetails, OrderHeader
from capphep.crm.api.named import customer_id_of, project_id_of
from capphep.crm.api.order_schemas import DetailFields, LineIn, NewOrder
from capphep.crm.models import Customer, Order
from capphep.crm.queries.orders import autofill_of, items_by_sku
from capphep.crm.rules import parse_percent
from capphep.platform.api import Principal, sent
from capphep.pure.money import Discount, DiscountKind, parse_dong

_CELL: Final = re.compile(r"lines-([0-9]+)-([a-z_]+)")
_COLUMNS: Final = {"item": "sku"}
_MEMBERS: Final = {
    "discount_percent": "discount/percent",
    "discount_amount": "discount/amount",
    "discount_kind": "discount/kind",
}
_FILLED: Final = (
    *("description", "contact_name", "contact_position", "contact_phone", "contact_email"),
)


def member_of(field: str) -> str:
    """``lines-3-item`` → ``lines/2/sku``: rows count from 1, members of a list from 0."""
    cell = _CELL.fullmatch(field)
    if cell is None:
        return _MEMBERS.get(field, field)
    return f"lines/{int(cell[1]) - 1}/{_COLUMNS.get(cell[2], cell[2])}"


def lines_in(
    principal: Principal, lines: Sequence[Mapping[str, Any] | LineIn], order: Order | None = None
) -> list[LineInput]:
    """By the code of their items; one that is unknown here has no item's id.

    A token of one product knows the items of no other.
    """
    rows = [line.model_dump() if isinstance(line, LineIn) else line for line in lines]
    kept = dict(order.lines.values_list("sku", "item_id")) if order else {}
    known = items_by_sku(row["sku"] for row in rows if row["sku"] not in kept)
    if principal.product_id is not None:
        within = Item.objects.filter(pk__in=known.values(), package__product=principal.product_id)
        allowed = set(within.values_list("pk", flat=True))
        known = {sku: pk for sku, pk in known.items() if pk in allowed}
    known |= kept
    # Items that do not exist are no repetition of each other.
    return [
        LineInput(known.get(row["sku"], -position), row["quantity"], row["discount_percent"])
        for position, row in enumerate(rows, 1)
    ]


def with_autofill(principal: Principal, data: NewOrder, lines: list[LineInput]) -> dict[str, Any]:
    """What was sent, completed as choosing the customer completes the form."""
    values, given = data.model_dump(), sent(data)
    pk = customer_id_of(principal, data.customer)
    renewed = lines[0].item_id if lines and data.purpose == OrderPurpose.RENEWAL else 0
    product = Item.objects.filter(pk=renewed).values_list("package__product_id", flat=True).first()
    filled = autofill_of(Customer.objects.get(pk=pk), product)
    return values | {name: filled[name] for name in _FILLED if name not in given}


def header_in(
    principal: Principal, values: Mapping[str, Any], order: Order | None = None
) -> OrderHeader:
    """Raises Invalid ``customer_unknown``, ``project_unknown``."""
    return OrderHeader(
        **_details(values, order),
        customer_id=customer_id_of(
            principal, values["customer"], order.customer if order else None
        ),
        purpose=values.get("purpose", OrderPurpose.SALE),
        ordered_on=values["ordered_on"],
        opportunity_id=values["opportunity"],
    )


def details_in(values: Mapping[str, Any], order: Order) -> OrderDetails:
    """Raises Invalid ``project_unknown``."""
    return OrderDetails(**_details(values, order))


def _details(values: Mapping[str, Any], order: Order | None) -> dict[str, Any]:
    texts = {name: values[name] for name in DetailFields.model_fields if name != "project"}
    before = order.project if order else None
    return {**texts, "project_id": project_id_of(values["project"], before)}


def discount_in(values: Mapping[str, Any]) -> Discount:
    """RULE R10: one kind. Raises Invalid as `parse_percent` and `parse_dong` do."""
    kind = DiscountKind(values["kind"])
    if kind is DiscountKind.PERCENT:
        return Discount(kind, percent=parse_percent(values["percent"]))
    if kind is DiscountKind.AMOUNT:
        return Discount(kind, amount=parse_dong(values["amount"], field="discount_amount"))
    return Discount(kind)
