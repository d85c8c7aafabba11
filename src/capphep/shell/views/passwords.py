"""The own password: chosen by a link the first time, changed by whoever is signed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.platform.htmx import redirect
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.pure.errors import Invalids
from capphep.shell import account_actions


def _hidden(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete, "maxlength": 128})
    return forms.CharField(label=label, help_text=help_text, strip=False, widget=widget)


class ChosenPasswordForm(forms.Form):
    password = _hidden(
        gettext_lazy("New password"),
        "new-password",
        gettext_lazy("At least 10 characters, not only digits."),
    )
    again = _hidden(gettext_lazy("The same again"), "new-password")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "again" in typed and typed["again"] != typed.get("password"):
            self.add_error("again", _("This is not the same."))
        return typed


class OwnPasswordForm(ChosenPasswordForm):
    current = _hidden(gettext_lazy("Present password"), "current-password")
    field_order = ("current", "password", "again")


def own_password(request: HttpRequest) -> HttpResponse:
    """context: title, intro, form."""
    actor, form = actor_of(request), OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_theirs(request, form):
        try:
            changed = account_actions.change_own_password(
                actor=actor,
                current=form.cleaned_data["current"],
                password=form.cleaned_data["password"],
            )
        except Invalids as found:
            show_refusals(form, found.refusals)
        else:
            # This session goes on; every other one of theirs has ended.
            update_session_auth_hash(request, changed)
            return redirect(request, "shell:home", message=_("The new password is set."))
    intro = _("Somebody else chose your password: choose one that only you know.")
    context = {
        "title": _("Change the password"),
        "intro": intro if actor.must_change_password else "",
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "platform/form.html", context, status=status)


def _is_theirs(request: HttpRequest, form: OwnPasswordForm) -> bool:
    """Wrong ones count as failed sign-ins do: as many of them lock, be the next one right (429)."""
    current = form.cleaned_data["current"]
    if authenticate(request, username=actor_of(request).username, password=current):
        return True
    form.add_error("current", _("This is not your present password."))
    return False


def welcome(request: HttpRequest, user_id: int, token: str) -> HttpResponse:
    """context: title, form, person (User)."""
    person = account_actions.invited(user_id, token)
    form = ChosenPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account_actions.accept_invitation(
                user_id=user_id, token=token, password=form.cleaned_data["password"]
            )
        except Invalids as found:
            show_refusals(form, found.refusals)
        else:
            return redirect(request, "login", message=_("The new password is set."))
    context = {"title": _("Choose your password"), "form": form, "person": person}
    status = 422 if request.method == "POST" else 200
    return render(request, "shell/welcome.html", context, status=status)
