"""The goods, and one of them."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.catalog import queries
from capphep.catalog.models import TAX_LABELS, Item, Package, Product, Resource
from capphep.catalog.views import tabs
from capphep.platform import clock
from capphep.platform.history import history_of
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of
from capphep.pure.money import TaxRate


def item_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`; as `tabs.context_of`."""
    return show_list(request, ITEMS, page="catalog/item_list.html", **tabs.context_of(request))


def _spec(actor: User) -> ListSpec[Item]:
    return ListSpec(
        columns=(
            Column("sku", gettext_lazy("Item code"), "code", sort="sku"),
            Column("name", gettext_lazy("Item"), "name", sort="sort_key"),
            Column("package", gettext_lazy("Package"), sort="package__name"),
            Column("package__product", gettext_lazy("Product"), sort="package__product__name"),
            Column("term_months", gettext_lazy("Months of use"), "number", sort="term_months"),
            Column("unit_price", gettext_lazy("Unit price"), "money", sort="unit_price"),
            Column("status", gettext_lazy("Status"), "status", value=_status),
            Column("contents", gettext_lazy("Contents"), "name", value=queries.contents_of),
            Column("tax", gettext_lazy("Tax rate"), value=_short_tax, hidden=True),
        ),
        default_sort="sku",
        row_url=lambda item: reverse("catalog:item", args=[item.pk]),
        row_menu=_menu if _may(actor) else None,
        filters=(
            Filter("product", gettext_lazy("Product"), _products, "package__product"),
            Filter("package", gettext_lazy("Package"), _packages, "package"),
            Filter("resource", gettext_lazy("Resource"), _resources, queries.by_resource),
            Filter("sold", gettext_lazy("Status"), _SOLD, _by_sold),
        ),
        search=lambda items, text: queries.search_items(text, items),
        search_hint=gettext_lazy("Item code, name, package, product"),
    )


ITEMS: Final = ListSource(
    name="catalog.items",
    title=gettext_lazy("Goods catalogue"),
    url_name="catalog:item_list",
    rows=lambda _actor: queries.listed_items(),
    spec=_spec,
    empty_text=gettext_lazy("An administrator enters the goods, or loads them from a file."),
    add_url=lambda actor: reverse("catalog:item_new") if _may(actor) else "",
)
_SOLD = [("1", gettext_lazy("On sale")), ("0", gettext_lazy("No longer sold"))]


def _products() -> list[tuple[int, str]]:
    return list(Product.objects.order_by("id").values_list("id", "name"))


def _packages() -> list[tuple[int, str]]:
    rows = Package.objects.order_by("product_id", "id").values_list("id", "name", "product__name")
    return [(pk, f"{name} ({product})") for pk, name, product in rows]


def _resources() -> list[tuple[int, str]]:
    return list(Resource.objects.order_by("id").values_list("id", "name"))


def _may(actor: User) -> bool:
    return may(actor, Permission.CATALOGUE_WRITE)


def _menu(item: Item) -> list[MenuItem]:
    edit, stop, again = (
        reverse(f"catalog:item_{verb}", args=[item.pk])
        for verb in ("edit", "deactivate", "reactivate")
    )
    follow = (
        MenuItem(_("Stop following"), stop, "dialog", "eye-off")
        if item.is_active
        else MenuItem(_("Follow again"), again, "post", "eye")
    )
    return [MenuItem(_("Edit"), edit, icon="pencil"), follow]


def _by_sold(items: QuerySet[Item], values: list[str]) -> QuerySet[Item]:
    return items if len(set(values)) > 1 else queries.by_sold(items, sold=values[0] == "1")


def _tax_today(item: Item) -> TaxRate | None:
    return queries.tax_rate_on([item], clock.today()).get(item.pk)


def _short_tax(item: Item) -> str:
    """As an order's line writes it: KCT, 8%."""
    rate = _tax_today(item)
    return "–" if rate is None else rate.value if rate is TaxRate.EXEMPT else f"{rate.percent}%"


def _status(item: Item) -> Status:
    if queries.is_sold(item):
        return Status(gettext_lazy("On sale"), "good")
    return Status(gettext_lazy("No longer sold"), "gone")


def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """context: title, record, band, tax (label), contents, taxes, prices, and the rest below."""
    record = queries.item_of(item_id)
    rate = _tax_today(record)
    context = {
        "title": record.sku,
        "record": record,
        "band": HeaderBand(
            title=record.name,
            number=record.sku,
            status=_status(record),
            back_url=reverse("catalog:item_list"),
            back_label=_("Goods catalogue"),
            actions=_menu(record) if _may(actor_of(request)) else [],
        ),
        "tax": TAX_LABELS[rate] if rate else "–",
        "contents": record.contents.all(),
        "taxes": sorted(record.taxes.all(), key=lambda tax: tax.from_day, reverse=True),
        "prices": sorted(record.prices.all(), key=lambda price: price.from_day),
        "buyers": queries.buyers_of(record),
        "renewers": queries.renewers_of(record),
        "entries": history_of(record),
    }
    return render(request, "catalog/item.html", context)
