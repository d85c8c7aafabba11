"""Orders: the list, an order's own page, and the form that enters and changes it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from capphep.crm.actions.orders import amend_header, create_order, edit_order
from capphep.crm.forms.order_grid import asked_goods, item_id_of, proposed_rows
from capphep.crm.forms.order_sheet import OrderSheet
from capphep.crm.models import Order
from capphep.crm.queries import orders as queries
from capphep.crm.queries.customers import customer_of
from capphep.crm.queries.sales import opportunity_of
from capphep.crm.rules import is_frozen
from capphep.crm.states import LicenceStatus
from capphep.crm.views.saving import typed_in
from capphep.platform.history import history_of
from capphep.platform.htmx import redirect, render_page_or_fragment
from capphep.platform.kit import HeaderBand, MenuItem, Status, Step, Tone, steps
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec, list_page
from capphep.platform.roles import Permission, may, require
from capphep.platform.signed_in import actor_of
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalid, Invalids
from capphep.pure.words import amount_in_words

TONES: dict[str, Tone] = {
    LicenceStatus.NOT_REQUESTED: "neutral",
    LicenceStatus.PENDING: "waiting",
    LicenceStatus.RETURNED: "info",
    LicenceStatus.APPROVED: "good",
    LicenceStatus.REJECTED: "bad",
    LicenceStatus.REVOKED: "gone",
}


def status_of(order: Order) -> Status:
    return Status(order.get_licence_status_display(), TONES[order.licence_status])


# --- list ------------------------------------------------------------------------------------


def order_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = queries.visible_orders(actor).select_related("customer", "salesperson")
    page = list_page(request, rows, spec=_list_spec(actor))
    context = {"page": page, "title": _("Orders"), "empty_text": _("An order is where it begins.")}
    if may(actor, Permission.SALE_WRITE):
        context["add_url"] = reverse("crm:order_new")
    return render_page_or_fragment(request, "platform/list.html", "platform/_list.html", context)


def _list_spec(actor: User) -> ListSpec[Order]:
    return ListSpec(
        columns=(
            Column("order_no", _("Order number"), "code", sort="order_no"),
            Column("contract_no", _("Contract number"), "code", sort="contract_no"),
            Column("customer__name", _("Customer")),
            Column("budget_code", _("Budget code"), "code", sort="budget_code"),
            Column("ordered_on", _("Order date"), "date", sort="ordered_on"),
            Column("total", _("Total amount"), "money", sort="total"),
            Column("licence_status", _("Order status"), "status", value=status_of),
            Column("salesperson__full_name", _("Salesperson")),
        ),
        default_sort="-created_at",
        row_url=lambda order: reverse("crm:order", args=[order.pk]),
        row_menu=lambda order: order_menu(actor, order),
        filters=(Filter("status", _("Order status"), LicenceStatus.choices, "licence_status"),),
        search=queries.search_orders,
        search_hint=_("Order number, contract number, budget code, customer"),
    )


def order_menu(actor: User, order: Order) -> list[MenuItem]:
    """What the actor may do with the order, as the row's and the page's menu."""
    items = [*_sale_items(actor, order), *_licence_items(order)]
    return [item for item in items if item.url]


def _sale_items(actor: User, order: Order) -> list[MenuItem]:
    if not may(actor, Permission.SALE_WRITE):
        return []
    reason = "" if queries.may_write(actor, order) else _("Only its salesperson changes an order.")
    edit = reverse("crm:order_edit", args=[order.pk])
    return [
        MenuItem(_("Edit"), edit, icon="pencil", disabled_reason=reason),
        _request_item(order, reason),
        MenuItem(_("Copy"), f"{reverse('crm:order_new')}?copy={order.pk}", icon="copy"),
    ]


def _request_item(order: Order, reason: str) -> MenuItem:
    if not reason and is_frozen(order.licence_status):
        reason = _("Its request waits or is approved.")
    url = url_if_any("provisioning:open_request", order.pk)
    label = _("Request a licence/subscription")
    return MenuItem(label, url, "post", icon="certificate", disabled_reason=reason)


def _licence_items(order: Order) -> list[MenuItem]:
    """What the order was granted, on paper, for everybody who may see the order."""
    if order.licence_status != LicenceStatus.APPROVED:
        return []
    url = url_if_any("ims:order_certificate", order.pk)
    return [MenuItem(_("Licence (PDF)"), url, icon="file-type-pdf")]


def url_if_any(name: str, *args: object) -> str:
    """The address in another module; nothing where this installation has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# --- the order's own page ------------------------------------------------------------------------


def order(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.order_of(actor, pk)
    context = {
        "title": found.order_no,
        "order": found,
        "lines": found.lines.order_by("position"),
        "order_in_words": amount_in_words(found.total),
        "customer_url": url_if_any("crm:customer", found.customer_id),
        "band": _band(actor, found),
        "requests_url": url_if_any("provisioning:order_panel", found.pk),
        "entries": history_of(found),
    }
    return render(request, "crm/order.html", context)


def _band(actor: User, order: Order) -> HeaderBand:
    return HeaderBand(
        title=order.customer.name,
        number=order.order_no,
        subtitle=order.description,
        status=status_of(order),
        steps=_steps(order.licence_status),
        actions=order_menu(actor, order),
        back_url=reverse("crm:order_list"),
        back_label=_("Orders"),
    )


def _steps(licence_status: str) -> list[Step]:
    """Lập đơn hàng → Chờ duyệt → Đã duyệt; what turned back or ended stands in its place."""
    entered, waiting, approved = _("Order entered"), _("Waiting for approval"), _("Approved")
    labels, current, refused = {
        LicenceStatus.NOT_REQUESTED: ([entered, waiting, approved], 0, False),
        LicenceStatus.PENDING: ([entered, waiting, approved], 1, False),
        LicenceStatus.RETURNED: ([entered, _("Returned for changes"), approved], 1, False),
        LicenceStatus.REJECTED: ([entered, waiting, _("Rejected")], 2, True),
        LicenceStatus.APPROVED: ([entered, waiting, approved], 3, False),
        LicenceStatus.REVOKED: ([entered, waiting, approved, _("Withdrawn")], 3, True),
    }[LicenceStatus(licence_status)]
    return steps(labels, current, refused=refused)


# --- the form ----------------------------------------------------------------------------------


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
        "order": order,
        "order_in_words": amount_in_words(order.total) if order else "",
        "details_only": sheet.details_only,
        "conflict": sheet.conflict,
        "was_kept": was_kept,
        "renewed": sheet.renewed,
        "held_url": _held_url(sheet),
        "fill_url": _fill_url(sheet),
        "more_errors": sheet.more_errors(),
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
    """What choosing ``?customer=`` fills in; nothing for none."""
    key, renews = (item_id_of(request.GET.get(name, "")) for name in ("customer", "renew"))
    found = customer_of(actor_of(request), key) if key else None
    return JsonResponse(queries.autofill_of(found, renews) if found else {})
