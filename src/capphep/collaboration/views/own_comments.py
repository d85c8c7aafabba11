"""Dialogs for one's own comments: mend the words, take them back; what was said before."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import trigger_client_event

from capphep.collaboration.actions import comments as actions
from capphep.collaboration.queries.talk import comment_of
from capphep.collaboration.records import Talked
from capphep.platform import kept_forms
from capphep.platform.htmx import is_htmx, redirect, render_dialog, toast
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.pure.errors import Invalid, NotFound, gettext_noop


class CommentForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
    )


def comment_edit(request: HttpRequest, comment_id: int) -> HttpResponse:
    """context: title, form, action, back_url."""
    comment, record = comment_of(actor_of(request), comment_id)
    form = CommentForm(request.POST or kept_forms.take(request), initial={"body": comment.body})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_comment(
                actor=actor_of(request), comment_id=comment_id, body=form.cleaned_data["body"]
            )
            return _changed(request, record, _("Saved."))
        except Invalid as refusal:
            show_refusals(form, [refusal])
    context = {
        "title": _("Edit the comment"),
        "form": form,
        "action": request.path,
        "back_url": record.url,
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def comment_remove(request: HttpRequest, comment_id: int) -> HttpResponse:
    """context: title, text, action, back_url, danger."""
    _comment, record = comment_of(actor_of(request), comment_id)
    if request.method == "POST":
        actions.remove_comment(actor=actor_of(request), comment_id=comment_id)
        return _changed(request, record, _("The comment was removed."))
    context: dict[str, Any] = {
        "title": _("Remove the comment?"),
        "text": _("It is shown as removed; the history keeps what it said."),
        "action": request.path,
        "back_url": record.url,
        "danger": True,
    }
    return render_dialog(request, "platform/_confirm.html", context)


def comment_versions(request: HttpRequest, comment_id: int) -> HttpResponse:
    """What a comment said before it was edited. context: title, comment, versions, back_url."""
    comment, record = comment_of(actor_of(request), comment_id)
    if comment.removed_at:
        raise NotFound("comment_not_found", gettext_noop("There is no such comment."))
    context = {
        "title": _("Earlier versions"),
        "comment": comment,
        "versions": comment.versions.order_by("-id"),
        "back_url": record.url,
    }
    return render_dialog(request, "collaboration/_versions.html", context)


def _changed(request: HttpRequest, record: Talked, text: str) -> HttpResponse:
    """Only the comments are read again, not what the page shows of the record."""
    if not is_htmx(request):
        return redirect(request, record.url, message=text)
    response = toast(HttpResponse(status=204), text)
    trigger_client_event(response, "dialog-close", {})
    return trigger_client_event(response, "talk-changed", {})
