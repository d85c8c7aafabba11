"""*Tùy chọn*: how one wants to be told, and how the screens look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from capphep.collaboration.actions.preferences import choose
from capphep.collaboration.actions.sorting import has_mail_server
from capphep.collaboration.mail_kinds import kinds_for
from capphep.collaboration.models import MailChoice, MailProfile, MailWhen
from capphep.platform import kept_forms
from capphep.platform.htmx import redirect
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of

_HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class PreferencesForm(forms.Form):
    """One field for each kind of news that concerns the person's role."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the e-mails"), choices=settings.LANGUAGES
    )
    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the daily e-mail"), choices=_HOURS, coerce=int
    )

    def __init__(self, data: Any, *, person: User) -> None:
        profile = MailProfile.objects.filter(person=person).first() or MailProfile(
            language=(get_language() or "")[:2]
        )
        initial = {"language": profile.language, "digest_hour": profile.digest_hour}
        super().__init__(data, initial=initial)
        chosen = dict(MailChoice.objects.filter(person=person).values_list("kind", "when"))
        self.kinds = kinds_for(person.role)
        for kind in self.kinds:
            self.fields[kind.key] = forms.ChoiceField(
                label=kind.label,
                choices=MailWhen.choices,
                initial=chosen.get(kind.key, kind.usual),
                widget=forms.RadioSelect,
            )

    def rows(self) -> list[forms.BoundField]:
        return [self[kind.key] for kind in self.kinds]

    def choices(self) -> dict[str, str]:
        return {kind.key: self.cleaned_data[kind.key] for kind in self.kinds}


def preferences(request: HttpRequest) -> HttpResponse:
    """context: title, form, intro, cancel_url, ways (MailWhen choices), email, has_mail_server."""
    actor = actor_of(request)
    posted = request.POST if request.method == "POST" else kept_forms.take(request)
    form = PreferencesForm(posted, person=actor)
    if request.method == "POST" and form.is_valid():
        choose(
            actor=actor,
            language=form.cleaned_data["language"],
            digest_hour=form.cleaned_data["digest_hour"],
            choices=form.choices(),
        )
        return redirect(request, "collaboration:preferences", message=_("Saved."))
    context = {
        "title": _("Preferences"),
        "form": form,
        "intro": _("Everything is told under the bell; here you choose what is mailed as well."),
        "cancel_url": reverse("shell:home"),
        "ways": MailWhen.choices,
        "email": actor.email,
        "has_mail_server": has_mail_server(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "collaboration/preferences.html", context, status=status)
