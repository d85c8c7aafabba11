"""The forms of the desk: a rejection, the day on which a subscription is looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.platform.widgets import DayField
from capphep.pure.folding import clean

_LONGEST = 2000


class Reason(forms.CharField):
    """A text that says something: invisible characters alone do not."""

    def to_python(self, value: Any) -> str:
        return clean(str(super().to_python(value)))


class RejectForm(forms.Form):
    reason = Reason(
        label=_("Reason"),
        max_length=_LONGEST,
        help_text=_("The salesperson reads it on the request."),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )


class OnDayForm(forms.Form):
    """``?ngay=2026-11-25``: the day for which something is shown, today where it is missing."""

    ngay = DayField(
        label=_("Day"),
        required=False,
        error_messages={"invalid": _("This is not a day. Write it as 25/11/2026.")},
    )
