"""The form that loads a catalogue file."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.catalog.yaml_nodes import MAX_BYTES

_SHOWN_LINES: Final = 24


class LoadForm(forms.Form):
    """A catalogue file, or its text: a file that had mistakes comes back as text to correct."""

    file = forms.FileField(
        label=_("Catalogue file"),
        required=False,
        allow_empty_file=True,
        help_text=_("A YAML file. It is loaded instead of the text below."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    text = forms.CharField(
        label=_("Catalogue text"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": _SHOWN_LINES, "spellcheck": "false", "data-catalogue-text": ""}
        ),
    )

    def clean(self) -> dict[str, Any] | None:
        file = self.cleaned_data.get("file")
        if file is None and not self.cleaned_data.get("text", "").strip():
            self.add_error("file", _("Choose a file or type the catalogue."))
        return super().clean()

    def content(self) -> bytes:
        """What to load, read no further than a catalogue may be long."""
        file = self.cleaned_data.get("file")
        if file is not None:
            return bytes(file.read(MAX_BYTES + 1))
        return str(self.cleaned_data["text"]).encode(errors="replace")
