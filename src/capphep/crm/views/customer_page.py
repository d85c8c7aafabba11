"""A customer's own page: data, people, products, orders, opportunities, history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from capphep.crm.models import Customer
from capphep.crm.queries import customers as queries
from capphep.crm.queries.orders import visible_orders
from capphep.crm.queries.sales import visible_opportunities
from capphep.crm.views.customers import band_of, customer_menu
from capphep.crm.views.orders import status_of
from capphep.crm.views.shown import next_step, stage_of
from capphep.platform import clock
from capphep.platform.addresses import url_if_any
from capphep.platform.history import history_of
from capphep.platform.kit import HeaderBand
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of
from capphep.pure.codes import unusual_budget_code

_SHORT_LIST = 8


def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """context: title, customer, band, is_unusual, contacts, owned, orders, opportunities, …"""
    actor = actor_of(request)
    found = queries.customer_of(actor, pk)
    may_edit = queries.may_write(actor, found)
    context = {
        "title": found.name,
        "customer": found,
        "band": _band(actor, found),
        "merged_url": _page_url(actor, found.merged_into_id),
        "is_unusual": unusual_budget_code(found.budget_code),
        "parent_url": _page_url(actor, found.parent_id),
        "full_address": _full_address(found),
        "may_edit": may_edit,
        "may_sell": may_edit and found.is_active,
        "contacts": queries.contacts_of(found),
        "owned": [(each, each.last_day >= clock.today()) for each in queries.owned_ever(found)],
        "orders": _orders(actor, found),
        "opportunities": _opportunities(actor, found),
        "licences_url": url_if_any("ims:customer_licences", found.pk),
        "accounts_url": url_if_any("identity:customer_panel", found.pk),
        "former_codes": list(found.former_codes.order_by("-last_day", "-pk")),
        "successor_url": _page_url(actor, found.successor_id),
        "predecessors": list(found.predecessors.order_by("succeeded_on", "pk")[:_SHORT_LIST]),
        "entries": history_of(found),
    }
    return render(request, "crm/customer.html", context)


def _band(actor: User, customer: Customer) -> HeaderBand:
    actions = customer_menu(actor, customer)
    return replace(band_of(customer), primary=next_step(actions), actions=actions)


def _page_url(actor: User, customer_id: int | None) -> str:
    """The page of another unit, where the actor may see it."""
    known = queries.visible_customers(actor)
    if customer_id is None or not known.filter(pk=customer_id).exists():
        return ""
    return reverse("crm:customer", args=[customer_id])


def _full_address(customer: Customer) -> str:
    """Street, commune and province, none of them twice."""
    parts: list[str] = []
    for part in (customer.address, customer.commune, customer.province):
        if part and part not in ", ".join(parts):
            parts.append(part)
    return ", ".join(parts)


def _orders(actor: User, customer: Customer) -> list[dict[str, Any]]:
    rows = visible_orders(actor).filter(customer=customer).order_by("-created_at", "-id")
    return [{"order": each, "status": status_of(each)} for each in rows[:_SHORT_LIST]]


def _opportunities(actor: User, customer: Customer) -> list[dict[str, Any]]:
    rows = visible_opportunities(actor).filter(customer=customer).order_by("-created_at", "-id")
    return [{"opportunity": each, "stage": stage_of(each)} for each in rows[:_SHORT_LIST]]
