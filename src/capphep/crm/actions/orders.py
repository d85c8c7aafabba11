"""Writing orders, and moving their licence status for the modules above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from capphep.crm import rules
from capphep.crm.actions import order_lines
from capphep.crm.actions.once import created_once
from capphep.crm.actions.order_header import (
    OrderDetails,
    OrderHeader,
    detail_values,
    header_values,
)
from capphep.crm.events import order_event
from capphep.crm.keys import key_of
from capphep.crm.models import Customer, Order, OrderLine
from capphep.crm.queries.orders import goods_offer, order_for_update, require_own
from capphep.crm.rules import LineInput
from capphep.crm.states import LICENCE_STATUS
from capphep.platform import audit, clock, moves, numbers, outbox, rows, versions
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.money import Discount, DiscountKind
from capphep.pure.problems import Problems

__all__ = [
    "LineInput",
    "OrderDetails",
    "OrderHeader",
    "amend_header",
    "check_order",
    "create_order",
    "edit_order",
    "move_licence_status",
]

NO_DISCOUNT = Discount(DiscountKind.NONE)


@dataclass(frozen=True, slots=True)
class _Content:
    """A checked order: its columns, its lines, not yet written, and those that stand there."""

    values: dict[str, Any]
    lines: list[OrderLine]
    kept: order_lines.Kept


def create_order(
    *,
    actor: Actor,
    header: OrderHeader,
    lines: Sequence[LineInput],
    discount: Discount = NO_DISCOUNT,
    token: UUID | None = None,
) -> Order:
    """Enter an order with its lines; the system gives its number (R8, R10, R11, R14).

    A form sent twice with the same ``token`` makes one order. Raises Forbidden; Invalids
    with every input that has to change.
    """
    require(actor, Permission.SALE_WRITE)
    return created_once(actor, token, Order, lambda: _entered(actor, header, lines, discount))


def _entered(
    actor: Actor, header: OrderHeader, lines: Sequence[LineInput], discount: Discount
) -> Order:
    content = _checked(actor, header, lines, discount)
    order = Order(updated_by_id=actor.pk, **content.values)
    order.order_no = numbers.next_number(numbers.ORDER, clock.today())
    order.search_key = _search_key(order, {})
    rows.insert([order])
    order_lines.write_new(order, content.lines)
    after = _readable(content.values) | {"lines": order_lines.summary(content.lines)}
    audit.record(actor, [audit.Change(order, "created", after=after)])
    outbox.enqueue([order_event("order.created", order, content.lines)])
    return order


def check_order(
    *,
    actor: Actor,
    header: OrderHeader,
    lines: Sequence[LineInput],
    discount: Discount = NO_DISCOUNT,
) -> None:
    """Say what `create_order` would, and write nothing. Raises as it does."""
    require(actor, Permission.SALE_WRITE)
    _checked(actor, header, lines, discount)


def edit_order(
    *,
    actor: Actor,
    order_id: int,
    seen_version: int,
    header: OrderHeader,
    lines: Sequence[LineInput],
    discount: Discount = NO_DISCOUNT,
) -> Order:
    """Change an order that is not frozen; a line whose item stays keeps its id and price.

    Raises NotFound, Forbidden; Conflict order_inactive (R13), order_frozen (R12); Stale; Invalids
    as `create_order`.
    """
    require(actor, Permission.SALE_WRITE)
    with transaction.atomic():
        order = _order_to_write(actor, order_id)
        rules.check_not_frozen(order.licence_status)
        _check_version(order, seen_version)
        content = _checked(actor, header, lines, discount, order)
        lines_before, lines_after = order_lines.differences(content.kept.values(), content.lines)
        order_lines.replace(order, content.kept, content.lines)
        _write(actor, order, content.values, lines_before, lines_after, content.lines)
    return order


def amend_header(*, actor: Actor, order_id: int, seen_version: int, details: OrderDetails) -> Order:
    """Change what may change at any time, also while the order is frozen (R12).

    Raises NotFound, Forbidden, Stale, Invalids; Conflict order_inactive (R13).
    """
    require(actor, Permission.SALE_WRITE)
    with transaction.atomic():
        order = _order_to_write(actor, order_id)
        _check_version(order, seen_version)
        problems = Problems()
        values = detail_values(details, order, problems)
        problems.raise_any()
        _write(actor, order, values)
    return order


def move_licence_status(*, actor: Actor, order: Order, verb: str) -> audit.Change:
    """Move the order's licence status within the caller's transaction; returns what to audit.

    The caller's own action decides whether the actor may. Raises Conflict wrong_state,
    changed_meanwhile.
    """
    before, after = moves.move(
        order,
        LICENCE_STATUS,
        verb,
        field="licence_status",
        updated_at=timezone.now(),
        updated_by_id=actor.pk,
    )
    return audit.Change(order, verb, {"licence_status": before}, {"licence_status": after})


def _order_to_write(actor: Actor, order_id: int) -> Order:
    """The order, locked; only its salesperson may write it, while it is followed (R13)."""
    order = order_for_update(actor, order_id)
    require_own(actor, order)
    rules.check_followed(is_active=order.is_active)
    return order


def _check_version(order: Order, seen_version: int) -> None:
    if order.version != seen_version:
        raise versions.Stale


def _checked(
    actor: Actor,
    header: OrderHeader,
    lines: Sequence[LineInput],
    discount: Discount,
    order: Order | None = None,
) -> _Content:
    """The order's new content, every rule checked; ``order`` is what stands there already."""
    problems, goods = Problems(), list[OrderLine]()
    values = header_values(actor, header, order, problems)
    customer, day = values.get("customer"), values["ordered_on"]
    ids, purpose = [line.item_id for line in lines], values["purpose"]
    offer = goods_offer(customer, ids, day, order, purpose, with_contents=False)
    with problems.noted():
        with_discount = discount.kind is DiscountKind.LINE
        goods = order_lines.priced(lines, offer.goods, offer.kept, with_discount=with_discount)
        values |= _amounts(goods, discount)
    problems.raise_any()
    values["product"] = offer.goods[goods[0].item_id].product
    return _Content(values, goods, offer.kept)


