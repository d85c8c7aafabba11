"""The forms of a template and of the letterhead; what texts may hold is decided in the actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.paper.actions import MOST_COPIES, Wanted
from capphep.paper.kinds import PaperKind
from capphep.paper.layouts import LAYOUTS
from capphep.paper.letterheads import FACTS
from capphep.paper.models import Letterhead, PaperTemplate
from capphep.paper.rules import LONGEST
from capphep.platform.widgets import Ticks


class TemplateForm(forms.Form):
    """A template. ``version`` is the one that the person saw, 0 before the first change."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name of the template"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Such as: for schools."),
    )
    copies = forms.IntegerField(
        label=_("Copies to be signed"),
        min_value=1,
        max_value=MOST_COPIES,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    has_motto = forms.BooleanField(label=_("National motto"), required=False)
    columns = forms.MultipleChoiceField(
        label=_("Columns of the table"), required=False, widget=Ticks()
    )

    def __init__(self, kind: PaperKind, *args: Any, is_standard: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, layout = kind, LAYOUTS[kind]
        if is_standard:
            del self.fields["name"]
        chosen = self.fields["columns"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(each.key, each.label) for each in layout.columns if not each.is_fixed]
        for each in layout.texts:
            rows = min(8, max(2, each.default.count("\n") * 2 + 2))
            long = forms.Textarea({"rows": rows, "maxlength": LONGEST})
            self.fields[each.name] = forms.CharField(
                label=each.label,
                required=False,
                strip=False,
                widget=long if each.is_long else forms.TextInput({"maxlength": 500}),
            )

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return [self[each.name] for each in LAYOUTS[self.kind].texts]

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        return Wanted(
            name=data.get("name", ""),
            texts={each.name: data.get(each.name, "") for each in LAYOUTS[self.kind].texts},
            columns=data["columns"],
            copies=data["copies"],
            has_motto=data["has_motto"],
        )


def initial_of(template: PaperTemplate) -> dict[str, Any]:
    layout = LAYOUTS[PaperKind(template.kind)]
    columns = layout.default_columns if template.columns is None else template.columns
    fixed = {each.key for each in layout.columns if each.is_fixed}
    return {
        "version": template.version,
        "name": template.name,
        "copies": template.copies,
        "has_motto": template.has_motto,
        "columns": [key for key in columns if key not in fixed],
        **{each.name: template.texts.get(each.name, each.default) for each in layout.texts},
    }


class LetterheadForm(forms.Form):
    """The vendor on every paper. ``version`` is the one that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FACTS:
            field: Any = Letterhead._meta.get_field(name)
            self.fields[name] = field.formfield()
        self.fields["logo_file"] = forms.FileField(
            label=_("Logo"),
            required=False,
            help_text=_("PNG or JPEG; it stands above the vendor's name."),
            widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
        )
        self.fields["without_logo"] = forms.BooleanField(
            label=_("Print without the logo"), required=False
        )

    def facts(self) -> Mapping[str, str]:
        return {name: self.cleaned_data[name] for name in FACTS}


def letterhead_initial(letterhead: Letterhead) -> dict[str, Any]:
    return {"version": letterhead.version, **{name: getattr(letterhead, name) for name in FACTS}}
