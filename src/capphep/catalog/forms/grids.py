"""Small grids in forms: units of resources by module, and what begins on some day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from capphep.catalog.models import Module, Resource
from capphep.platform.widgets import DayField

_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class UnitsRow:
    module: Module
    cells: list[BoundField]


class UnitsGrid:
    """How many units of each resource, by module: a number in a cell, or nothing.

    Adds the fields ``units_<module>_<resource>`` to the form.
    """

    def __init__(
        self, form: forms.Form, modules: Iterable[Module], resources: Iterable[Resource]
    ) -> None:
        self.form, self.modules, self.resources = form, list(modules), list(resources)
        for module, resource, name in self._places():
            label = f"{module.name} – {resource.name}"
            attrs = {"inputmode": "numeric", "aria-label": label, "class": "form-control"}
            form.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=_LONGEST_NUMBER,
                widget=forms.TextInput(attrs=attrs | {"autocomplete": "off"}),
            )

    @property
    def rows(self) -> list[UnitsRow]:
        return [
            UnitsRow(module, [self.form[units_name(module.pk, each.pk)] for each in self.resources])
            for module in self.modules
        ]

    def typed(self) -> dict[tuple[int, int], str]:
        data = self.form.cleaned_data
        return {(m.pk, r.pk): data[name] for m, r, name in self._places() if data.get(name)}

    def _places(self) -> list[tuple[Module, Resource, str]]:
        return [
            (module, resource, units_name(module.pk, resource.pk))
            for module in self.modules
            for resource in self.resources
        ]


def units_name(module_id: int, resource_id: int) -> str:
    return f"units_{module_id}_{resource_id}"


class DatedRows:
    """Rows of something with its first day: the fields ``<name>_1`` and ``<name>_from_1`` and on.

    As many as there are, and two empty ones to fill; a row that is emptied goes.
    """

    def __init__(
        self,
        form: forms.Form,
        name: str,
        label: str,
        count: int,
        choices: Sequence[tuple[str, object]] | None = None,
    ) -> None:
        self.form, self.name = form, name
        self.numbers = range(1, self._wanted(count) + 1)
        for number in self.numbers:
            form.fields[f"{name}_{number}"] = _value_field(f"{label} {number}", choices)
            form.fields[f"{name}_from_{number}"] = _day_field(number)

    def _wanted(self, count: int) -> int:
        """As many rows as were sent, where the form was sent with more of them."""
        sent = (int(key.rpartition("_")[2]) for key in self.form.data if _is_row(key, self.name))
        return min(max(count + 2, *sent, 0), 100)

    @property
    def rows(self) -> list[tuple[BoundField, BoundField]]:
        names = [(f"{self.name}_{n}", f"{self.name}_from_{n}") for n in self.numbers]
        return [(self.form[value], self.form[day]) for value, day in names]

    def typed(self) -> list[tuple[str, object]]:
        data = self.form.cleaned_data
        return [
            (data.get(f"{self.name}_{n}") or "", data.get(f"{self.name}_from_{n}"))
            for n in self.numbers
        ]


def _is_row(key: str, name: str) -> bool:
    number = key.removeprefix(f"{name}_")
    return key.startswith(f"{name}_") and number.isdecimal() and len(number) <= 3


def _value_field(label: str, choices: Sequence[tuple[str, object]] | None) -> forms.Field:
    attrs: Mapping[str, str] = {"aria-label": label}
    if choices is None:
        widget = forms.TextInput(
            attrs={**attrs, "class": "form-control", "inputmode": "numeric", "autocomplete": "off"}
        )
        return forms.CharField(
            label=label, required=False, max_length=_LONGEST_NUMBER, widget=widget
        )
    select = forms.Select(attrs={**attrs, "class": "form-select"})
    return forms.ChoiceField(
        label=label, required=False, choices=[("", "–"), *choices], widget=select
    )


def _day_field(number: int) -> DayField:
    label = _("From day %(number)s") % {"number": number}
    field = DayField(label=label, required=False)
    field.widget.attrs |= {"aria-label": label, "class": "form-control"}
    return field
