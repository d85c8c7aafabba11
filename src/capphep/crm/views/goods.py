"""The goods of an order while its form is being filled in: nothing here is written.

Each request posts the form as it stands on the page and gets back the part that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from capphep.catalog.goods import MOST_GOODS, goods, goods_by_id
from capphep.catalog.kinds import OrderPurpose
from capphep.crm.forms.order_goods import OrderGoods
from capphep.crm.forms.order_grid import (
    item_id_of,
    pasted_rows,
    posted_rows,
    with_items,
    with_quantities,
)
from capphep.crm.forms.orders import posted_customer, posted_day, posted_renewal
from capphep.crm.models import Customer, Order
from capphep.crm.queries.customers import owned_products
from capphep.crm.queries.orders import items_by_sku, order_of
from capphep.crm.rules import LineInput
from capphep.platform import clock
from capphep.platform.htmx import render_dialog, toast
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text

_LONGEST_SEARCH: Final = 200
_MOST_NAMED: Final = 5


def _actor(request: HttpRequest) -> User:
    """Who may write sales. Raises Forbidden."""
    actor = actor_of(request)
    require(actor, Permission.SALE_WRITE)
    return actor


@require_POST
def goods_dialog(request: HttpRequest) -> HttpResponse:
    """*Chọn hàng hóa*: what matches, what this customer may not buy and why, what is ticked."""
    actor = _actor(request)
    customer = posted_customer(actor, request.POST)
    context = {"title": _("Choose goods"), "size": "wide", "customer": customer}
    context |= _offered(request, customer)
    if request.headers.get("HX-Target") == "goods-rows":
        return render(request, "crm/_goods_rows.html", context)
    return render_dialog(request, "crm/_goods_dialog.html", context)


def _offered(request: HttpRequest, customer: Customer | None) -> dict[str, Any]:
    """context: search, rows as [(Goods, reason)], ticked and present (ids), is_cut."""
    search = request.POST.get("q", "").strip()[:_LONGEST_SEARCH]
    if customer is None:
        return {"search": search, "rows": []}
    purpose = OrderPurpose.RENEWAL if posted_renewal(request.POST) else OrderPurpose.SALE
    offer = (*owned_products(customer, clock.today()), posted_day(request.POST), purpose)
    found = goods(search, *offer)
    ticked, there = _ticked(request), {each.item_id for each in found}
    # What was ticked stays in sight, whatever is searched for next.
    others = goods_by_id([item_id for item_id in ticked if item_id not in there], *offer)
    rows = [*others.values(), *found]
    return {
        "search": search,
        "rows": [(each, refusal_text(each.refusal) if each.refusal else "") for each in rows],
        "ticked": ticked,
        "present": [line.item_id for line in posted_rows(request.POST).values()],
        "is_cut": len(found) >= MOST_GOODS,
    }


def _ticked(request: HttpRequest) -> list[int]:
    ids = (item_id_of(text) for text in request.POST.getlist("pick"))
    return [item_id for item_id in dict.fromkeys(ids) if item_id]


@require_POST
def goods_chosen(request: HttpRequest) -> HttpResponse:
    """*Đồng ý*: the ticked items become rows; one that is there already keeps its quantity."""
    rows = list(posted_rows(request.POST).values())
    response = _grid(request, with_items(rows, _ticked(request)), first_new=len(rows) + 1)
    return trigger_client_event(response, "dialog-close", {})


@require_POST
def goods_pasted(request: HttpRequest) -> HttpResponse:
    """Rows copied from a spreadsheet, code and quantity, become lines."""
    rows = list(posted_rows(request.POST).values())
    pasted = pasted_rows(request.POST.get("pasted", ""))
    found = items_by_sku(pasted)
    added = {found[sku]: quantity for sku, quantity in pasted.items() if sku in found}
    response = _grid(request, with_quantities(rows, added), first_new=len(rows) + 1)
    unknown = [sku for sku in pasted if sku not in found]
    if unknown:
        text = _("No such item: %(codes)s") % {"codes": ", ".join(unknown[:_MOST_NAMED])}
        return toast(response, text, "warning")
    return response


@require_POST
def goods_lines(request: HttpRequest) -> HttpResponse:
    """The grid anew, for another customer, day or kind of discount; ``remove`` leaves out a row."""
    rows = posted_rows(request.POST)
    rows.pop(request.GET.get("remove", ""), None)
    return _grid(request, list(rows.values()))


def _grid(request: HttpRequest, lines: Sequence[LineInput], first_new: int = 0) -> HttpResponse:
    actor = _actor(request)
    goods = OrderGoods.posted(actor, request.POST, _order(request, actor), lines)
    goods.grid.show_rows()
    context = {"goods": goods, "first_new": first_new}
    return render(request, "crm/_order_goods_answer.html", context)


@require_POST
def goods_row(request: HttpRequest) -> HttpResponse:
    """One number was changed: that row's amount and the totals."""
    actor = _actor(request)
    goods = OrderGoods.counted(request.POST, _order(request, actor))
    goods.grid.show_rows()
    indexes = list(posted_rows(request.POST))
    index = request.GET.get("row", "")
    row = goods.grid.rows[indexes.index(index)] if index in indexes else None
    context = {"goods": goods, "row": row, "index": index}
    return render(request, "crm/_order_row_answer.html", context)


def _order(request: HttpRequest, actor: User) -> Order | None:
    """The order that is being changed: its lines keep the prices that they have."""
    key = item_id_of(request.POST.get("order", ""))
    return order_of(actor, key) if key else None
