"""The form that enters an order and changes it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.actions.orders import amend_header, create_order, edit_order
from capphep.crm.forms.order_grid import asked_goods, item_id_of, proposed_rows
from capphep.crm.forms.order_sheet import OrderSheet
from capphep.crm.forms.pasted_goods import still_unknown
from capphep.crm.models import Order
from capphep.crm.queries import orders as queries
from capphep.crm.queries.customers import customer_of
from capphep.crm.queries.sales import opportunity_of
from capphep.crm.rules import check_followed
from capphep.crm.views.orders import band_of
from capphep.platform.addresses import url_if_any
from capphep.platform.htmx import redirect
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.saving import over_form, typed_in
from capphep.platform.signed_in import actor_of
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalid, Invalids
from capphep.pure.words import amount_in_words


def order_new(request: HttpRequest) -> HttpResponse:
    """*Thêm*; ``?customer=``, ``?opportunity=`` and ``?copy=`` carry their data over.

    ``?customer=7&renew=1&goods=12:100,14:1`` renews the product with goods by item and quantity.
    """
    actor = actor_of(request)
    require(actor, Permission.SALE_WRITE)
    typed = typed_in(request)
    sheet = OrderSheet.posted(actor, typed) if typed else _prefilled(request, actor)
    if request.method != "POST":
        return _form_page(request, sheet, was_kept=typed is not None)
    return _create(request, actor, sheet)


def _create(request: HttpRequest, actor: User, sheet: OrderSheet) -> HttpResponse:
    if not sheet.is_valid():
        return _form_page(request, sheet, status=422)
    try:
        made = create_order(
            actor=actor,
            header=sheet.form.header(),
            lines=sheet.goods.lines,
            discount=sheet.goods.discount,
            token=sheet.form.cleaned_data["token"],
        )
    except (Invalid, Invalids) as refused:
        sheet.refuse(refused)
        return _form_page(request, sheet, status=422)
    return _saved(request, made)


def order_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """*Sửa*; of an order that was sent only what R12 leaves open."""
    actor = actor_of(request)
    found = queries.order_of(actor, pk)
    queries.require_own(actor, found)
    check_followed(is_active=found.is_active)
    typed = typed_in(request)
    sheet = OrderSheet.posted(actor, typed, found) if typed else OrderSheet.stored(actor, found)
    if request.method != "POST":
        return _form_page(request, sheet, was_kept=typed is not None)
    return _edit(request, actor, found, sheet)


def _edit(request: HttpRequest, actor: User, found: Order, sheet: OrderSheet) -> HttpResponse:
    if not sheet.is_valid():
        return _form_page(request, sheet, status=422)
    try:
        _save(actor, found, sheet)
    except Stale:
        sheet.compare(queries.order_of(actor, found.pk))
        return _form_page(request, sheet, status=409)
    except (Invalid, Invalids) as refused:
        sheet.refuse(refused)
        return _form_page(request, sheet, status=422)
    return _saved(request, found)


def _saved(request: HttpRequest, order: Order) -> HttpResponse:
    message = _("Order %(number)s is saved.") % {"number": order.order_no}
    return redirect(request, "crm:order", order.pk, message=message)


def _save(actor: User, order: Order, sheet: OrderSheet) -> None:
    seen = sheet.form.cleaned_data["version"] or 0
    if sheet.details_only:
        amend_header(
            actor=actor, order_id=order.pk, seen_version=seen, details=sheet.form.details()
        )
        return
    edit_order(
        actor=actor,
        order_id=order.pk,
        seen_version=seen,
        header=sheet.form.header(),
        lines=sheet.goods.lines,
        discount=sheet.goods.discount,
    )


def _form_page(
    request: HttpRequest, sheet: OrderSheet, *, status: int = 200, was_kept: bool = False
) -> HttpResponse:
    order = sheet.order
    sheet.prepare()
    context = {
        "title": _form_title(sheet),
        "form": sheet.form,
        "goods": sheet.goods,
        "left": still_unknown(sheet.left),
        "order": order,
        "order_in_words": amount_in_words(order.total) if order else "",
        "details_only": sheet.details_only,
        "conflict": sheet.conflict,
        "was_kept": was_kept,
        "renewed": sheet.renewed,
        "held_url": _held_url(sheet),
        "fill_url": _fill_url(sheet),
        "more_errors": sheet.more_errors(),
        "band": over_form(band_of(order)) if order else None,
        "cancel_url": reverse("crm:order", args=[order.pk]) if order else reverse("crm:order_list"),
    }
    return render(request, "crm/order_form.html", context, status=status)


def _form_title(sheet: OrderSheet) -> str:
    if sheet.order:
        return _("Edit order %(number)s") % {"number": sheet.order.order_no}
    return _("New renewal order") if sheet.renewed else _("New order")


def _held_url(sheet: OrderSheet) -> str:
    """The panel of another module that shows what of the renewed product is in force."""
    customer, renews = sheet.goods.customer, sheet.goods.basis.renewed_id
    return url_if_any("ims:held_panel", customer.pk, renews) if customer and renews else ""


def _fill_url(sheet: OrderSheet) -> str:
    renews = sheet.goods.basis.renewed_id
    return reverse("crm:order_autofill") + (f"?renew={renews}" if renews else "")


def _prefilled(request: HttpRequest, actor: User) -> OrderSheet:
    """The form that an address asks for; what the actor may not know is a 404."""
    copied, customer, opportunity, renews = (
        item_id_of(request.GET.get(name, ""))
        for name in ("copy", "customer", "opportunity", "renew")
    )
    if copied:
        return OrderSheet.copied(actor, queries.order_of(actor, copied))
    if opportunity:
        source = opportunity_of(actor, opportunity)
        filled = queries.autofill_of(source.customer, source.renews_id) | {
            "customer": source.customer,
            "description": source.name,
            "project": source.project,
            "opportunity": source,
            "renews": source.renews_id,
        }
        return OrderSheet.new(actor, filled, proposed_rows(source))
    if customer:
        found = customer_of(actor, customer)
        begun = {**queries.autofill_of(found, renews), "customer": found, "renews": renews or None}
        return OrderSheet.new(actor, begun, asked_goods(request.GET.get("goods", "")))
    return OrderSheet.new(actor, {})


def order_autofill(request: HttpRequest) -> JsonResponse:
    """What choosing ``?customer=`` fills in; nothing for none. For who writes orders: it gives the
    contact's phone and e-mail in full."""
    require(actor_of(request), Permission.SALE_WRITE)
    key, renews = (item_id_of(request.GET.get(name, "")) for name in ("customer", "renew"))
    found = customer_of(actor_of(request), key) if key else None
    return JsonResponse(queries.autofill_of(found, renews) if found else {})
