"""Prices that take effect by themselves on their day."""

from __future__ import annotations

import datetime

from django.db import transaction

from capphep.catalog.actions.records import begin, write
from capphep.catalog.models import ItemPrice
from capphep.platform.roles import SYSTEM


@transaction.atomic
def prices_take_effect(*, day: datetime.date) -> int:
    """RULE R10: make prices whose day has come the items' own; returns how many items changed.

    However late it runs; running it again does nothing. Orders keep the price that they have.
    """
    due = ItemPrice.objects.filter(from_day__lte=day)
    if not due.exists():
        return 0
    begin(SYSTEM)
    latest = {each.item: each for each in due.select_related("item").order_by("from_day")}
    for item, price in latest.items():
        effective = {"effective_on": price.from_day.isoformat()}
        write(SYSTEM, item, {"unit_price": price.unit_price}, parts=({}, effective))
    due.delete()
    return len(latest)
