"""The panel of comments on a record, and what is written there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from capphep.collaboration import rules
from capphep.collaboration.actions import comments as actions
from capphep.collaboration.actions.comments import Upload
from capphep.collaboration.actions.following import set_following
from capphep.collaboration.models import Comment, CommentFile
from capphep.collaboration.queries import people, talk
from capphep.collaboration.records import Talked, record_of
from capphep.collaboration.views.words import ShownPart, shown_parts
from capphep.platform import filetypes, kept_forms
from capphep.platform.htmx import is_htmx, redirect, render_page_or_fragment, toast
from capphep.platform.list_filters import is_key
from capphep.platform.models import User
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning.views.evidence import file_response
from capphep.pure.errors import Invalid

_PICTURES: Final = frozenset({filetypes.PNG, filetypes.JPEG})


@dataclass(frozen=True, slots=True)
class ShownFile:
    record: CommentFile
    is_picture: bool


@dataclass(frozen=True, slots=True)
class ShownComment:
    record: Comment
    parts: Sequence[ShownPart]
    files: Sequence[ShownFile]
    may_edit: bool
    may_remove: bool


def panel(request: HttpRequest, record_type: str, record_id: int) -> HttpResponse:
    """The panel of a record; a POST says something. context: as `_context`."""
    actor = actor_of(request)
    if request.method == "POST":
        return _said(request, actor, record_type, record_id)
    record = record_of(actor, record_type, record_id)
    context = _context(actor, record, before=_before(request))
    if "before" in request.GET and is_htmx(request):
        return render(request, "collaboration/_comments.html", {**context, "is_alone": True})
    kept = kept_forms.take(request)
    context["typed"] = kept.get("body", "") if kept else ""
    return render_page_or_fragment(
        request, "collaboration/talk.html", "collaboration/_talk.html", context
    )


def _said(request: HttpRequest, actor: User, record_type: str, record_id: int) -> HttpResponse:
    """Refused, only the reason is sent: what was typed and chosen stays where it is."""
    try:
        actions.add_comment(
            actor=actor,
            record_type=record_type,
            record_id=record_id,
            body=request.POST.get("body", ""),
            token=_token(request),
            uploads=_uploads(request),
        )
    except Invalid as refusal:
        record = record_of(actor, record_type, record_id)
        return _refused(request, actor, record, refusal_text(refusal))
    if not is_htmx(request):
        return redirect(request, record_of(actor, record_type, record_id).url)
    context = _context(actor, record_of(actor, record_type, record_id))
    return render(request, "collaboration/_talk.html", context)


def _uploads(request: HttpRequest) -> list[Upload]:
    return [Upload(one.name or "", one.chunks()) for one in request.FILES.getlist("files")]


def _refused(request: HttpRequest, actor: User, record: Talked, text: str) -> HttpResponse:
    if is_htmx(request):
        response = render(request, "collaboration/_error.html", {"text": text}, status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#talk-error", "innerHTML"
        return response
    typed = request.POST.get("body", "")
    context = {**_context(actor, record), "error": text, "typed": typed}
    return render(request, "collaboration/talk.html", context, status=422)


def _context(actor: User, record: Talked, *, before: int | None = None) -> dict[str, Any]:
    """context: title, record (records.Talked), comments (ShownComment), older (address or ""),
    count, state (queries.talk.talk_state), may_write, follows, token, url."""
    found = talk.comments_on(record, before=before)
    shown = found[: talk.SHOWN]
    url = reverse("collaboration:panel", args=[record.type.value, record.pk])
    return {
        "title": _("Comments"),
        "record": record,
        "comments": [_shown(actor, one) for one in shown],
        "older": f"{url}?before={shown[-1].pk}" if len(found) > talk.SHOWN else "",
        "count": talk.count_on(record),
        "state": talk.talk_state(record.type, record.pk),
        "may_write": may(actor, Permission.TALK_WRITE),
        "follows": people.follows(actor, record),
        "token": uuid.uuid4(),
        "url": url,
    }


def _shown(actor: User, comment: Comment) -> ShownComment:
    names = {each.person.username.lower(): each.person for each in comment.mentions.all()}
    is_own = comment.author_id == actor.pk and not comment.removed_at
    is_own = is_own and may(actor, Permission.TALK_WRITE)
    return ShownComment(
        record=comment,
        parts=[] if comment.removed_at else shown_parts(comment.body, names),
        files=[] if comment.removed_at else [_shown_file(one) for one in comment.files.all()],
        may_edit=is_own and rules.may_edit(comment.created_at, timezone.now()),
        may_remove=is_own,
    )


def _shown_file(one: CommentFile) -> ShownFile:
    return ShownFile(one, one.file.content_type in _PICTURES)


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if is_key(text) else None


def _token(request: HttpRequest) -> uuid.UUID:
    """That of the form; one that was made up is a new one."""
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid.uuid4()


def comment_list(request: HttpRequest, record_type: str, record_id: int) -> HttpResponse:
    """The comments alone, after somebody wrote one. context: as `_context`."""
    record = record_of(actor_of(request), record_type, record_id)
    if not is_htmx(request):
        return redirect(request, record.url)
    context = {**_context(actor_of(request), record), "is_alone": True}
    return render(request, "collaboration/_comments.html", context)


def follow(request: HttpRequest, record_type: str, record_id: int) -> HttpResponse:
    """Be told from now on (``on=1``), or not any more. context: as `_context`."""
    actor = actor_of(request)
    record = record_of(actor, record_type, record_id)
    if request.method == "POST":
        is_on = request.POST.get("on") == "1"
        set_following(actor=actor, record_type=record_type, record_id=record_id, is_on=is_on)
        text = _("You are told of new comments.") if is_on else _("You are told of mentions only.")
        if is_htmx(request):
            context = _context(actor, record)
            return toast(render(request, "collaboration/_follow.html", context), text)
    return redirect(request, record.url)


def colleague_picker(request: HttpRequest, record_type: str, record_id: int) -> JsonResponse:
    """``GET ?q=``: the colleagues who may see the record, as ``results`` of value and name.

    The value is the user name; with ``?by=id`` the id, for a picker, and oneself is among them.
    """
    actor, by_id = actor_of(request), request.GET.get("by") == "id"
    record = record_of(actor, record_type, record_id)
    asked = request.GET.get("q", "").replace("\x00", "")[:60]
    rows = [
        {
            "value": one.pk if by_id else one.username,
            "text": one.full_name,
            "name": one.full_name,
            "note": one.get_role_display(),
        }
        for one in people.colleagues(actor, record, asked, with_me=by_id)
    ]
    return JsonResponse({"results": rows})


def comment_file(request: HttpRequest, file_id: int) -> FileResponse:
    """RULE R7: a file that came with a comment, for those who may see its record."""
    found = talk.file_of(actor_of(request), file_id)
    return file_response(found.file_id, found.file.content_type, found.name)
