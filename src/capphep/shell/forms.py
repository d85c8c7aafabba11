"""Forms of the user accounts; what they may hold is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.platform.models import Team, User
from capphep.platform.widgets import Suggesting
from capphep.shell.user_rules import UserInput


def _line(
    label: Any, longest: int, *, required: bool = True, help_text: Any = "", **attrs: str
) -> forms.CharField:
    widget = forms.TextInput({"maxlength": longest, "autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget)


def _password(label: Any, help_text: Any) -> forms.CharField:
    """Not hidden: an administrator reads it out to somebody else."""
    return _line(label, 128, help_text=help_text, spellcheck="false", autocapitalize="none")


def _teams() -> list[str]:
    found = Team.objects.filter(is_active=True).order_by("sort_key", "id")
    return list(found.values_list("name", flat=True))


class UserForm(forms.Form):
    """An account. ``version`` is the one that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    full_name = _line(_("Full name"), 150)
    email = _line(_("E-mail"), 254, required=False, inputmode="email")
    username = _line(_("User name"), 60, autocapitalize="none", spellcheck="false")
    role = forms.ChoiceField(label=_("Role"))
    team = forms.CharField(
        label=_("Team"),
        required=False,
        help_text=_("A name that no team has yet makes a new team."),
        widget=Suggesting(_teams, {"maxlength": 100}),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    password = _password(
        _("First password"),
        _("Tell it to the person, who then chooses another. Empty: you hand over a link instead."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [("", _("Choose a role")), *User._meta.get_field("role").flatchoices]
        if not is_new:
            del self.fields["password"]
        else:
            self.fields["password"].required = False

    def typed(self) -> UserInput:
        names = ("username", "full_name", "email", "role", "team", "is_active")
        return UserInput(**{name: self.cleaned_data[name] for name in names})


class PasswordForm(forms.Form):
    password = _password(
        _("New password"), _("Tell it to the person. At least 10 characters, not only digits.")
    )


def initial_of(user: User) -> dict[str, Any]:
    """What the form shows of the account."""
    names = ("version", "username", "full_name", "email", "role", "is_active")
    return {name: getattr(user, name) for name in names} | {
        "team": user.team.name if user.team else ""
    }
