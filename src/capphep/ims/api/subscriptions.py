"""Subscriptions and their ledger over the API: what is in force on a day, and why (R2)."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from ninja import Query

from capphep.crm.queries.former import code_of_today
from capphep.entitlements.models import Grant, Subscription
from capphep.entitlements.queries import visible_subscriptions
from capphep.entitlements.queries.subscriptions import subscription_not_found
from capphep.ims.api.schemas import (
    AtQuery,
    GrantOut,
    SubscriptionOut,
    SubscriptionQuery,
    SubscriptionRow,
)
from capphep.ims.queries import subscriptions as queries
from capphep.ims.queries.holdings import HeldGrant, HeldModule, HeldResource, holdings_of, state_of
from capphep.platform import clock
from capphep.platform.api import (
    ApiRequest,
    Page,
    PageQuery,
    Principal,
    RecordId,
    Routes,
    Scope,
    page_of,
)

routes = Routes("Subscriptions")
_OF_GRANT: Final = GrantOut.model_fields.keys() - {"module", "resource"}


@routes.read("/subscriptions", Scope.SUBSCRIPTIONS_READ, Page[SubscriptionRow])
def list_subscriptions(request: ApiRequest, query: Query[SubscriptionQuery]) -> Any:
    """List subscriptions as they stand on a day, newest first."""
    rows = queries.subscriptions(request.auth.actor, query.at or clock.today())
    rows = _within(request.auth, queries.search_subscriptions(rows, query.q))
    if query.customer:
        rows = rows.filter(customer__budget_code=code_of_today(query.customer))
    if query.product:
        rows = rows.filter(product__code=query.product)
    if query.state:
        rows = queries.in_states(rows, [query.state])
    return page_of(rows, query, sort="-created_at", shape=_row)


@routes.read("/subscriptions/{subscription_id}", Scope.SUBSCRIPTIONS_READ, SubscriptionOut)
def get_subscription(request: ApiRequest, subscription_id: RecordId, query: Query[AtQuery]) -> Any:
    """Read what is in force on a day, with the grants behind each quantity."""
    found, day = _one(request.auth, subscription_id), query.at or clock.today()
    modules = holdings_of(request.auth.actor, found).on(day)
    return _named(found) | {
        "at": day,
        "state": state_of(modules),
        "modules": [_module(module) for module in modules],
    }


@routes.read("/subscriptions/{subscription_id}/grants", Scope.SUBSCRIPTIONS_READ, Page[GrantOut])
def list_grants(request: ApiRequest, subscription_id: RecordId, query: Query[PageQuery]) -> Any:
    """List everything that was ever granted or taken back, in that order."""
    rows = _one(request.auth, subscription_id).grants.select_related("module", "resource")
    return page_of(rows, query, sort="pk", shape=_grant)


def _one(principal: Principal, subscription_id: int) -> Subscription:
    rows = _within(principal, visible_subscriptions(principal.actor))
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise subscription_not_found()
    return found


def _within(principal: Principal, rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    return principal.within(rows, customer="customer", product="product")


def _named(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.pk,
        "customer": subscription.customer.budget_code,
        "customer_name": subscription.customer.name,
        "product": subscription.product.code,
        "version": subscription.version,
        "created_at": subscription.created_at,
    }


def _row(row: Any) -> dict[str, Any]:
    """Of `queries.subscriptions`."""
    return _named(row) | {"state": queries.state_of(row), "until": row.until}


def _module(held: HeldModule) -> dict[str, Any]:
    return {
        "module": held.module.code,
        "name": held.module.name,
        "resources": [_resource(one) for one in held.resources],
    }


def _resource(held: HeldResource) -> dict[str, Any]:
    return {
        "resource": held.resource.code,
        "name": held.resource.name,
        "unit": held.resource.unit,
        "quantity": held.quantity,
        "state": held.state,
        "origins": [_origin(one) for one in held.grants if one.state == "in_force"],
    }


def _origin(held: HeldGrant) -> dict[str, Any]:
    grant = held.grant
    return {
        "grant": grant.pk,
        "kind": grant.kind,
        "request_no": grant.request_no,
        "quantity": grant.quantity,
        "first_day": grant.first_day,
        "last_day": grant.last_day,
        "taken_back_from": held.ended_by.first_day if held.ended_by else None,
    }


def _grant(grant: Grant) -> dict[str, Any]:
    values = {name: getattr(grant, name) for name in _OF_GRANT}
    return values | {"module": grant.module.code, "resource": grant.resource.code}
