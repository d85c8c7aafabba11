"""What an order buys: months and units of its items as they were when they were sold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from django.db.models import QuerySet

from capphep.catalog.models import FormerContent
from capphep.crm.models import OrderLine
from capphep.platform.prepared import prepared
from capphep.provisioning import rules

Bought: TypeAlias = tuple[str, int | None, int, int, int, int]
"""Kind of package, module, resource, months, quantity, units; no module where nothing is in it."""
_Row: TypeAlias = tuple[str, int | None, int, int, int, int, int | None, int, int, int]
"""The same, the module's position, the edition that was sold, that of today, and the item."""


def bought_by(order_id: int) -> list[Bought]:
    """What the order's lines buy, by module position.

    One statement; another one where the catalogue gives by now something else for an item.
    """
    rows: list[_Row] = list(_rows(order_id))
    if all(sold == today for *_, sold, today, _item in rows):
        return [row[:6] for row in rows]
    return _as_sold(rows)


def contents_bought(bought: Sequence[Bought]) -> list[rules.OrderedContent]:
    return [
        rules.OrderedContent(module_id, resource_id, months, quantity * units)
        for _, module_id, resource_id, months, quantity, units in bought
        if module_id is not None
    ]


@prepared
def _rows(order_id: int) -> QuerySet[OrderLine, _Row]:
    module = "item__contents__module"
    lines = OrderLine.objects.filter(order_id=order_id).order_by(
        f"{module}__position", f"{module}_id", "item__term_months", "item__contents__id"
    )
    return lines.values_list(
        "item__package__kind",
        f"{module}_id",
        "item__contents__resource_id",
        "item__term_months",
        "quantity",
        "item__contents__units",
        f"{module}__position",
        "edition",
        "item__edition",
        "item_id",
    )


def _as_sold(rows: Sequence[_Row]) -> list[Bought]:
    """The contents of earlier editions in the place of today's."""
    unchanged = [row for row in rows if row[7] == row[8]]
    changed = {row[9]: row for row in rows if row[7] != row[8]}
    found = [(row[6] or 0, row[:6]) for row in unchanged]
    for each in FormerContent.objects.filter(item__in=changed).select_related("module"):
        row = changed[each.item_id]
        if each.edition == row[7]:
            part = (row[0], each.module_id, each.resource_id, each.months, row[4], each.units)
            found.append((each.module.position, part))
    # The months decide within a module, as they do in `_rows`.
    found.sort(key=lambda one: (one[0], one[1][1] or 0, one[1][3]))
    return [bought for _, bought in found]
