"""The forms of customers and of the people there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.crm.actions.duplicates import PossibleDuplicates
from capphep.crm.customer_rules import (
    CONTACT_TYPED,
    TYPED,
    ContactInput,
    CustomerInput,
    check_chapter_level,
    province_value,
)
from capphep.crm.duplicate_rules import Confirmed
from capphep.crm.models import Contact, Customer, Level, OrgType, PublicUnitKind, Sector
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.duplicates import Likeness
from capphep.platform.record_forms import CodeField, RecordForm, key_of
from capphep.platform.roles import Actor
from capphep.platform.widgets import Picker, Suggesting
from capphep.pure import codes
from capphep.pure.errors import Invalid
from capphep.pure.provinces import PROVINCES


class CustomerForm(RecordForm):
    budget_code = CodeField(
        codes.budget_code, label=_("Budget code"), help_text=_("7 digits, unique for life")
    )
    name = forms.CharField(label=_("Customer name"))
    org_type = forms.ChoiceField(label=_("Organisation type"), choices=OrgType.choices)
    public_unit_kind = forms.ChoiceField(
        label=_("Kind of public unit"), choices=[("", _("Not chosen")), *PublicUnitKind.choices]
    )
    sector = forms.ModelChoiceField(
        Sector.objects.all(), label=_("Sector"), required=False, empty_label=_("Not chosen")
    )
    level = forms.TypedChoiceField(label=_("Level"), coerce=int)
    chapter_code = CodeField(codes.chapter_code, label=_("Chapter"), required=False)
    parent = forms.ModelChoiceField(
        Customer.objects.none(),
        label=_("Governing unit"),
        required=False,
        widget=Picker("crm:parent_picker"),
    )
    tax_code = CodeField(codes.tax_code, label=_("Tax code"), required=False)
    province = forms.CharField(
        label=_("Province/City"), required=False, widget=Suggesting(PROVINCES)
    )
    commune = forms.CharField(label=_("Commune/Ward"), required=False)
    address = forms.CharField(label=_("Address"), required=False)
    phone = CodeField(codes.phone, label=_("Phone"), required=False)
    email = CodeField(codes.email, label=_("E-mail"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    # RULE D1: shown once the rule has found customers that may be the same unit.
    confirm = forms.CharField(required=False, widget=forms.HiddenInput)
    is_other_unit = forms.BooleanField(
        label=_("These are other units: save all the same"), required=False
    )
    duplicate_reason = forms.CharField(label=_("Why another unit"), required=False, max_length=300)
    alike: Sequence[Likeness] = ()
    alike_rows: Sequence[tuple[Likeness, str]] = ()

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        actor: Actor,
        customer: Customer | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, record=customer, initial=initial)
        self.record_pk = customer.pk if customer else None
        self.province_before = customer.province if customer else ""
        level, parent = self.fields["level"], self.fields["parent"]
        assert isinstance(level, forms.TypedChoiceField)
        assert isinstance(parent, forms.ModelChoiceField)
        level.choices = _levels(customer.level if customer else None)
        known = visible_customers(actor)
        kept = customer.parent_id if customer else None
        parent.queryset = known | Customer.objects.filter(pk=kept) if kept else known
        if customer is not None:
            # Read only, not disabled: one that is posted all the same is refused by the rule.
            code = self.fields["budget_code"]
            code.widget.attrs["readonly"] = True
            code.help_text = _("Changed by “Change budget code…” on the customer’s page")

    def clean(self) -> None:
        """R11 across two fields, or beside the record, told together with what is wrong alone."""
        chapter, level = (self.cleaned_data.get(name) for name in ("chapter_code", "level"))
        if chapter and level:
            self._show_refused(lambda: check_chapter_level(chapter, level))
        province = self.cleaned_data.get("province", "")
        self._show_refused(lambda: province_value(province, self.province_before))

    def _show_refused(self, check: Callable[[], object]) -> None:
        try:
            check()
        except Invalid as refusal:
            self.show(refusal)

    def ask(self, refused: PossibleDuplicates) -> None:
        """RULE D1: show who may be the same unit, and what to answer."""
        self.alike = refused.found
        answer = {
            **{name: self.data.get(name) for name in self.data},
            "confirm": " ".join(refused.codes),
        }
        if refused.field:
            self.show(refused)
        else:
            answer.pop("is_other_unit", None)
        self.data = answer

    def confirmed(self) -> Confirmed:
        """RULE D1: what the person said of the customers that were shown."""
        data = self.cleaned_data
        codes = data["confirm"].split() if data["is_other_unit"] else ()
        return Confirmed(frozenset(codes), data["duplicate_reason"])

    def typed(self) -> CustomerInput:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        values = {name: data[name] for name in TYPED}
        return CustomerInput(
            **values, parent_id=key_of(data["parent"]), sector_id=key_of(data["sector"])
        )


class NewCustomerForm(CustomerForm):
    """A new customer together with the first person there."""

    contact_name = forms.CharField(label=_("Contact"), required=False)
    contact_position = forms.CharField(label=_("Position"), required=False)
    contact_phone = CodeField(codes.phone, label=_("Contact phone"), required=False)
    contact_email = CodeField(codes.email, label=_("Contact e-mail"), required=False)

    def typed_contact(self) -> ContactInput | None:
        """None where nothing of a contact was typed."""
        data = self.cleaned_data
        typed = ContactInput(
            full_name=data["contact_name"],
            position=data["contact_position"],
            phone=data["contact_phone"],
            email=data["contact_email"],
        )
        return None if typed == ContactInput(full_name="") else typed


class ContactForm(RecordForm):
    full_name = forms.CharField(label=_("Full name"))
    position = forms.CharField(label=_("Position"), required=False)
    phone = CodeField(codes.phone, label=_("Phone"), required=False)
    email = CodeField(codes.email, label=_("E-mail"), required=False)
    is_active = forms.BooleanField(label=_("Followed"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        contact: Contact | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, record=contact, initial=initial)
        if contact is None:
            del self.fields["is_active"]

    def typed(self) -> ContactInput:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        return ContactInput(**{name: data[name] for name in CONTACT_TYPED if name in data})


def initial_of_customer(customer: Customer) -> dict[str, Any]:
    """What the form shows of the record: on opening it, and beside a stale edit."""
    values = {name: getattr(customer, name) for name in TYPED}
    return values | {"parent": customer.parent_id, "sector": customer.sector_id}


def initial_of_contact(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in CONTACT_TYPED}


def _levels(before: int | None) -> list[tuple[int, Any]]:
    """The district level is history: only a unit that has it keeps it."""
    return [
        (value, label)
        for value, label in Level.choices
        if value != Level.DISTRICT or value == before
    ]
