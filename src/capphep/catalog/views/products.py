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
from capphep.platform.history import history_of
from capphep.platform.kit import HeaderBand, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, ListSpec
from capphep.pure.folding import fold

PICKER_ROWS: Final = 20


def product_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, PRODUCTS, page="catalog/product_list.html")


def _spec(_actor: User) -> ListSpec[Product]:
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
    )


PRODUCTS: Final = ListSource(
    name="catalog.products",
    title=gettext_lazy("Products"),
    url_name="catalog:product_list",
    rows=lambda _actor: Product.objects.all(),
    spec=_spec,
    empty_text=gettext_lazy("An administrator loads the catalogue from a file."),
)


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
    """context: title, record, band, trial, add_ons (names), defaults, entries."""
    record = queries.product_of(product_id)
    context = {
        "title": record.name,
        "record": record,
        "band": HeaderBand(
            title=record.name,
            status=_status(record),
            back_url=reverse("catalog:product_list"),
            back_label=_("Products"),
        ),
        "trial": _trial(record),
        "add_ons": ", ".join(queries.eligibility_table().get(record.pk, {}).values()),
        "defaults": queries.trial_defaults(record.pk),
        "entries": history_of(record),
    }
    return render(request, "catalog/product.html", context)
