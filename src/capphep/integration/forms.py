"""Forms of the integration screens; what they may hold is checked by the actions."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.integration.actions.tokens import NewToken
from capphep.integration.bound_forms import BoundedForm
from capphep.integration.models import ApiToken
from capphep.platform import clock
from capphep.platform.api import Scope
from capphep.platform.models import User
from capphep.platform.widgets import DayField, Ticks


def _in_a_year() -> datetime.date:
    return clock.today() + datetime.timedelta(days=365)


class _Actor(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A user with the role, which decides what the token may do."""

    def label_from_instance(self, user: Any) -> str:
        return f"{user.full_name} – {user.get_role_display()}"


class TokenForm(BoundedForm):
    field_order = ("name", "user", "scopes")
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("The program that will use it, such as “iGOV” or “CRM”."),
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    user = _Actor(
        User.objects.none(),
        label=_("Acts as"),
        empty_label=_("Choose a user"),
        help_text=_("The token never does more than this user may."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=Ticks(codes=True)
    )
    expires_on = DayField(
        label=_("Expires"), initial=_in_a_year, help_text=_("It works until the end of that day.")
    )
    per_minute = forms.IntegerField(
        label=_("Requests a minute"), initial=600, min_value=1, max_value=1_000_000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users = User.objects.filter(is_active=True).order_by("sort_key", "id")
        self.fields["user"].queryset = users  # type: ignore[attr-defined]

    def wanted(self) -> NewToken:
        data = self.cleaned_data
        return NewToken(
            name=data["name"],
            user=data["user"],
            scopes=data["scopes"],
            expires_at=clock.end_of(data["expires_on"]),
            product=data["product"],
            customer=data["customer"],
            per_minute=data["per_minute"],
        )


class RotateForm(forms.Form):
    overlap = forms.IntegerField(
        label=_("Days that the old token goes on"),
        initial=7,
        min_value=0,
        max_value=90,
        help_text=_("Time to put the new one into the program. 0 ends the old one at once."),
    )
    expires_on = DayField(label=_("The new one expires"), initial=_in_a_year)

    def __init__(self, token: ApiToken, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token = token

    def values(self) -> dict[str, Any]:
        return {
            "token_id": self.token.pk,
            "overlap": datetime.timedelta(days=self.cleaned_data["overlap"]),
            "expires_at": clock.end_of(self.cleaned_data["expires_on"]),
        }
