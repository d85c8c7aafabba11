"""Which products a customer has in force, as the ledger of grants above this module says."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction

from capphep.catalog.models import Product
from capphep.crm.models import Customer, OwnedProduct


def note_ownership(
    *,
    customer: Customer,
    product: Product,
    spans: Sequence[tuple[datetime.date, datetime.date]],
) -> None:
    """RULE R8: replace what is known of this product at this customer by ``spans`` of days.

    ``spans`` are (first day, last day), apart from each other. Called inside the transaction
    that changes the ledger, by an action that has checked who acts; it asks for nothing
    itself. At most two statements.
    """
    with transaction.atomic(savepoint=False):
        OwnedProduct.objects.filter(customer=customer, product=product).delete()
        OwnedProduct.objects.bulk_create(
            OwnedProduct(customer=customer, product=product, first_day=first, last_day=last)
            for first, last in spans
        )
