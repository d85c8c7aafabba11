"""The sheet of orders: rows are lines, an order enters as a whole or goes back as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from capphep.crm.actions.orders import check_order, create_order
from capphep.crm.imports.order_rows import SHEET, Content, Names, OrderRows, mark_of
from capphep.crm.imports.rows import Rejected, SheetRow, key_of
from capphep.crm.models import Customer, Order, SalesProject
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.orders import items_by_sku
from capphep.platform.roles import Actor, Permission, require
from capphep.pure import codes
from capphep.pure.batching import batches
from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop
from capphep.pure.folding import clean

__all__ = ["SHEET", "FoundOrders", "import_orders", "mark_of"]


@dataclass(frozen=True, slots=True)
class FoundOrders:
    """What became of the rows, in orders; ``planned`` is what later rows may repeat."""

    created: int
    unchanged: int
    rejected: Sequence[Rejected]
    made: Sequence[int]
    planned: Collection[str]


def import_orders(
    *,
    actor: Actor,
    rows: Sequence[SheetRow],
    planned: Collection[str] = (),
    only_judge: bool = False,
) -> FoundOrders:
    """Enter the good orders by `create_order`, in the caller's transaction (R8, R10, R11, R14).

    Rows of one order follow each other. An order is there already when its customer has one
    of the same contract and day with the same goods; with other goods it goes back. Without
    a contract the same goods on the same day are the same order. ``only_judge`` says the same
    and writes nothing; ``planned`` is what would have been entered before.

    Raises Forbidden unless the actor may sell.
    """
    require(actor, Permission.SALE_WRITE)
    names = _names(actor, rows)
    orders = [OrderRows(group, names) for group in _groups(rows)]
    known = _Known(orders, planned, lock=not only_judge)
    created = unchanged = 0
    rejected, made = list[Rejected](), list[int]()
    for order in orders:
        if known.has(order):
            unchanged += 1
            continue
        known.judge(order)
        _judge(actor, order)
        if order.is_bad:
            rejected += order.rejected()
            continue
        if not only_judge:
            made.append(_create(actor, order))
        known.add(order)
        created += 1
    rejected.sort(key=lambda row: row.number)
    return FoundOrders(created, unchanged, rejected, made, known.added)


def _groups(rows: Iterable[SheetRow]) -> list[list[SheetRow]]:
    """The rows of each order; a row that belongs to none stands for itself."""
    found: dict[str, list[SheetRow]] = defaultdict(list)
    for row in rows:
        found[mark_of(row) or f"row {row.number}"].append(row)
    return list(found.values())


def _judge(actor: Actor, order: OrderRows) -> None:
    try:
        check_order(actor=actor, header=order.header, lines=order.lines, discount=order.discount)
    except Invalids as several:
        for refusal in several.refusals:
            order.note_rule(refusal)


def _create(actor: Actor, order: OrderRows) -> int:
    return create_order(
        actor=actor, header=order.header, lines=order.lines, discount=order.discount
    ).pk


def _names(actor: Actor, rows: Sequence[SheetRow]) -> Names:
    """Four statements, whatever the number of rows."""
    projects = SalesProject.objects.filter(is_active=True).values_list("name", "pk")
    own = (actor.full_name, getattr(actor, "username", ""))
    wanted = {code for row in rows if (code := _code(row))}
    customers = visible_customers(actor)
    return Names(
        customers={
            code: pk
            for batch in batches(sorted(wanted))
            for code, pk in customers.filter(budget_code__in=batch).values_list("budget_code", "pk")
        },
        items=items_by_sku({sku for row in rows if (sku := row.text("sku"))}),
        projects={key_of(name): pk for name, pk in projects},
        own=frozenset(key_of(name) for name in own),
        salesperson_id=actor.pk,
    )


def _code(row: SheetRow) -> str:
    try:
        return codes.budget_code(row.raw("budget_code"))
    except Refusal:
        return ""


class _Known:
    """The orders that are there, or would be: by customer, contract and day, and by content."""

    def __init__(self, orders: Sequence[OrderRows], planned: Collection[str], *, lock: bool):
        self._planned, self.added, self._there = planned, set[str](), set[str]()
        customers = {order.header.customer_id for order in orders} - {None}
        if lock:
            # Two imports of one file at once take turns: the second finds what the first made.
            locked = Customer.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
            list(locked.filter(pk__in=customers).values_list("pk"))
        days = {order.header.ordered_on for order in orders if order.header.ordered_on}
        there = Order.objects.filter(customer__in=customers, ordered_on__in=days)
        for found in there.prefetch_related("lines"):
            place = _place(found.customer_id, found.contract_no, found.ordered_on)
            self._there |= {place, _whole(place, _content(found))}

    def has(self, order: OrderRows) -> bool:
        content = order.content
        return content is not None and self._holds(_whole(_place_of(order), content))

    def judge(self, order: OrderRows) -> None:
        if order.header.contract_no and self._holds(_place_of(order)):
            message = gettext_noop(
                "This customer has an order of the same contract and day with other goods."
            )
            order.note_rule(Invalid("order_differs", message, field="contract_no"))

    def add(self, order: OrderRows) -> None:
        content, place = order.content, _place_of(order)
        assert content is not None
        self.added |= {place, _whole(place, content)}

    def _holds(self, key: str) -> bool:
        return key in self._there or key in self.added or key in self._planned


def _content(order: Order) -> Content:
    lines = ((line.item_id, line.quantity, line.discount_percent) for line in order.lines.all())
    return (
        order.purpose,
        order.discount_kind,
        order.discount_percent,
        order.discount_amount,
        frozenset(lines),
    )


def _place_of(order: OrderRows) -> str:
    header = order.header
    return _place(header.customer_id, clean(header.contract_no), header.ordered_on)


def _place(customer: int | None, contract: str, day: object) -> str:
    return f"{customer}|{day}|{contract}"


def _whole(place: str, content: Content) -> str:
    purpose, kind, percent, amount, lines = content
    goods = sorted((item, quantity, f"{own.normalize():f}") for item, quantity, own in lines)
    return f"{place}|{purpose}|{kind}|{percent.normalize():f}|{amount}|{goods}"
