"""What the lists of the catalogue have in common: the way from one to the other."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of

_TABS: Final[tuple[tuple[Text, str], ...]] = (
    (_("Goods catalogue"), "catalog:item_list"),
    (_("Packages"), "catalog:package_list"),
    (_("Products"), "catalog:product_list"),
    (_("Resources"), "catalog:resource_list"),
    (_("Who may buy what"), "catalog:eligibility"),
)


def context_of(request: HttpRequest) -> dict[str, Any]:
    """context: tabs (label, address, is current), may_write."""
    tabs = [(label, reverse(name)) for label, name in _TABS]
    return {
        "tabs": [(label, address, address == request.path) for label, address in tabs],
        "may_write": may(actor_of(request), Permission.CATALOGUE_WRITE),
    }
