"""Form widgets of the kit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.urls import reverse_lazy

_KEY = re.compile(r"[0-9]{1,18}", re.ASCII)


class Picker(forms.Select):
    """A select that asks the server while the person types; it renders only what is chosen.

    ``url`` answers ``GET ?q=…`` with ``{"results": [{"value", "text", "code", "name",
    "note", "reason"}]}``: at most 20, best first. A ``reason`` says why a row cannot be
    chosen. For a ModelChoiceField over a table of any length.
    """

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-picker-url": reverse_lazy(url_name), **(attrs or {})})

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The input that the script makes: a quick person must not meet the bare select."""
        return f"{id_}-ts-control"

    def optgroups(
        self, name: str, value: list[str], attrs: dict[str, Any] | None = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        choices = self.choices
        # What a hand-written request may carry instead of a key names no record.
        chosen = [each for each in value if _KEY.fullmatch(str(each))]
        if isinstance(choices, ModelChoiceIterator):
            field = choices.field
            records = choices.queryset.filter(pk__in=chosen) if chosen else ()
            self.choices = [("", ""), *(self._option(field, record) for record in records)]
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = choices

    @staticmethod
    def _option(field: Any, record: Any) -> tuple[Any, str]:
        return field.prepare_value(record), field.label_from_instance(record)


class Ticks(forms.CheckboxSelectMultiple):
    """Several choices to tick, side by side where there is room.

    ``codes``: each with its value, for those who know them by that.
    """

    template_name = "platform/widgets/ticks.html"

    def __init__(self, *, codes: bool = False) -> None:
        super().__init__()
        self.codes = codes

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["codes"] = self.codes
        return context


class Suggesting(forms.TextInput):
    """A text that offers what is ``known``, and takes other words too; it is asked once a page."""

    template_name = "platform/widgets/suggesting.html"

    def __init__(
        self,
        known: Iterable[str] | Callable[[], Iterable[str]],
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.known = known

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        own["list"] = f"{own.get('id', name)}-known"
        return {**context, "known": self.known() if callable(self.known) else self.known}


class DayInput(forms.DateInput):
    """A day written dd/mm/yyyy, with a calendar beside it."""

    input_type = "text"
    template_name = "platform/widgets/day.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        hints = {
            "data-day": "",
            "inputmode": "numeric",
            "placeholder": "dd/mm/yyyy",
            "autocomplete": "off",
        }
        super().__init__({**hints, **(attrs or {})}, format="%d/%m/%Y")


class DayField(forms.DateField):
    """A `DateField` with the kit's widget; it reads 1/2/2026, 01022026, 2026-02-01."""

    widget = DayInput
    input_formats = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y")
