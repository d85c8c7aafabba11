"""The forms of the desk: decisions, who handles what, the day that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capphep.ims.models import Absence
from capphep.ims.queries.absences import officers
from capphep.platform.models import User
from capphep.platform.roles import Permission, may
from capphep.platform.widgets import DayField
from capphep.pure.folding import clean

_LONGEST = 2000


class Reason(forms.CharField):
    """A text that says something: invisible characters alone do not."""

    def to_python(self, value: Any) -> str:
        return clean(str(super().to_python(value)))


class RejectForm(forms.Form):
    reason = Reason(
        label=_("Reason"),
        max_length=_LONGEST,
        help_text=_("The salesperson reads it on the request."),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )


class WithdrawForm(forms.Form):
    """*Thu hồi cấp phép*; ``force_reason`` is asked for where more is in use than would remain."""

    from_day = DayField(label=_("Withdrawn from"))
    reason = Reason(
        label=_("Reason"),
        max_length=_LONGEST,
        help_text=_("The salesperson reads it on the request and on the order."),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    force_reason = Reason(
        label=_("Why nevertheless"),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, preview_url: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Another day has other numbers.
        self.fields["from_day"].widget.attrs |= {
            "hx-post": preview_url,
            "hx-trigger": "change",
            "hx-target": "#withdrawal-preview",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
        }


class DeclineForm(forms.Form):
    """Why a withdrawal does not happen; who proposed it need not say."""

    reason = Reason(
        label=_("Reason"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not is_own


class OnDayForm(forms.Form):
    """``?ngay=2026-11-25``: the day for which something is shown, today where it is missing."""

    ngay = DayField(
        label=_("Day"),
        required=False,
        error_messages={"invalid": _("This is not a day. Write it as 25/11/2026.")},
    )


if TYPE_CHECKING:
    OfficerChoice = forms.ModelChoiceField[User]
else:
    OfficerChoice = forms.ModelChoiceField


class OfficerField(OfficerChoice):
    """An active officer; who is away is marked with the days and with who stands in."""

    away: Mapping[int, Absence] = {}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), empty_label=_("Choose an officer"), **kwargs)

    def label_from_instance(self, obj: User) -> str:
        absence = self.away.get(obj.pk)
        if not absence:
            return obj.full_name
        text = gettext("%(who)s – away until %(last)s, %(substitute)s stands in")
        return text % {
            "who": obj.full_name,
            "last": f"{absence.last_day:%d/%m/%Y}",
            "substitute": absence.substitute.full_name,
        }


class AbsenceForm(forms.Form):
    """*Vắng mặt và người thay*; an administrator also chooses whose it is."""

    officer = OfficerField(label=_("Officer"))
    substitute = OfficerField(label=_("Substitute"))
    first_day = DayField(label=_("First day away"))
    last_day = DayField(label=_("Last day away"))

    def __init__(self, actor: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor
        for name in ("officer", "substitute"):
            field = self.fields[name]
            assert isinstance(field, OfficerField)
            # An officer enters their own, and nobody stands in for themselves.
            field.queryset = officers().exclude(pk=actor.pk)
        if not may(actor, Permission.USER_WRITE):
            del self.fields["officer"]

    def values(self) -> dict[str, Any]:
        """What the action takes, once the form is valid."""
        cleaned = self.cleaned_data
        return {
            "officer_id": cleaned.get("officer", self._actor).pk,
            "substitute_id": cleaned["substitute"].pk,
            "first_day": cleaned["first_day"],
            "last_day": cleaned["last_day"],
        }


class AssignForm(forms.Form):
    """*Giao cho…*; ``seen`` is who had the request when the dialog opened."""

    officer = OfficerField(label=_("Officer"))
    although_absent = forms.BooleanField(
        label=_("Give it to who is away nevertheless"), required=False
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, away: Mapping[int, Absence], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officer"]
        assert isinstance(field, OfficerField)
        field.away, field.queryset = away, officers()
        field.widget.attrs["autofocus"] = True
        self.absence: Absence | None = None

    def refuse(self, text: str) -> None:
        """Show why not; where the officer is away, who stands in can be chosen at once."""
        officer: User = self.cleaned_data["officer"]
        field = self.fields["officer"]
        assert isinstance(field, OfficerField)
        self.absence = field.away.get(officer.pk)
        self.add_error("officer", text)
