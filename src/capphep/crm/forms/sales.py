"""The forms of opportunities and sales projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.crm.models import Customer, Opportunity, SalesProject
from capphep.crm.queries.customers import visible_customers
from capphep.crm.sales_rules import OpportunityInput, ProjectInput
from capphep.platform.record_forms import CodeField, RecordForm, key_of
from capphep.platform.roles import Actor
from capphep.platform.widgets import DayField, Picker
from capphep.pure.money import format_number, parse_dong


def _amount(text: str) -> str:
    """RULE R10: an amount as it is written here."""
    return format_number(parse_dong(text))


class OpportunityForm(RecordForm):
    customer = forms.ModelChoiceField(
        Customer.objects.none(), label=_("Customer"), widget=Picker("crm:customer_picker")
    )
    name = forms.CharField(label=_("Opportunity name"))
    project = forms.ModelChoiceField(
        SalesProject.objects.none(),
        label=_("Sales project"),
        required=False,
        widget=Picker("crm:project_picker"),
    )
    expected_amount = CodeField(
        _amount,
        label=_("Expected amount"),
        required=False,
        help_text=_("Whole đồng"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    expected_on = DayField(label=_("Expected on"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        actor: Actor,
        opportunity: Opportunity | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, record=opportunity, initial=initial)
        customer, project = self.fields["customer"], self.fields["project"]
        assert isinstance(customer, forms.ModelChoiceField)
        assert isinstance(project, forms.ModelChoiceField)
        customer.queryset = visible_customers(actor)
        if opportunity is not None:
            customer.queryset |= Customer.objects.filter(pk=opportunity.customer_id)
        project.queryset = SalesProject.objects.all()

    def typed(self) -> OpportunityInput:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        return OpportunityInput(
            name=data["name"],
            customer_id=key_of(data["customer"]),
            project_id=key_of(data["project"]),
            expected_amount=data["expected_amount"],
            expected_on=data["expected_on"],
            note=data["note"],
        )


class ProjectForm(RecordForm):
    code = forms.CharField(label=_("Project code"))
    name = forms.CharField(label=_("Project name"))
    first_day = DayField(label=_("From"), required=False)
    last_day = DayField(label=_("To"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def typed(self) -> ProjectInput:
        """What the valid form says, for the action."""
        return ProjectInput(**{name: self.cleaned_data[name] for name in PROJECT_NAMES})


PROJECT_NAMES = ("code", "name", "first_day", "last_day", "note")


def initial_of_opportunity(opportunity: Opportunity) -> dict[str, Any]:
    """What the form shows of the record: on opening it, and beside a stale edit."""
    amount = opportunity.expected_amount
    return {
        "customer": opportunity.customer_id,
        "name": opportunity.name,
        "project": opportunity.project_id,
        "expected_amount": "" if amount is None else format_number(amount),
        "expected_on": opportunity.expected_on,
        "note": opportunity.note,
    }


def initial_of_project(project: SalesProject) -> dict[str, Any]:
    return {name: getattr(project, name) for name in PROJECT_NAMES}
