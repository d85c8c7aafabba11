"""The form of a return: what has to be changed, in general and at each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

_LONGEST = 2000
# Before the name of the field that a comment is about.
ON: Final = "on-"


class ReturnForm(forms.Form):
    """What has to be changed: in general, and at each field of the request."""

    comment = forms.CharField(
        label=_("In general"),
        max_length=_LONGEST,
        required=False,
        help_text=_(
            "Here or at any of the fields below; the salesperson reads it where you write it."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, names: Mapping[str, str], data: Mapping[str, Any] | None = None) -> None:
        """``names`` are the labels of what may be commented on, by field."""
        super().__init__(data)
        for name, label in names.items():
            self.fields[f"{ON}{name}"] = _comment_field(label)

    @property
    def comments(self) -> dict[str, str]:
        """What was said by field, after `is_valid`; some of it may be empty."""
        return {
            name.removeprefix(ON): text
            for name, text in self.cleaned_data.items()
            if name.startswith(ON)
        }


def _comment_field(label: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 1, "class": "form-control", "placeholder": _("Comment")})
    return forms.CharField(label=label, max_length=_LONGEST, required=False, widget=widget)
