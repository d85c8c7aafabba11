"""The administrators of a customer that is merged into another one (D2)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from capphep.crm.models import Customer
from capphep.identity.models import AccountLink


def move_links(gone: Customer, kept: Customer) -> int:
    """Who administers a product at ``gone`` does so at ``kept``; returns how many links moved.

    Who does at both already keeps the link there; that of ``gone`` stays as history.
    """
    same = AccountLink.objects.filter(
        customer=kept, account=OuterRef("account"), product=OuterRef("product")
    )
    links = AccountLink.objects.filter(~Exists(same), customer=gone)
    ids = list(links.values_list("pk", flat=True))
    return AccountLink.objects.filter(pk__in=ids).update(customer=kept)