def _amounts(lines: Sequence[OrderLine], discount: Discount) -> dict[str, Any]:
    """RULE R10: the order's columns of money; one kind of discount, the other columns 0."""
    amounts = order_lines.with_amounts(lines, discount)
    by_percent = discount.kind is DiscountKind.PERCENT
    by_amount = discount.kind is DiscountKind.AMOUNT
    return {
        "discount_kind": discount.kind.value,
        "discount_percent": discount.percent if by_percent else Decimal(0),
        "discount_amount": discount.amount if by_amount else 0,
        "gross": amounts.gross,
        "discount": amounts.discount,
        "net": amounts.net,
        "tax": amounts.tax,
        "total": amounts.total,
    }


def _write(
    actor: Actor,
    order: Order,
    values: Mapping[str, Any],
    lines_before: Mapping[str, str] | None = None,
    lines_after: Mapping[str, str] | None = None,
    lines: Sequence[OrderLine] | None = None,
) -> None:
    """Write what differs, with audit entry and event; nothing where nothing does."""
    changed = {name: value for name, value in values.items() if getattr(order, name) != value}
    if not (changed or lines_before or lines_after):
        return
    key = _search_key(order, changed)
    before, after = versions.write(order, order.version, {**changed, "search_key": key}, actor)
    before, after = _readable(before, empty=True), _readable(after, empty=True)
    if lines_before or lines_after:
        before, after = {**before, "lines": lines_before}, {**after, "lines": lines_after}
    audit.record(actor, [audit.Change(order, "edited", before, after)])
    outbox.enqueue([order_event("order.changed", order, lines)])


def _search_key(order: Order, changed: Mapping[str, Any]) -> str:
    customer: Customer = changed.get("customer", order.customer)
    contract_no: str = changed.get("contract_no", order.contract_no)
    return rules.order_search_key(order.order_no, contract_no, key_of(customer))


def _readable(values: Mapping[str, Any], *, empty: bool = False) -> dict[str, object]:
    """As the audit trail keeps it: records by their names, nothing that only follows.

    What was left empty or is nought is left out, but not from what differs.
    """
    return {
        name: value
        for name, value in audit.told(values).items()
        if name != "team_id" and (empty or value not in ("", None, 0))
    }
