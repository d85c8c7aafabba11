"""The part of a form that says for whom alone a token or an endpoint is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.platform.widgets import Picker


class BoundedForm(forms.Form):
    """The fields of a form stand before these only where its ``field_order`` says so."""

    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=_("Only this product"),
        required=False,
        empty_label=_("All products"),
    )
    customer = forms.ModelChoiceField(
        Customer.objects.all(),
        label=_("Only this customer"),
        required=False,
        widget=Picker("crm:customer_picker"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.order_by("name")  # type: ignore[attr-defined]
