"""The forms of items and packages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.catalog.actions.item_edits import ItemInput
from capphep.catalog.actions.packages import PackageInput
from capphep.catalog.code_rules import LONGEST_CODE, LONGEST_NAME, LONGEST_SKU, LONGEST_TEXT
from capphep.catalog.forms.grids import DatedRows, UnitsGrid, units_name
from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import TAX_CHOICES, Item, Module, Package, Product, Resource
from capphep.platform.record_forms import RecordForm
from capphep.pure.money import format_number


class ItemForm(RecordForm):
    """An item of ``package``'s product; with ``record`` one that exists."""

    package = forms.ModelChoiceField(Package.objects.none(), label=_("Package"), empty_label=None)
    sku = forms.CharField(
        label=_("Item code"),
        max_length=LONGEST_SKU,
        help_text=_("Letters, digits, ., - and _. It stays for good: orders refer to it."),
    )
    name = forms.CharField(label=_("Item"), max_length=LONGEST_TEXT)
    price = forms.CharField(
        label=_("Unit price"),
        help_text=_("Whole đồng, before tax. Orders that exist keep theirs."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    months = forms.CharField(
        label=_("Months of use"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    note = forms.CharField(label=_("Note"), max_length=LONGEST_TEXT, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        package: Package,
        record: Item | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, record=record, initial=initial)
        chosen = cast("forms.ModelChoiceField[Package]", self.fields["package"])
        chosen.queryset = Package.objects.filter(product=package.product_id).order_by("id")
        if record is not None:
            del self.fields["sku"]
        modules = Module.objects.filter(product=package.product_id).order_by("position", "id")
        self.contents = UnitsGrid(self, modules, Resource.objects.order_by("id"))
        taxes, prices = (record.taxes.count(), record.prices.count()) if record else (0, 0)
        self.taxes = DatedRows(self, "tax", str(_("Tax rate")), taxes, TAX_CHOICES)
        self.prices = DatedRows(self, "price", str(_("Unit price")), prices)

    def typed(self) -> ItemInput:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        return ItemInput(
            package_id=data["package"].pk,
            sku=data.get("sku", ""),
            name=data["name"],
            price=data["price"],
            months=data["months"],
            note=data["note"],
            contents=self.contents.typed(),
            taxes=cast("list[tuple[str, datetime.date | None]]", self.taxes.typed()),
            prices=cast("list[tuple[str, datetime.date | None]]", self.prices.typed()),
        )


def initial_of_item(item: Item) -> dict[str, Any]:
    """What the form shows of an item with its parts."""
    values: dict[str, Any] = {
        "package": item.package_id,
        "name": item.name,
        "price": format_number(item.unit_price),
        "months": str(item.term_months),
        "note": item.note,
    }
    for each in item.contents.all():
        values[units_name(each.module_id, each.resource_id)] = format_number(each.units)
    for row, tax in enumerate(sorted(item.taxes.all(), key=lambda one: one.from_day), 1):
        values |= {f"tax_{row}": tax.rate, f"tax_from_{row}": tax.from_day}
    for row, price in enumerate(sorted(item.prices.all(), key=lambda one: one.from_day), 1):
        text = format_number(price.unit_price)
        values |= {f"price_{row}": text, f"price_from_{row}": price.from_day}
    return values


class PackageForm(RecordForm):
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"), empty_label=None)
    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_CODE,
        help_text=_("Lower-case letters, digits, - and _. It stays for good."),
    )
    name = forms.CharField(label=_("Package"), max_length=LONGEST_NAME)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=PackageKind.choices,
        help_text=_("A new sale is for who does not own the product, an add-on for who does."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        record: Package | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, record=record, initial=initial)
        product = cast("forms.ModelChoiceField[Product]", self.fields["product"])
        product.queryset = Product.objects.order_by("id")
        if record is not None:
            del self.fields["product"], self.fields["code"]

    def typed(self) -> PackageInput:
        """What the valid form says, for the action."""
        data, product = self.cleaned_data, self.cleaned_data.get("product")
        return PackageInput(
            product_id=product.pk if product else 0,
            code=data.get("code", ""),
            name=data["name"],
            kind=data["kind"],
        )


def initial_of_package(package: Package) -> dict[str, Any]:
    return {"name": package.name, "kind": package.kind}
