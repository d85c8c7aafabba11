"""The form of an order: its head, its one discount and its goods, each with its errors."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from capphep.catalog.kinds import OrderPurpose
from capphep.crm.actions.orders import OrderDetails, OrderHeader
from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.crm.models.order import DISCOUNT_CHOICES
from capphep.crm.queries.customers import visible_customers
from capphep.crm.rules import parse_percent
from capphep.platform import clock
from capphep.platform.models import User
from capphep.platform.texts import refusal_text
from capphep.platform.widgets import DayField, Picker
from capphep.pure.errors import Invalid
from capphep.pure.money import Discount, DiscountKind, format_number, parse_dong

_TEXTS: Final = (
    "contract_no",
    "description",
    "contact_name",
    "contact_position",
    "contact_phone",
    "contact_email",
)
_FILLED: Final = frozenset(_TEXTS) - {"contract_no"}
_PICKED: Final = ("customer", "project", "opportunity", "renews")
_KEY: Final = re.compile(r"[0-9]{1,18}")
_LOCKED: Final = ("customer", "opportunity", "ordered_on")


def _text(label: Any, longest: int, **attrs: str) -> forms.CharField:
    """A line of text; what it may hold is checked by the action."""
    return forms.CharField(
        label=label, required=False, widget=forms.TextInput({"maxlength": longest, **attrs})
    )


class OrderForm(forms.Form):
    """*Thông tin chung*. What is locked of a frozen order (R12) is shown and not read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    # The product that a renewal is to renew; empty for a sale.
    renews = forms.IntegerField(widget=forms.HiddenInput, required=False)
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=_("Customer"),
        widget=Picker("crm:customer_picker"),
        error_messages={
            "required": _("Choose a customer."),
            "invalid_choice": _("There is no such customer."),
        },
    )
    budget_code = forms.CharField(
        label=_("Budget code"), required=False, widget=forms.TextInput({"readonly": True})
    )
    description = _text(_("Description"), 300)
    contact_name = _text(_("Contact"), 150)
    contact_position = _text(_("Position"), 100)
    contact_phone = _text(_("Contact phone"), 30, inputmode="tel")
    contact_email = _text(_("Contact e-mail"), 254, inputmode="email")
    project = forms.ModelChoiceField(
        SalesProject.objects.all(),
        label=_("Sales project"),
        widget=Picker("crm:project_picker"),
        required=False,
    )
    opportunity = forms.ModelChoiceField(
        Opportunity.objects.none(),
        label=_("Opportunity"),
        widget=Picker("crm:opportunity_picker"),
        required=False,
    )
    contract_no = _text(_("Contract number"), 60)
    ordered_on = DayField(
        label=_("Order date"),
        error_messages={
            "required": _("Enter the order date."),
            "invalid": _("Write the day as dd/mm/yyyy."),
        },
    )
    salesperson = forms.CharField(
        label=_("Salesperson of the order"), required=False, disabled=True
    )

    def __init__(
        self,
        actor: User,
        order: Order | None,
        data: QueryDict | None = None,
        *,
        details_only: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(data=_with_readable_keys(data), **kwargs)
        customers = visible_customers(actor)
        if order is not None:
            customers = customers | Customer.objects.filter(pk=order.customer_id)
        self._offer("customer", customers)
        self._offer("opportunity", Opportunity.objects.filter(customer__in=customers))
        if details_only:
            for name in _LOCKED:
                self.fields[name].disabled = True

    def _offer(self, name: str, records: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = records

    def mark_filled(self, filled: Mapping[str, str]) -> None:
        """Let the page know which values nobody typed: another customer may replace them."""
        for name in _FILLED.intersection(filled):
            if filled[name] and self[name].value() == filled[name]:
                self.fields[name].widget.attrs["data-filled"] = filled[name]

    def details(self) -> OrderDetails:
        """What a frozen order still takes (R12)."""
        return OrderDetails(**self._detail_values())

    def header(self) -> OrderHeader:
        data = self.cleaned_data
        return OrderHeader(
            customer_id=_key(data["customer"]),
            purpose=OrderPurpose.RENEWAL if data["renews"] else OrderPurpose.SALE,
            ordered_on=data["ordered_on"],
            opportunity_id=_key(data["opportunity"]),
            **self._detail_values(),
        )

    def _detail_values(self) -> dict[str, Any]:
        texts = {name: self.cleaned_data[name] for name in _TEXTS}
        return {**texts, "project_id": _key(self.cleaned_data["project"])}


class DiscountForm(forms.Form):
    """*Chiết khấu*: the one kind of discount that the order has, and its number (R10)."""

    discount_kind = forms.ChoiceField(label=_("Discount"), choices=DISCOUNT_CHOICES, required=False)
    discount_percent = _text(_("Discount (%)"), 10, inputmode="decimal", autocomplete="off")
    discount_amount = _text(_("Discount amount"), 30, inputmode="numeric", autocomplete="off")

    def read(self) -> Discount:
        """The discount as typed; none of a kind whose number cannot be read, which is noted."""
        self.is_valid()
        kind = DiscountKind(self.cleaned_data.get("discount_kind") or DiscountKind.NONE)
        data: Mapping[str, str] = self.cleaned_data
        try:
            if kind is DiscountKind.PERCENT:
                return Discount(kind, percent=parse_percent(data["discount_percent"]))
            if kind is DiscountKind.AMOUNT:
                amount = parse_dong(data["discount_amount"] or 0, field="discount_amount")
                return Discount(kind, amount=amount)
        except Invalid as refusal:
            self.note(refusal.field, refusal_text(refusal))
        return Discount(kind)

    def note(self, name: str, text: str) -> None:
        """Show an error at the input, once."""
        if text not in self.errors.get(name, []):
            self.add_error(name, text)

    def summary(self) -> Iterator[dict[str, str]]:
        """The errors as the form's summary lists them."""
        for bound in self:
            for text in bound.errors:
                yield {"text": f"{bound.label}: {text}", "anchor": bound.id_for_label}

    def in_words(self) -> str:
        """The discount as people read it, such as "Percent of the order: 10"."""
        kind = str(self["discount_kind"].value() or DiscountKind.NONE)
        label = str(dict(DISCOUNT_CHOICES).get(kind, kind))
        number = f"discount_{kind}"
        return f"{label}: {self[number].value()}" if number in self.fields else label


def _with_readable_keys(data: QueryDict | None) -> QueryDict | None:
    """What was posted; a key that no record can have is left out before a database sees it."""
    if data is None:
        return None
    copy = data.copy()
    for name in _PICKED:
        if not _KEY.fullmatch(copy.get(name, "")):
            copy[name] = ""
    return copy


def _key(record: Any) -> int | None:
    return record.pk if record else None


def initial_of(order: Order) -> dict[str, Any]:
    """What the form shows of a stored order."""
    return {
        **{name: getattr(order, name) for name in _TEXTS},
        "version": order.version,
        "renews": order.product_id if order.purpose == OrderPurpose.RENEWAL else None,
        "customer": order.customer,
        "budget_code": order.budget_code,
        "project": order.project,
        "opportunity": order.opportunity,
        "ordered_on": order.ordered_on,
        "salesperson": order.salesperson.full_name,
    }


def discount_initial_of(order: Order) -> dict[str, str]:
    percent, amount = order.discount_percent, order.discount_amount
    return {
        "discount_kind": order.discount_kind,
        "discount_percent": f"{percent.normalize():f}".replace(".", ",") if percent else "",
        "discount_amount": format_number(amount) if amount else "",
    }


def posted_day(data: QueryDict) -> datetime.date:
    """The order date as far as it can be read; today otherwise."""
    try:
        day: datetime.date = DayField().clean(data.get("ordered_on", ""))
    except forms.ValidationError:
        return clock.today()
    return day


def posted_renewal(data: QueryDict) -> int | None:
    """The id of the product that the order on the page is to renew."""
    key = data.get("renews", "")
    return int(key) or None if _KEY.fullmatch(key) else None


def posted_customer(actor: User, data: QueryDict) -> Customer | None:
    """The customer that is chosen on the page, where the actor may know it."""
    key = data.get("customer", "")
    return visible_customers(actor).filter(pk=key).first() if _KEY.fullmatch(key) else None
