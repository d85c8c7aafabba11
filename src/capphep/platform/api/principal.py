"""Who asks over the API: a token that acts as a user, within its scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from capphep.platform.models import User
from capphep.pure.errors import Forbidden, gettext_noop

M = TypeVar("M", bound=Model)


class Scope(models.TextChoices):
    """What a token may be used for. The user it acts as must be allowed to do it as well."""

    CUSTOMERS_READ = "customers:read", _("Read customers")
    CUSTOMERS_WRITE = "customers:write", _("Enter and change customers")
    OPPORTUNITIES_READ = "opportunities:read", _("Read opportunities")
    OPPORTUNITIES_WRITE = "opportunities:write", _("Enter and change opportunities")
    ORDERS_READ = "orders:read", _("Read orders")
    ORDERS_WRITE = "orders:write", _("Enter and change orders")
    REQUESTS_READ = "requests:read", _("Read licence requests and their evidence")
    REQUESTS_WRITE = "requests:write", _("Prepare and send licence requests")
    REQUESTS_DECIDE = "requests:decide", _("Decide licence requests")
    SUBSCRIPTIONS_READ = "subscriptions:read", _("Read subscriptions and grants")
    ENTITLEMENTS_READ = "entitlements:read", _("Ask what a customer may use")
    LICENCES_READ = "licences:read", _("Fetch licences")
    USAGE_READ = "usage:read", _("Read what is in use")
    USAGE_WRITE = "usage:write", _("Report what is in use")
    EVENTS_READ = "events:read", _("Read events")


@dataclass(frozen=True, slots=True)
class Principal:
    """A valid token and the user it acts as.

    A token that is bound to a product or a customer knows of no other: what it may not
    know of is not found. ``former_id`` is the token that it replaces.
    """

    token_id: int
    actor: User
    scopes: frozenset[str]
    product_id: int | None = None
    customer_id: int | None = None
    former_id: int | None = None

    def require(self, scope: Scope) -> None:
        """Raises Forbidden ``scope_missing``."""
        if scope not in self.scopes:
            message = gettext_noop("This token does not have the scope %(scope)s.")
            raise Forbidden("scope_missing", message, params={"scope": scope.value})

    def reaches(self, *, product_id: int | None = None, customer_id: int | None = None) -> bool:
        """Whether what belongs to this product and this customer lies within its bounds."""
        return (product_id is None or self.product_id in (None, product_id)) and (
            customer_id is None or self.customer_id in (None, customer_id)
        )

    def within(self, rows: QuerySet[M], *, customer: str = "", product: str = "") -> QuerySet[M]:
        """The rows within the token's bounds; the paths lead to their customer and product."""
        if customer and self.customer_id is not None:
            rows = rows.filter(**{customer: self.customer_id})
        if product and self.product_id is not None:
            rows = rows.filter(**{product: self.product_id})
        return rows

    @property
    def is_bound(self) -> bool:
        return self.customer_id is not None or self.product_id is not None

    def require_unbound(self) -> None:
        """Raises Forbidden ``token_bound``: for what concerns no single customer or product."""
        if self.is_bound:
            message = gettext_noop("This token is for one customer or product only.")
            raise Forbidden("token_bound", message)


class ApiRequest(HttpRequest):
    """A request that was let in: ``auth`` is the principal (for type checkers only)."""

    auth: Principal
