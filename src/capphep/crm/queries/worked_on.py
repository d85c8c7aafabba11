"""Which records somebody has worked on since they were entered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from capphep.crm.models import Customer, Order
from capphep.platform.models import AuditEntry

M = TypeVar("M", bound=Model)
# That a new unit is another one than it looks like is no work on it.
_CAME_WITH_IT: Final = ("imported", "duplicate_dismissed")


def worked_on(customer_ids: Collection[int]) -> QuerySet[Customer]:
    """RULE R13: those that were edited, whose people were added or edited, or of which something
    was said or planned."""
    return _with_more(Customer.objects.all(), customer_ids, _CAME_WITH_IT)


def orders_worked_on(order_ids: Collection[int]) -> QuerySet[Order]:
    """RULE R13: those that were edited, or of which something was said or planned."""
    return _with_more(Order.objects.all(), order_ids, ("created",))


def _with_more(rows: QuerySet[M], ids: Collection[int], own: Collection[str]) -> QuerySet[M]:
    """Of whatever anybody did to a record the trail has an entry, whichever module it was.

    Under the lock of the records: who does something to one holds it.
    """
    entries = AuditEntry.objects.filter(
        subject_type=rows.model._meta.model_name, subject_id=OuterRef("pk")
    )
    return rows.filter(Q(version__gt=1) | Exists(entries.exclude(verb__in=own)), pk__in=ids)
