"""Refusals in the reader's language."""

from __future__ import annotations

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
