"""Which products a customer has in force, as the ledger of grants above this module says."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from django.db import transaction

from capphep.crm.models import OwnedProduct
from capphep.platform import rows

Owner: TypeAlias = tuple[int, int]
"""Customer id and product id."""
Spans: TypeAlias = Sequence[tuple[datetime.date, datetime.date]]
"""(first day, last day), apart from each other."""

_BATCH = 500


@transaction.atomic(savepoint=False)
def note_ownership(spans_of: Mapping[Owner, Spans]) -> None:
    """RULE R8: replace what is known of these products at these customers by spans of days.

    Called inside the transaction that changes the ledger, by an action that has checked
    who acts; it asks for nothing itself. Two statements a batch.
    """
    products: dict[int, list[int]] = {}
    for customer_id, product_id in spans_of:
        products.setdefault(product_id, []).append(customer_id)
    for product_id, customer_ids in products.items():
        for start in range(0, len(customer_ids), _BATCH):
            batch = customer_ids[start : start + _BATCH]
            rows.delete(OwnedProduct, {"product_id": product_id, "customer_id": batch})
    rows.insert(
        OwnedProduct(customer_id=customer_id, product_id=product_id, first_day=first, last_day=last)
        for (customer_id, product_id), spans in spans_of.items()
        for first, last in spans
    )
