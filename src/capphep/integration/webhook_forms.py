"""Forms of the webhook screens; what they may hold is checked by the actions."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from capphep.integration.actions.endpoints import EndpointInput
from capphep.integration.bound_forms import BoundedForm
from capphep.integration.models import BodyFormat, Endpoint
from capphep.platform import clock
from capphep.platform.event_types import TYPES
from capphep.platform.widgets import DayField, Ticks

# The calendar's first and last day have no moment in UTC, or none after them.
_DAYS: Final = (
    MinValueValidator(datetime.date(2000, 1, 1)),
    MaxValueValidator(datetime.date(2999, 12, 31)),
)


class EndpointForm(BoundedForm):
    field_order = ("name", "url", "types")
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("The program that receives the events, such as “CRM”."),
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_(
            "Each event is sent there by POST, signed. It begins with https://. Hosts of your own "
            "network have to be named in CAPPHEP_WEBHOOK_HOSTS first."
        ),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )
    types = forms.MultipleChoiceField(
        label=_("Types of events"),
        choices=list(TYPES.items()),
        required=False,
        widget=Ticks(codes=True),
        help_text=_("Tick none to receive all of them."),
    )
    body_format = forms.ChoiceField(label=_("Format"), choices=BodyFormat.choices)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def typed(self) -> EndpointInput:
        names = ("name", "url", "types", "product", "customer", "body_format")
        return EndpointInput(**{name: self.cleaned_data[name] for name in names})


def values_of(endpoint: Endpoint) -> dict[str, Any]:
    """What the form of an endpoint begins with."""
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "types": endpoint.types,
        "product": endpoint.product_id,
        "customer": endpoint.customer_id,
        "body_format": endpoint.body_format,
        "version": endpoint.version,
    }


class SecretForm(forms.Form):
    overlap = forms.IntegerField(
        label=_("Hours that the old secret goes on"),
        initial=24,
        min_value=0,
        max_value=720,
        help_text=_("Both sign meanwhile: time to put the new one in. 0 ends the old one at once."),
    )

    def overlap_time(self) -> datetime.timedelta:
        return datetime.timedelta(hours=self.cleaned_data["overlap"])


class ResumeForm(forms.Form):
    with_missed = forms.BooleanField(
        label=_("Also send what happened meanwhile, in its order"), required=False, initial=True
    )


class RangeForm(forms.Form):
    first_day = DayField(label=_("From"), initial=clock.today, validators=_DAYS)
    last_day = DayField(label=_("To"), initial=clock.today, validators=_DAYS)
    everything = forms.BooleanField(
        label=_("Also what was delivered already"),
        required=False,
        help_text=_("Each event keeps its id: who has handled it knows it again."),
    )

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "since": clock.start_of(data["first_day"]),
            "until": clock.start_of(data["last_day"] + datetime.timedelta(days=1)),
            "only_missing": not data["everything"],
        }
