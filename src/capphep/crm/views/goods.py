"""The goods of an order while its form is being filled in: nothing here is written.

A request brings what it concerns alone: the rows that were changed, what was pasted, what is
looked for. Only another customer, day or kind of discount concerns every row.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from capphep.catalog.goods import MOST_GOODS, Goods, goods, goods_by_id
from capphep.catalog.kinds import OrderPurpose
from capphep.crm.forms.order_change import ChangedRow, GoodsChange
from capphep.crm.forms.order_goods import OrderGoods
from capphep.crm.forms.order_grid import item_id_of
from capphep.crm.forms.orders import posted_customer, posted_day, posted_renewal
from capphep.crm.forms.pasted_goods import FoundRow, matched, read_pasted, still_unknown
from capphep.crm.models import Customer, Order
from capphep.crm.queries.customers import PICKER_ROWS, owned_products
from capphep.crm.queries.orders import order_of
from capphep.platform import clock
from capphep.platform.htmx import render_dialog
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.pure.money import MAX_LINES, format_dong

_LONGEST_SEARCH: Final = 200
_LONGEST_PASTE: Final = 512 * 1024


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
    """context: search, rows as [(Goods, reason)], ticked (ids), is_cut."""
    search = _asked(request.POST)
    if customer is None:
        return {"search": search, "rows": []}
    offer = _offer(customer, request.POST)
    found = goods(search, **offer)
    ticked, there = _ticked(request), {each.item_id for each in found}
    # What was ticked stays in sight, whatever is searched for next.
    others = goods_by_id([item_id for item_id in ticked if item_id not in there], **offer)
    rows = [*others.values(), *found]
    return {
        "search": search,
        "rows": [(each, refusal_text(each.refusal) if each.refusal else "") for each in rows],
        "ticked": ticked,
        "is_cut": len(found) >= MOST_GOODS,
    }


def _asked(data: QueryDict) -> str:
    return data.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]


def _offer(customer: Customer, data: QueryDict) -> dict[str, Any]:
    """What decides which goods the customer may order, as `goods` takes it."""
    purpose = OrderPurpose.RENEWAL if posted_renewal(data) else OrderPurpose.SALE
    has = owned_products(customer, clock.today())
    return {
        "owned": has.in_force,
        "lapsed": has.lapsed,
        "coming": has.coming,
        "day": posted_day(data),
        "purpose": purpose,
    }


def _ticked(request: HttpRequest) -> list[int]:
    ids = (item_id_of(text) for text in request.POST.getlist("pick"))
    return [item_id for item_id in dict.fromkeys(ids) if item_id]


def goods_find(request: HttpRequest) -> JsonResponse:
    """What the grid's last row asks while a person types: goods that match, the best first.

    ``?customer=``, ``?ordered_on=`` and ``?renews=`` are those of the form.
    """
    actor = _actor(request)
    customer = posted_customer(actor, request.GET)
    if customer is None:
        said = _("Choose the customer first: what may be bought depends on it.")
        return JsonResponse({"results": [{"value": 0, "text": "", "name": said, "reason": " "}]})
    found = goods(_asked(request.GET), **_offer(customer, request.GET), most=PICKER_ROWS)
    return JsonResponse({"results": [_picker_row(each) for each in found]})


def _picker_row(found: Goods) -> dict[str, Any]:
    reason = {"reason": refusal_text(found.refusal)} if found.refusal else {}
    return {
        "value": found.item_id,
        "text": found.sku,
        "code": found.sku,
        "name": found.name,
        "note": f"{found.contents} · {format_dong(found.unit_price)}",
        **reason,
    }


@require_POST
def goods_pasted(request: HttpRequest) -> JsonResponse:
    """Rows copied from a spreadsheet: the items that they mean, and what they say besides.

    ``rows`` as [{item, code, name, quantity, discount_percent}], ``problems`` as HTML.
    """
    _actor(request)
    rows, is_cut = read_pasted(request.POST.get("pasted", "")[:_LONGEST_PASTE])
    pasted = matched(rows, is_cut=is_cut)
    # What waits below the grid from before stays there.
    left = [*still_unknown(request.POST.getlist("pasted_left")), *pasted.unknown]
    context = {"pasted": pasted, "left": left, "max": MAX_LINES}
    return JsonResponse(
        {
            "rows": [_pasted_row(each) for each in pasted.found],
            "problems": render_to_string("crm/_pasted_problems.html", context, request).strip(),
        }
    )


def _pasted_row(found: FoundRow) -> dict[str, Any]:
    item, row = found.item, found.row
    return {
        "item": item.pk,
        "code": item.sku,
        "name": item.name,
        "quantity": row.quantity,
        "discount_percent": row.discount_percent,
    }


@require_POST
def goods_lines(request: HttpRequest) -> HttpResponse:
    """The grid anew, for another customer, another day or another kind of discount."""
    actor = _actor(request)
    goods = OrderGoods.posted(actor, request.POST, _order(request, actor))
    goods.grid.show_rows()
    return render(request, "crm/_order_goods_answer.html", {"goods": goods})


@require_POST
def goods_row(request: HttpRequest) -> JsonResponse:
    """Rows were changed, added or taken away: what each is now, and the totals.

    ``rows`` by index as {fact, amount, errors}, for a new one its ``html``; ``totals`` as HTML.
    """
    actor = _actor(request)
    change = GoodsChange(actor, request.POST, _order(request, actor))
    rows = {row.index: _changed_row(request, change, row) for row in change.rows}
    totals = render_to_string("crm/_order_totals.html", _totals(change), request)
    return JsonResponse({"rows": rows, "totals": totals.strip()})


def _changed_row(request: HttpRequest, change: GoodsChange, row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    answer: dict[str, Any] = {
        "fact": row.fact,
        "amount": "–" if shown.amount is None else format_dong(shown.amount),
        "errors": {name: " ".join(shown.errors[name]) for name in ("quantity", "discount_percent")},
    }
    if row.is_new:
        percent = change.discount_form["discount_percent"].label
        context = {"row": shown, "n": row.index, "percent": percent}
        context |= {"with_discount": change.with_discount}
        answer["html"] = render_to_string("crm/_order_row.html", context, request)
    return answer


def _totals(change: GoodsChange) -> dict[str, Any]:
    return {
        "sums": change.totals,
        "in_words": change.in_words,
        "problem": change.discount_problem,
    }


def _order(request: HttpRequest, actor: User) -> Order | None:
    """The order that is being changed: its lines keep the prices that they have."""
    key = item_id_of(request.POST.get("order", ""))
    return order_of(actor, key) if key else None
