"""The forms of activities."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.collaboration.actions.activities import ActivityInput
from capphep.collaboration.models import Activity, ActivityKind
from capphep.collaboration.records import Talked
from capphep.platform.models import User
from capphep.platform.widgets import DayField, Picker


class ActivityForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=ActivityKind.choices, initial=ActivityKind.CALL
    )
    subject = forms.CharField(
        label=_("What to do"), widget=forms.TextInput(attrs={"autofocus": True, "maxlength": 200})
    )
    due_on = DayField(label=_("Due on"))
    assignee = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        label=_("Assignee"),
        widget=Picker("collaboration:todo"),
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None, *, record: Talked, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        url = reverse("collaboration:colleagues", args=[record.type.value, record.pk])
        self.fields["assignee"].widget.attrs["data-picker-url"] = f"{url}?by=id"

    def typed(self) -> ActivityInput:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        return ActivityInput(
            kind=data["kind"],
            subject=data["subject"],
            due_on=data["due_on"],
            assignee_id=data["assignee"].pk,
            note=data["note"],
        )


def initial_of(activity: Activity) -> dict[str, Any]:
    return {
        "kind": activity.kind,
        "subject": activity.subject,
        "due_on": activity.due_on,
        "assignee": activity.assignee_id,
        "note": activity.note,
        "version": activity.version,
    }


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=_("Outcome"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    is_dropped = forms.BooleanField(label=_("It will not be done"), required=False)
