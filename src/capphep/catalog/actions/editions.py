"""Editions of an item: what it gave before its months or contents changed.

An order keeps the edition that was sold, so that a change of the catalogue never changes what
an order, its request or a subscription says.
"""

from __future__ import annotations

from collections.abc import Mapping

from capphep.catalog.models import FormerContent, Item


def differs(item: Item, months: int, contents: Mapping[str, int]) -> bool:
    """``contents`` by "module/resource", as the item would have them."""
    stored = {
        f"{each.module.code}/{each.resource.code}": each.units for each in item.contents.all()
    }
    return item.term_months != months or stored != contents


def retired(item: Item) -> list[FormerContent]:
    """The rows that keep the edition that ends, not written yet."""
    return [
        FormerContent(
            item=item,
            edition=item.edition,
            months=item.term_months,
            module=each.module,
            resource=each.resource,
            units=each.units,
        )
        for each in item.contents.all()
    ]
