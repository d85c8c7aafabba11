"""What forms of records have in common: codes read by the rules, the version, the form's token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from capphep.platform.texts import refusal_text, show_refusals
from capphep.pure.errors import Invalid, Invalids, Refusal

_LARGEST_VERSION = 2**31 - 1


class CodeField(forms.CharField):
    """A text that a rule reads and normalises; what the rule refuses stands at the field."""

    def __init__(self, read: Callable[[str], str], **options: Any) -> None:
        self.read = read
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return self.read(text) if text else ""
        except Invalid as refusal:
            raise ValidationError(refusal_text(refusal), code=refusal.code) from refusal


class RecordForm(forms.Form):
    """A form that edits ``record`` carries its version; one that makes a record, a token.

    The version tells the later of two editors; the token makes a form sent twice enter one
    record.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        record: Model | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        hidden = forms.HiddenInput
        if record is None:
            self.fields["token"] = forms.UUIDField(required=False, widget=hidden, initial=uuid4)
        else:
            version: int = record.version  # type: ignore[attr-defined]
            self.fields["version"] = forms.IntegerField(
                min_value=0, max_value=_LARGEST_VERSION, widget=hidden, initial=version
            )

    def show(self, refused: Refusal | Invalids) -> None:
        """Put each refusal at its field; one without a field of this form on top."""
        refusals = refused.refusals if isinstance(refused, Invalids) else [refused]
        show_refusals(self, refusals)


def key_of(record: Model | None) -> int | None:
    """The primary key of a chosen record."""
    return record.pk if record is not None else None
