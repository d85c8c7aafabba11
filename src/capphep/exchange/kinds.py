"""What can be imported: the columns of each kind, who may, and which actions do it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import FormerContent, Item, ItemContent, ItemPrice, ItemTax
from capphep.crm.actions.order_removal import remove_unused_orders
from capphep.crm.actions.removal import remove_unused
from capphep.crm.imports import customer_rows, customers, items, orders
from capphep.crm.imports.rows import Rejected, SheetPlan, SheetRow
from capphep.crm.models import Contact, Customer, DuplicatePair, Order, OrderLine
from capphep.crm.queries.worked_on import orders_worked_on, worked_on
from capphep.entitlements import imports as lines
from capphep.exchange import examples
from capphep.exchange.undone_lines import undo_lines, what_builds_on
from capphep.platform.dependents import Dependents
from capphep.platform.kit import Text
from capphep.platform.roles import Actor, Permission, may
from capphep.provisioning.models import LicenceRequest
from capphep.pure import codes
from capphep.pure.errors import Invalid, NotFound, gettext_noop


@dataclass(frozen=True, slots=True)
class Found:
    """What became of some rows, or would become of them.

    ``made`` are keys of new records, ``planned`` what later rows may stand under.
    """

    created: int
    updated: int
    unchanged: int
    rejected: Sequence[Rejected]
    made: Sequence[int] = ()
    planned: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ImportKind:
    """``judge`` looks at rows and writes nothing, ``enter`` writes the good ones.

    ``updates`` says whether records that are there can be brought up to date. ``keys`` gives
    what a row is known by and what it stands under (`row_files.in_order`). ``undo`` takes back
    some of the records, those of ``record`` or of the ledger; ``parts`` are tables whose rows came
    with them; ``worked_on`` gives those with which somebody did something since, ``depends``
    says what else came to stand on some of the records.
    """

    name: str
    title: Text
    plan: SheetPlan
    english: Mapping[str, str]
    may: Callable[[Actor], bool]
    judge: Callable[[Actor, Sequence[SheetRow], bool, Collection[str]], Found]
    enter: Callable[[Actor, Sequence[SheetRow], bool], Found]
    undo: Callable[[Actor, Sequence[int]], int]
    record: type[Model] | None
    undo_text: Text
    example: Sequence[Mapping[str, object]]
    keys: Callable[[SheetRow], tuple[str, str]] | None = None
    updates: bool = False
    parts: Collection[type[Model]] = field(default=())
    worked_on: Callable[[Sequence[int]], QuerySet[Any]] | None = None
    depends: Callable[[Sequence[int]], Dependents] | None = None
    rows_each: int = 1000
    """So many rows are one transaction."""


def kind_named(name: str, actor: Actor) -> ImportKind:
    """Raises NotFound also where the actor may not import it."""
    kind = KINDS.get(name)
    if kind is None or not kind.may(actor):
        raise NotFound("not_found", gettext_noop("There is no such import."))
    return kind


def kinds_of(actor: Actor) -> list[ImportKind]:
    return [kind for kind in KINDS.values() if kind.may(actor)]


# --- customers ---------------------------------------------------------------------------------


def _may_enter_customers(actor: Actor) -> bool:
    return may(actor, Permission.CUSTOMER_WRITE) or may(actor, Permission.BULK_ENTER)


def _customer_keys(row: SheetRow) -> tuple[str, str]:
    return _code(row, "budget_code"), _code(row, "parent")


def _code(row: SheetRow, column: str) -> str:
    try:
        return codes.budget_code(row.raw(column))
    except Invalid:
        return ""


def _judge_customers(
    actor: Actor, rows: Sequence[SheetRow], updates: bool, planned: Collection[str]
) -> Found:
    found = customers.judge_customers(
        actor=actor, rows=rows, keep_known=not updates, planned=planned
    )
    known = len(found.known)
    return Found(
        len(found.new),
        known if updates else 0,
        found.repeats + (0 if updates else known),
        found.rejected,
        planned=found.new,
    )


def _enter_customers(actor: Actor, rows: Sequence[SheetRow], updates: bool) -> Found:
    found = customers.import_customers(actor=actor, rows=rows, keep_known=not updates)
    return Found(found.created, found.updated, found.unchanged, found.rejected, found.made)


def _remove_customers(actor: Actor, keys: Sequence[int]) -> int:
    return remove_unused(actor=actor, customer_ids=keys)


# --- orders --------------------------------------------------------------------------------------


def _may_enter_orders(actor: Actor) -> bool:
    return may(actor, Permission.SALE_WRITE)


def _order_keys(row: SheetRow) -> tuple[str, str]:
    return orders.mark_of(row), ""


def _judge_orders(
    actor: Actor, rows: Sequence[SheetRow], _updates: bool, planned: Collection[str]
) -> Found:
    return _found_orders(
        orders.import_orders(actor=actor, rows=rows, planned=planned, only_judge=True)
    )


def _enter_orders(actor: Actor, rows: Sequence[SheetRow], _updates: bool) -> Found:
    return _found_orders(orders.import_orders(actor=actor, rows=rows))


def _found_orders(found: orders.FoundOrders) -> Found:
    return Found(found.created, 0, found.unchanged, found.rejected, found.made, found.planned)


def _remove_orders(actor: Actor, keys: Sequence[int]) -> int:
    return remove_unused_orders(actor=actor, order_ids=keys)


# --- goods ---------------------------------------------------------------------------------------


def _may_enter_items(actor: Actor) -> bool:
    return may(actor, Permission.CATALOGUE_WRITE)


def _item_keys(row: SheetRow) -> tuple[str, str]:
    """Rows with one code are judged together."""
    return row.text("sku").upper(), ""


def _judge_items(
    actor: Actor, rows: Sequence[SheetRow], updates: bool, _planned: Collection[str]
) -> Found:
    return _found_items(
        items.import_items(actor=actor, rows=rows, keep_known=not updates, only_judge=True)
    )


def _enter_items(actor: Actor, rows: Sequence[SheetRow], updates: bool) -> Found:
    return _found_items(items.import_items(actor=actor, rows=rows, keep_known=not updates))


def _found_items(found: items.FoundItems) -> Found:
    return Found(found.created, found.updated, found.unchanged, found.rejected, found.made)


def _withdraw_items(actor: Actor, keys: Sequence[int]) -> int:
    return items.withdraw_unused(actor=actor, item_ids=keys)


# --- subscriptions in force ----------------------------------------------------------------------


def _may_enter_lines(actor: Actor) -> bool:
    return may(actor, Permission.BULK_ENTER)


def _line_keys(row: SheetRow) -> tuple[str, str]:
    """Lines of one request are judged together."""
    return row.text("request_no").upper(), ""


def _issued_here(numbers: Collection[str]) -> set[str]:
    requests = LicenceRequest.objects.filter(request_no__in=numbers)
    return set(requests.values_list("request_no", flat=True))


def _judge_lines(
    actor: Actor, rows: Sequence[SheetRow], _updates: bool, _planned: Collection[str]
) -> Found:
    return _found_lines(actor, rows, only_judge=True)


def _enter_lines(actor: Actor, rows: Sequence[SheetRow], _updates: bool) -> Found:
    return _found_lines(actor, rows, only_judge=False)


def _found_lines(actor: Actor, rows: Sequence[SheetRow], *, only_judge: bool) -> Found:
    found = lines.import_subscription_lines(
        actor=actor, rows=rows, issued_here=_issued_here, only_judge=only_judge
    )
    return Found(found.created, 0, found.unchanged, found.rejected, found.made)


CUSTOMERS: Final = ImportKind(
    name="customers",
    title=_("Customers"),
    plan=customer_rows.SHEET,
    english=examples.CUSTOMER_COLUMNS,
    may=_may_enter_customers,
    judge=_judge_customers,
    enter=_enter_customers,
    undo=_remove_customers,
    record=Customer,
    undo_text=_("The customers that it created are removed; those that were there stay."),
    example=examples.CUSTOMERS,
    keys=_customer_keys,
    updates=True,
    parts=(Contact, DuplicatePair),
    worked_on=worked_on,
)
ORDERS: Final = ImportKind(
    name="orders",
    title=_("Orders"),
    plan=orders.SHEET,
    english=examples.ORDER_COLUMNS,
    may=_may_enter_orders,
    judge=_judge_orders,
    enter=_enter_orders,
    undo=_remove_orders,
    record=Order,
    undo_text=_("The orders that it created are removed; those that were there stay."),
    example=examples.ORDERS,
    keys=_order_keys,
    parts=(OrderLine,),
    worked_on=orders_worked_on,
    # Whoever enters an order meanwhile waits for its number until the commit.
    rows_each=100,
)
ITEMS: Final = ImportKind(
    name="items",
    title=_("Goods"),
    plan=items.SHEET,
    english=examples.ITEM_COLUMNS,
    may=_may_enter_items,
    judge=_judge_items,
    enter=_enter_items,
    undo=_withdraw_items,
    record=Item,
    undo_text=_("The goods that it created are no longer followed; nothing is deleted."),
    example=examples.ITEMS,
    keys=_item_keys,
    updates=True,
    parts=(ItemContent, ItemTax, ItemPrice, FormerContent),
    worked_on=items.edited_since,
    rows_each=200,
)
SUBSCRIPTIONS: Final = ImportKind(
    name="subscriptions",
    title=_("Subscriptions in force"),
    plan=lines.SHEET,
    english=examples.LINE_COLUMNS,
    may=_may_enter_lines,
    judge=_judge_lines,
    enter=_enter_lines,
    undo=undo_lines,
    # RULE R2: the ledger is appended only: nothing is removed from it.
    record=None,
    undo_text=_(
        "What it entered is taken back by its opposite, as if it had never been in force; "
        "the ledger keeps both."
    ),
    example=examples.LINES,
    keys=_line_keys,
    depends=what_builds_on,
)
KINDS: Final[Mapping[str, ImportKind]] = {
    kind.name: kind for kind in (CUSTOMERS, ORDERS, ITEMS, SUBSCRIPTIONS)
}
