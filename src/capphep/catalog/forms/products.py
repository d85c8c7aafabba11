"""The forms of products, modules and resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.catalog.actions.parts import PartInput
from capphep.catalog.actions.product_edits import ProductInput
from capphep.catalog.code_rules import LONGEST_CODE, LONGEST_NAME
from capphep.catalog.forms.grids import UnitsGrid, units_name
from capphep.catalog.models import Module, Product, Resource
from capphep.catalog.queries import trial_defaults
from capphep.platform.record_forms import RecordForm
from capphep.pure.money import format_number

_CODE_HELP = _("Lower-case letters, digits, - and _. It stays for good.")


class ProductForm(RecordForm):
    code = forms.CharField(label=_("Code"), max_length=LONGEST_CODE, help_text=_CODE_HELP)
    name = forms.CharField(label=_("Product"), max_length=LONGEST_NAME)
    co_terminates = forms.BooleanField(
        label=_("Co-termination"),
        required=False,
        help_text=_("An addition ends with the running term of the module that it adds to."),
    )
    trial_months = forms.CharField(
        label=_("Months of trial"),
        required=False,
        help_text=_("Empty: not offered for trial."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        record: Product | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, record=record, initial=initial)
        self.trial: UnitsGrid | None = None
        if record is None:
            # What a trial grants is said by module, and a new product has none yet.
            del self.fields["trial_months"]
            return
        del self.fields["code"]
        modules = record.modules.order_by("position", "id")
        self.trial = UnitsGrid(self, modules, Resource.objects.order_by("id"))

    def typed(self) -> ProductInput:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        return ProductInput(
            code=data.get("code", ""),
            name=data["name"],
            co_terminates=data["co_terminates"],
            trial_months=data.get("trial_months", ""),
            trial=self.trial.typed() if self.trial else {},
        )


def initial_of_product(product: Product) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": product.name,
        "co_terminates": product.co_terminates,
        "trial_months": str(product.trial_months or ""),
    }
    for each in trial_defaults(product.pk):
        values[units_name(each.module_id, each.resource_id)] = format_number(each.quantity)
    return values


class ModuleForm(RecordForm):
    code = forms.CharField(label=_("Code"), max_length=LONGEST_CODE, help_text=_CODE_HELP)
    name = forms.CharField(label=_("Module"), max_length=LONGEST_NAME)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        record: Module | Resource | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, record=record, initial=initial)
        if record is not None:
            del self.fields["code"]

    def typed(self) -> PartInput:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        return PartInput(data.get("code", ""), data["name"], data.get("unit", ""))


class ResourceForm(ModuleForm):
    name = forms.CharField(label=_("Resource"), max_length=LONGEST_NAME)
    unit = forms.CharField(
        label=_("Unit"), max_length=LONGEST_CODE, help_text=_("How it is counted: person, GB.")
    )


def initial_of_module(module: Module) -> dict[str, Any]:
    return {"name": module.name}


def initial_of_resource(resource: Resource) -> dict[str, Any]:
    return {"name": resource.name, "unit": resource.unit}
