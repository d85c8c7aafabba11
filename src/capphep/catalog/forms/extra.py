"""The additional information of one module: what the (+) dialog asks, and its preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from capphep.catalog.schemas import ExtraField
from capphep.platform.texts import show_refusals
from capphep.platform.widgets import DayInput
from capphep.pure.errors import Refusal


class ExtraForm(forms.Form):
    """The additional information of one module, made from its schema.

    It checks nothing: the action does, and `show` puts what it refuses at the fields.
    """

    prefix = "extra"
    cleaned_data: dict[str, Any]

    def __init__(
        self,
        fields: Sequence[ExtraField],
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, object],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields = {field.name: _field(field) for field in fields}

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data = {}

    @property
    def values(self) -> dict[str, str]:
        return {name: str(self[name].value() or "") for name in self.fields}

    def show(self, refusals: Sequence[Refusal]) -> None:
        """Put each refusal at its field."""
        show_refusals(self, refusals)


def _field(field: ExtraField) -> forms.Field:
    options: dict[str, Any] = {"label": field.label, "help_text": field.help}
    if field.kind == "choice":
        choices = [("", _("Choose…")), *field.choices]
        made: forms.Field = forms.ChoiceField(choices=choices, **options)
    else:
        made = forms.CharField(widget=_widget(field), **options)
    made.required = field.required
    return made


def _widget(field: ExtraField) -> forms.Widget:
    if field.kind == "date":
        return DayInput()
    if field.kind in ("number", "budget_code"):
        return forms.TextInput({"inputmode": "numeric"})
    return forms.EmailInput() if field.is_email else forms.TextInput()
