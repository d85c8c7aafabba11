"""Orders over the API. They are named by their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query

from capphep.crm.actions.order_following import deactivate_order, reactivate_order
from capphep.crm.actions.orders import amend_header, create_order, edit_order
from capphep.crm.api.order_inputs import (
    details_in,
    discount_in,
    header_in,
    lines_in,
    member_of,
    with_autofill,
)
from capphep.crm.api.order_schemas import (
    DetailFields,
    NewOrder,
    OrderFields,
    OrderOut,
    OrderQuery,
    OrderRow,
    details_of,
    discount_of,
    row_of,
    whole,
)
from capphep.crm.models import Order
from capphep.crm.queries.former import code_of_today
from capphep.crm.queries.orders import order_not_found, search_orders, visible_orders
from capphep.crm.rules import is_frozen
from capphep.platform.api import (
    ApiRequest,
    Page,
    Patch,
    Principal,
    Routes,
    Scope,
    located,
    merged,
    page_of,
    pointing,
    seen_version,
    sent,
    tagged,
)

routes = Routes("Orders")


@routes.read("/orders", Scope.ORDERS_READ, Page[OrderRow])
def list_orders(request: ApiRequest, query: Query[OrderQuery]) -> Any:
    """List orders, newest first."""
    rows = search_orders(_visible(request.auth), query.q)
    wanted = {
        "customer__budget_code": query.customer and code_of_today(query.customer),
        "licence_status": query.licence_status,
        "ordered_on__gte": query.from_day,
        "ordered_on__lte": query.to_day,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if query.is_active is not None:
        rows = rows.filter(is_active=query.is_active)
    return page_of(rows, query, sort="-created_at", shape=row_of)


@routes.create("/orders", Scope.ORDERS_WRITE, OrderOut)
def enter_order(request: ApiRequest, data: NewOrder, response: HttpResponse) -> Any:
    """Enter an order of the user of the token."""
    principal = request.auth
    with pointing(member_of):
        lines = lines_in(principal, data.lines)
        values = with_autofill(principal, data, lines)
        made = create_order(
            actor=principal.actor,
            header=header_in(principal, values),
            lines=lines,
            discount=discount_in(values["discount"]),
        )
    located(response, f"/orders/{made.order_no}")
    return _answer(order_named(principal, made.order_no), response)


@routes.read("/orders/{order_no}", Scope.ORDERS_READ, OrderOut)
def get_order(request: ApiRequest, order_no: str, response: HttpResponse) -> Any:
    """Read one order with its lines."""
    return _answer(order_named(request.auth, order_no), response)


@routes.change("/orders/{order_no}", Scope.ORDERS_WRITE, OrderOut)
def change_order(
    request: ApiRequest, order_no: str, data: Patch[OrderFields], response: HttpResponse
) -> Any:
    """Change an order; `lines` replaces all of them. Frozen (R12): only what stays open."""
    version, principal = seen_version(request), request.auth
    order = order_named(principal, order_no)
    with pointing(member_of):
        if sent(data).keys() <= DetailFields.model_fields.keys():
            amend_header(
                actor=principal.actor,
                order_id=order.pk,
                seen_version=version,
                details=details_in(merged(details_of(order), data), order),
            )
        else:
            _edit(principal, order, version, data)
    return _answer(order_named(principal, order_no), response)


def _edit(principal: Principal, order: Order, version: int, data: Patch[OrderFields]) -> None:
    values = merged(_as_sent(order), data)
    edit_order(
        actor=principal.actor,
        order_id=order.pk,
        seen_version=version,
        header=header_in(principal, values, order),
        lines=lines_in(principal, values["lines"], order),
        discount=discount_in(values["discount"]),
    )


def _as_sent(order: Order) -> dict[str, Any]:
    """What stands there, as a program would send it."""
    return {
        **details_of(order),
        "customer": order.budget_code,
        "ordered_on": order.ordered_on,
        "opportunity": order.opportunity_id,
        "discount": discount_of(order),
        "lines": list(
            order.lines.order_by("position").values("sku", "quantity", "discount_percent")
        ),
    }


@routes.create("/orders/{order_no}/deactivate", Scope.ORDERS_WRITE, OrderOut, 200)
def stop_following_order(request: ApiRequest, order_no: str, response: HttpResponse) -> Any:
    """Stop following an order (R13: instead of deleting it)."""
    return _followed(request, order_no, response, deactivate_order)


@routes.create("/orders/{order_no}/reactivate", Scope.ORDERS_WRITE, OrderOut, 200)
def follow_order_again(request: ApiRequest, order_no: str, response: HttpResponse) -> Any:
    """Follow an order again."""
    return _followed(request, order_no, response, reactivate_order)


def _followed(
    request: ApiRequest, order_no: str, response: HttpResponse, action: Callable[..., bool]
) -> Any:
    order = order_named(request.auth, order_no)
    action(actor=request.auth.actor, order_id=order.pk, seen_version=order.version)
    return _answer(order_named(request.auth, order_no), response)


def order_named(principal: Principal, order_no: str) -> Order:
    """The order, where the token and its user may know of it. Raises NotFound."""
    found = _visible(principal).filter(order_no=order_no).first()
    if found is None:
        raise order_not_found()
    return found


def _visible(principal: Principal) -> QuerySet[Order]:
    related = ("customer", "product", "salesperson", "project")
    rows = visible_orders(principal.actor).select_related(*related)
    return principal.within(rows, customer="customer", product="product")


def _answer(order: Order, response: HttpResponse) -> dict[str, Any]:
    tagged(response, order.version)
    return whole(order, is_frozen=is_frozen(order.licence_status))
