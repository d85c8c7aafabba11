"""*Mẫu tin nhắn*: the texts of e-mails that administrators change, seen by auditors too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from capphep.collaboration.messages import DIGEST, NOTICES
from capphep.identity.messages import INVITATION
from capphep.platform import kept_forms, message_actions, message_rules
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import history_of
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.list_filters import is_key
from capphep.platform.messages import Message, composed
from capphep.platform.models import MessageText
from capphep.platform.roles import Permission, may, require, require_overseer
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text, show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids, NotFound, gettext_noop

MESSAGES: Final[Sequence[Message]] = (INVITATION, NOTICES, DIGEST)
_LANGUAGES: Final = dict(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class ShownText:
    """A message in one language: what counts, and who wrote it (None: the default counts)."""

    language: str
    language_name: str
    subject: str
    record: MessageText | None
    url: str


@dataclass(frozen=True, slots=True)
class ShownMessage:
    message: Message
    texts: Sequence[ShownText]


def message_list(request: HttpRequest) -> HttpResponse:
    """context: title, shown (ShownMessage), may_change."""
    require_overseer(actor_of(request))
    rows = MessageText.objects.exclude(body="").select_related("updated_by")
    records = {(one.key, one.language): one for one in rows}
    shown = [
        ShownMessage(one, [_shown(one, code, records.get((one.key, code))) for code in _LANGUAGES])
        for one in MESSAGES
    ]
    may_change = may(actor_of(request), Permission.SETTING_WRITE)
    context = {"title": _("Message texts"), "shown": shown, "may_change": may_change}
    return render(request, "shell/messages.html", context)


def _shown(message: Message, language: str, record: MessageText | None) -> ShownText:
    subject = record.subject if record else message.default(language)[0]
    url = reverse("shell:message", args=[message.key, language])
    return ShownText(language, _LANGUAGES[language], subject, record, url)


class MessageForm(forms.Form):
    """One message in one language. ``version`` is the one that the person saw, 0 for none."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 16}),
        help_text=gettext_lazy(
            "A paragraph in which a placeholder has nothing to say is left out."
        ),
    )


def message(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """context: as `_page`."""
    require(actor_of(request), Permission.SETTING_WRITE)
    found = _message_of(key, language)
    record = MessageText.objects.filter(key=key, language=language).first()
    if request.method != "POST":
        typed = kept_forms.take(request)
        return _page(
            request, found, language, MessageForm(typed, initial=_initial(found, record, language))
        )
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, found, language, form, status=422)
    try:
        message_actions.edit_message(
            actor=actor_of(request),
            message=found,
            language=language,
            seen_version=form.cleaned_data["version"] or 0,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
        )
    except Invalids as refused:
        show_refusals(form, refused.refusals)
        return _page(request, found, language, form, status=422)
    except Stale:
        fresh = MessageText.objects.select_related("updated_by").get(key=key, language=language)
        conflict = stale_edit(form, fresh, theirs=_initial(found, fresh, language))
        return _page(request, found, language, form, conflict=conflict, status=409)
    return redirect(request, "shell:message", key, language, message=_("Saved."))


def _message_of(key: str, language: str) -> Message:
    """Raises NotFound ``message_not_found``."""
    for one in MESSAGES:
        if one.key == key and language in _LANGUAGES:
            return one
    raise NotFound("message_not_found", gettext_noop("There is no such message."))


def _initial(found: Message, record: MessageText | None, language: str) -> dict[str, object]:
    is_own = record is not None and record.body
    subject, body = (record.subject, record.body) if record and is_own else found.default(language)
    return {"version": record.version if record else 0, "subject": subject, "body": body}


def _page(
    request: HttpRequest,
    found: Message,
    language: str,
    form: MessageForm,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    """context: title, form, band, message, samples as [(Placeholder, text)], preview_url,
    conflict, entries.
    """
    record = MessageText.objects.filter(key=found.key, language=language).first()
    samples = found.samples(language)
    context = {
        "title": found.label,
        "form": form,
        "band": _band(found, language, record),
        "message": found,
        "samples": [(one, message_rules.text_of(samples[one.name])) for one in found.placeholders],
        "preview_url": reverse("shell:message_preview", args=[found.key, language]),
        "conflict": conflict,
        "entries": history_of(record) if record else [],
    }
    return render(request, "shell/message.html", context, status=status)


def _band(found: Message, language: str, record: MessageText | None) -> HeaderBand:
    is_own = record is not None and bool(record.body)
    back = reverse("shell:message_default", args=[found.key, language])
    return HeaderBand(
        title=str(found.label),
        subtitle=str(_LANGUAGES[language]),
        status=Status(_("Changed"), "info") if is_own else Status(_("Default"), "gone"),
        primary=MenuItem(_("Save"), "record-form", "submit", icon="device-floppy"),
        actions=[MenuItem(_("Back to the default"), back, "dialog", "refresh")] if is_own else [],
        back_url=reverse("shell:message_list"),
        back_label=_("Message texts"),
    )


@require_POST
def message_preview(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """The letter with what is typed and sample data. context: letter, shown (its HTML),
    problems, language."""
    require(actor_of(request), Permission.SETTING_WRITE)
    found = _message_of(key, language)
    typed = request.POST.get("subject", ""), request.POST.get("body", "")
    context: dict[str, object] = {"language": language}
    try:
        texts = message_rules.checked(*typed, found.known, found.required)
        context["letter"] = letter = composed(*texts, found.samples(language))
        context["shown"] = message_rules.as_shown(letter.html)
    except Invalids as refused:
        context["problems"] = [refusal_text(each) for each in refused.refusals]
    return render(request, "shell/_message_preview.html", context)


def message_default(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """context: title, text, hidden, action, back_url."""
    require(actor_of(request), Permission.SETTING_WRITE)
    found = _message_of(key, language)
    back = reverse("shell:message", args=[key, language])
    record = MessageText.objects.filter(key=key, language=language).exclude(body="").first()
    if record is None:
        raise Http404
    if request.method == "POST":
        seen = request.POST.get("version", "")
        message_actions.restore_message(
            actor=actor_of(request),
            message=found,
            language=language,
            seen_version=int(seen) if is_key(seen) else 0,
        )
        return redirect(
            request, "shell:message", key, language, message=_("The default counts again.")
        )
    context = {
        "title": _("Back to the default?"),
        "text": _("What was written here is replaced; the history keeps it."),
        "hidden": [("version", record.version)],
        "action": request.path,
        "back_url": back,
    }
    return render_dialog(request, "platform/_confirm.html", context)
