"""The products: what a trial of each grants, and when additions to it end."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from capphep.catalog import queries
from capphep.catalog.models import Product
from capphep.catalog.views import tabs
from capphep.catalog.views.parts import module_menu
from capphep.platform.history import history_of
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, ListSpec
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of
from capphep.pure.folding import fold

PICKER_ROWS: Final = 20


def product_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`; as `tabs.context_of`."""
    return show_list(request, PRODUCTS, page="catalog/list.html", **tabs.context_of(request))


def _spec(actor: User) -> ListSpec[Product]:
    return ListSpec(
        columns=(
            Column("name", gettext_lazy("Product"), sort="name"),
            Column("code", gettext_lazy("Code"), "code", sort="code"),
            Column("trial", gettext_lazy("Trial"), value=_trial),
            Column("co_terminates", gettext_lazy("Term of an addition"), value=_addition),
            Column("status", gettext_lazy("Status"), "status", value=_status),
        ),
        default_sort="name",
        row_url=lambda product: reverse("catalog:product", args=[product.pk]),
        row_menu=_menu if _may(actor) else None,
    )


PRODUCTS: Final = ListSource(
    name="catalog.products",
    title=gettext_lazy("Products"),
    url_name="catalog:product_list",
    rows=lambda _actor: Product.objects.all(),
    spec=_spec,
    empty_text=gettext_lazy("An administrator enters the goods, or loads them from a file."),
    add_url=lambda actor: reverse("catalog:product_new") if _may(actor) else "",
)


def _may(actor: User) -> bool:
    return may(actor, Permission.CATALOGUE_WRITE)


def _menu(product: Product) -> list[MenuItem]:
    edit, stop, again = (
        reverse(f"catalog:product_{verb}", args=[product.pk])
        for verb in ("edit", "deactivate", "reactivate")
    )
    follow = (
        MenuItem(_("Stop following"), stop, "dialog", "eye-off")
        if product.is_active
        else MenuItem(_("Follow again"), again, "post", "eye")
    )
    return [MenuItem(_("Edit"), edit, icon="pencil"), follow]


def _trial(product: Product) -> str:
    months = product.trial_months
    if months is None or not product.is_active:
        return _("Not offered")
    return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}


def _addition(product: Product) -> str:
    return _("Co-termination") if product.co_terminates else _("A term of its own")


def _status(product: Product) -> Status:
    if product.is_active:
        return Status(gettext_lazy("On sale"), "good")
    return Status(gettext_lazy("No longer sold"), "gone")


def product_picker(request: HttpRequest) -> JsonResponse:
    """What a picker asks while a person types: all products are a handful."""
    words = fold(request.GET.get("q", "")[:200]).split()
    found = [
        one
        for one in Product.objects.order_by("name")
        if all(word in fold(f"{one.code} {one.name}") for word in words)
    ]
    rows = [
        {"value": one.pk, "text": one.name, "code": one.code, "name": one.name} for one in found
    ]
    return JsonResponse({"results": rows[:PICKER_ROWS]})


def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """context: title, record, band, trial, add_ons (names), modules, and the rest below."""
    record, may_write = queries.product_of(product_id), _may(actor_of(request))
    modules = list(record.modules.order_by("position", "id"))
    context = {
        "title": record.name,
        "record": record,
        "band": HeaderBand(
            title=record.name,
            status=_status(record),
            back_url=reverse("catalog:product_list"),
            back_label=_("Products"),
            actions=_menu(record) if may_write else [],
        ),
        "may_write": may_write,
        "modules": [(each, module_menu(each) if may_write else []) for each in modules],
        "trial": _trial(record),
        "add_ons": ", ".join(queries.eligibility_table().get(record.pk, {}).values()),
        "defaults": queries.trial_defaults(record.pk),
        "entries": history_of(record),
    }
    return render(request, "catalog/product.html", context)
