"""The form of the licence request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.crm.models import Level, Sector
from capphep.platform.kit import Remark
from capphep.platform.texts import refusal_text
from capphep.platform.widgets import DayField
from capphep.provisioning.information import changes_of
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import RequestKind
from capphep.pure import codes
from capphep.pure.errors import Invalid
from capphep.pure.folding import clean, clean_lines
from capphep.pure.money import format_number, parse_dong

# The customer's own data; what the record lacks is asked for and offered back to it.
OF_CUSTOMER = {
    "unit_tax_code": "tax_code",
    "unit_address": "address",
    "unit_phone": "phone",
    "unit_email": "email",
}

_LARGEST_VERSION = 2**31 - 1


class _MayWait(forms.Field):
    """Required before sending, not for a draft: marked as required, checked by the action."""

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class LineField(forms.CharField):
    """One line of text as it is stored."""

    def clean(self, value: Any) -> str:
        return clean(str(super().clean(value)))


class RequiredLine(_MayWait, LineField):
    pass


class SectorField(_MayWait, forms.ModelChoiceField):  # type: ignore[type-arg]
    pass


class LevelField(_MayWait, forms.TypedChoiceField):
    pass


class NoteField(forms.CharField):
    """Text of several lines, each of them as it is stored."""

    def clean(self, value: Any) -> str:
        return clean_lines(str(super().clean(value)))


class CodeField(forms.CharField):
    """A code that `pure.codes` reads: normalised where it can be, refused at the field (R11)."""

    def __init__(self, read: Callable[[str], str], **options: Any) -> None:
        super().__init__(required=False, **options)
        self._read = read

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return self._read(text) if text else ""
        except Invalid as refusal:
            raise forms.ValidationError(refusal_text(refusal), code=refusal.code) from refusal


class AmountField(forms.CharField):
    """Whole đồng as people write them, or None (R10)."""

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value))
        try:
            return parse_dong(text) if text else None
        except Invalid as refusal:
            raise forms.ValidationError(refusal_text(refusal), code=refusal.code) from refusal

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, int) else value


class DecisionForm(forms.Form):
    """What a funding decision says of itself; nothing has to be known."""

    version = forms.IntegerField(min_value=0, max_value=_LARGEST_VERSION, widget=forms.HiddenInput)
    number = LineField(label=_("Decision number"), max_length=50, required=False)
    issued_on = DayField(label=_("Decision date"), required=False)
    issuer = LineField(label=_("Issued by"), max_length=250, required=False)
    amount = AmountField(
        label=_("Amount of the decision"),
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )

    def __init__(
        self,
        record: Evidence,
        data: Mapping[str, Any] | None = None,
        *,
        suggested: Mapping[str, Any] | None = None,
    ) -> None:
        """``suggested`` stands in the fields of which the record knows nothing."""
        known = decision_initial(record)
        read = {name: value for name, value in (suggested or {}).items() if value}
        read = {name: value for name, value in read.items() if known[name] in ("", None)}
        super().__init__(data, initial=known | read)
        for name in read:
            self.fields[name].help_text = _("Read from the file: please check it.")

    @property
    def seen_version(self) -> int:
        return int(self.cleaned_data["version"])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it; after `is_valid`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def decision_initial(record: Evidence) -> dict[str, Any]:
    """What the form shows of the record."""
    return {name: getattr(record, name) for name in DecisionForm.base_fields}


class RequestForm(forms.Form):
    """What a person types into a draft; everything may be missing, nothing may be malformed."""

    version = forms.IntegerField(min_value=0, max_value=_LARGEST_VERSION, widget=forms.HiddenInput)
    sector = SectorField(Sector.objects.all(), label=_("Sector"), empty_label=_("Choose…"))
    level = LevelField(label=_("Level"), coerce=int, empty_value=None)
    start_on = DayField(
        label=_("First day asked for"),
        required=False,
        help_text=_("Empty: the day of the approval."),
        error_messages={"invalid": _("Write the day as dd/mm/yyyy.")},
    )
    note = NoteField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    unit_name = RequiredLine(label=_("Unit name"), max_length=250)
    unit_tax_code = CodeField(codes.tax_code, label=_("Tax code"))
    unit_chapter_code = CodeField(codes.chapter_code, label=_("Chapter"))
    unit_address = LineField(label=_("Address"), max_length=250, required=False)
    unit_phone = CodeField(codes.phone, label=_("Phone number"), widget=forms.TelInput)
    unit_email = CodeField(codes.email, label=_("E-mail address"), widget=forms.EmailInput)
    admin_name = RequiredLine(label=_("Full name"), max_length=150)
    admin_position = LineField(label=_("Position"), max_length=100, required=False)
    admin_phone = CodeField(codes.phone, label=_("Phone number"), widget=forms.TelInput)
    admin_email = CodeField(codes.email, label=_("E-mail address"), widget=forms.EmailInput)
    write_back = forms.BooleanField(label=_("Save new data to the customer record"), required=False)

    not_of_kind: ClassVar[Sequence[str]] = ("unit_chapter_code",)

    def __init__(self, record: LicenceRequest, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial_of(record))
        # What an officer said of the fields when returning the request.
        self.remarks: Mapping[str, Remark] = {}
        for name in self.not_of_kind:
            del self.fields[name]
        level = self.fields["level"]
        assert isinstance(level, LevelField)
        level.choices = [("", _("Choose…")), *_levels(record)]
        for name, own in OF_CUSTOMER.items():
            if not getattr(record.customer, own):
                self.fields[name].help_text = _("The customer record does not have it yet.")

    def is_multipart(self) -> bool:
        """The evidence inputs stand in the same form."""
        return True

    @property
    def seen_version(self) -> int:
        return int(self.cleaned_data["version"])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the actions take it; after `is_valid`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class InfoChangeForm(RequestForm):
    """What may change of a unit and its administrator; each field says what is known now."""

    not_of_kind = ("start_on", "write_back")

    def __init__(self, record: LicenceRequest, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        for change in changes_of(record):
            _then, before, _after = change.texts
            self.fields[change.field].help_text = _("Now: %(value)s") % {"value": before or "–"}
        for name in ("sector", "admin_name"):
            self.fields[name].required = False


def form_of(record: LicenceRequest, data: Mapping[str, Any] | None = None) -> RequestForm:
    """The form of the request's kind."""
    is_info_change = record.kind == RequestKind.INFO_CHANGE
    return (InfoChangeForm if is_info_change else RequestForm)(record, data)


def initial_of(record: LicenceRequest) -> dict[str, Any]:
    """What the form shows of the record."""
    return {name: getattr(record, name) for name in RequestForm.base_fields}


def _levels(record: LicenceRequest) -> list[tuple[int, Any]]:
    """The levels of today; the district only where it is what stands there already."""
    return [
        (value, label)
        for value, label in Level.choices
        if value != Level.DISTRICT or record.level == Level.DISTRICT
    ]
