"""Refusals in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext

from capphep.pure.errors import Label, Refusal


def refusal_text(refusal: Refusal) -> str:
    """The refusal's sentence in the active language, its parameters filled in."""
    params = {
        name: gettext(value) if isinstance(value, Label) else value
        for name, value in refusal.params.items()
    }
    text = gettext(refusal.message)
    return text % params if params else text


def show_refusals(
    form: forms.Form, refusals: Iterable[Refusal], *, names: Mapping[str, str] | None = None
) -> None:
    """Put each refusal at its field, or on top of the form.

    ``names`` says, by the domain's field, what the form calls it where it calls it otherwise.
    """
    for refusal in refusals:
        field = (names or {}).get(refusal.field, refusal.field)
        form.add_error(field if field in form.fields else None, refusal_text(refusal))
