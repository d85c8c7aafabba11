"""Tokens and webhooks that are for a customer alone which is merged into another one (D2)."""

from __future__ import annotations

from capphep.crm.models import Customer
from capphep.integration.models import ApiToken, Endpoint


def move_bounds(gone: Customer, kept: Customer) -> int:
    """They are for ``kept`` alone from now on; returns how many there are."""
    bound = [model.objects.filter(customer=gone) for model in (ApiToken, Endpoint)]
    return sum(rows.update(customer=kept) for rows in bound)
