"""The lines of an order: checked and priced from what was typed, and written by comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from capphep.catalog.goods import Goods
from capphep.crm import rules
from capphep.crm.models import Order, OrderLine
from capphep.platform.rows import insert
from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop
from capphep.pure.money import (
    MAX_LINES,
    Discount,
    OrderAmounts,
    PricedLine,
    TaxRate,
    format_dong,
    order_amounts,
)
from capphep.pure.problems import Problems

Kept = Mapping[int, OrderLine]
WRITTEN = (
    "position",
    "quantity",
    "discount_percent",
    "tax_rate",
    "gross",
    "discount",
    "net",
    "tax",
    "total",
)


@dataclass(frozen=True, slots=True)
class Examined:
    """Rows as they would be written, None where a row's numbers cannot be read."""

    lines: list[OrderLine | None]
    refusals: list[Refusal]


def examined(
    lines: Sequence[rules.LineInput],
    goods: Mapping[int, Goods],
    kept: Kept,
    *,
    with_discount: bool,
) -> Examined:
    """RULE R8, R10: price the rows, and say what is wrong with them, by row and column.

    Name and price come from the catalogue; a line of ``kept`` (by item) keeps its own.
    """
    problems = Problems()
    rows: list[OrderLine | None] = []
    with problems.noted():
        rules.check_line_count(len(lines))
    for position, line in enumerate(lines, 1):
        found, row = goods.get(line.item_id), None
        with problems.noted(field=rules.line_field(position, "item")):
            check_sellable(found)
        with problems.noted():
            numbers = rules.line_numbers(position, line, with_discount=with_discount)
            row = _line(position, found, kept.get(line.item_id), numbers) if found else None
        rows.append(row)
    problems.refusals.extend(rules.repeated_items([line.item_id for line in lines]))
    problems.refusals.extend(rules.one_product(_products(lines, goods)))
    return Examined(rows, problems.refusals)


def priced(
    lines: Sequence[rules.LineInput],
    goods: Mapping[int, Goods],
    kept: Kept,
    *,
    with_discount: bool,
) -> list[OrderLine]:
    """The rows of `examined`, all of them right. Raises Invalids otherwise."""
    found = examined(lines, goods, kept, with_discount=with_discount)
    if found.refusals:
        raise Invalids(found.refusals)
    return [line for line in found.lines if line is not None]


def check_sellable(goods: Goods | None) -> None:
    """RULE R8: the item exists and this customer may buy it. Raises Invalid."""
    if goods is None:
        raise Invalid("item_unknown", gettext_noop("There is no such item."), field="item")
    if goods.refusal is not None:
        raise goods.refusal


def with_amounts(lines: Sequence[OrderLine], discount: Discount) -> OrderAmounts:
    """RULE R10: compute the order's amounts and note each line's own in it."""
    amounts = order_amounts(
        [
            PricedLine(
                line.quantity, line.unit_price, TaxRate(line.tax_rate), line.discount_percent
            )
            for line in lines
        ],
        discount,
    )
    for line, own in zip(lines, amounts.lines, strict=True):
        line.gross, line.discount, line.net = own.gross, own.discount, own.net
        line.tax, line.total = own.tax, own.total
    return amounts


def write_new(order: Order, lines: Sequence[OrderLine]) -> None:
    for line in lines:
        line.order = order
    insert(lines)


def replace(order: Order, kept: Kept, lines: Sequence[OrderLine]) -> None:
    """Write the order's lines by comparison: a line whose item stays keeps its id."""
    wanted = {line.item_id for line in lines}
    gone = [line.pk for item_id, line in kept.items() if item_id not in wanted]
    if gone:
        OrderLine.objects.filter(pk__in=gone).delete()
    for line in lines:
        line.order = order
        line.pk = kept[line.item_id].pk if line.item_id in kept else None
    changed = [line for line in lines if line.pk and _differs(line, kept[line.item_id])]
    if any(line.position != kept[line.item_id].position for line in changed):
        # No two lines may share a position, not even between two rows of one statement.
        OrderLine.objects.filter(order=order).update(position=F("position") + MAX_LINES)
        changed = [line for line in lines if line.pk]
    OrderLine.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    OrderLine.objects.bulk_create([line for line in lines if not line.pk])


def differences(
    before: Iterable[OrderLine], after: Iterable[OrderLine]
) -> tuple[dict[str, str], dict[str, str]]:
    """The lines that differ, as the audit trail keeps them: by item code, before and after."""
    old, new = summary(before), summary(after)
    differing = {sku for sku in old.keys() | new.keys() if old.get(sku) != new.get(sku)}
    return (
        {sku: text for sku, text in old.items() if sku in differing},
        {sku: text for sku, text in new.items() if sku in differing},
    )


def summary(lines: Iterable[OrderLine]) -> dict[str, str]:
    """Each line in a few words, by item code."""
    return {line.sku: _in_words(line) for line in lines}


def _in_words(line: OrderLine) -> str:
    off = f" − {line.discount_percent.normalize():f}%" if line.discount_percent else ""
    return f"{line.quantity} × {format_dong(line.unit_price)}{off}"


def _products(lines: Sequence[rules.LineInput], goods: Mapping[int, Goods]) -> dict[int, str]:
    found = ((position, goods.get(line.item_id)) for position, line in enumerate(lines, 1))
    return {position: each.product_name for position, each in found if each}


def _line(
    position: int, goods: Goods, kept: OrderLine | None, numbers: rules.LineNumbers
) -> OrderLine:
    return OrderLine(
        position=position,
        item_id=goods.item_id,
        sku=kept.sku if kept else goods.sku,
        name=kept.name if kept else goods.name,
        edition=kept.edition if kept else goods.edition,
        unit_price=kept.unit_price if kept else goods.unit_price,
        tax_rate=goods.tax_rate,
        quantity=numbers.quantity,
        discount_percent=numbers.discount_percent,
    )


def _differs(line: OrderLine, kept: OrderLine) -> bool:
    return any(getattr(line, name) != getattr(kept, name) for name in WRITTEN)
