"""Forms that are being typed: kept beside the browser, so that a crash or a lost session costs
nothing, and offered when the form is opened again.

A draft is its person's alone, and belongs to one open page: two tabs have two. The page sends
what differs from what it sent before. It goes when the form is saved or thrown away, and after
LASTS in any case: what stands in it may be about people.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from capphep.platform.models import FormDraft, User
from capphep.pure.errors import Conflict, Invalid, gettext_noop

MOST_PER_PERSON: Final = 20
LONGEST: Final = 512 * 1024
LASTS: Final = datetime.timedelta(days=7)
_MOST_POSTED: Final = 2
_SECRETS: Final = ("password", "csrfmiddlewaretoken")

Fields = Mapping[str, Sequence[str]]


def keep(
    *, owner: User, key: UUID, path: str, seen: int, changed: Fields, gone: Sequence[str] = ()
) -> int:
    """Keep the ``changed`` fields of the form at ``path`` and forget those that are ``gone``.

    ``seen`` is the version that the page has, 0 for none; returns the one that it has now.
    Raises Conflict draft_changed where another page went on with it, or it is no more: the page
    begins another one with everything that it holds. Raises Invalid draft_too_large.
    """
    with transaction.atomic():
        if not seen:
            return _begin(owner, key, path, _merged({}, changed, gone))
        mine = FormDraft.objects.select_for_update().filter(key=key, owner=owner, version=seen)
        draft = mine.first()
        if draft is None:
            raise _changed()
        draft.fields = _merged(json.loads(draft.fields), changed, gone)
        draft.version, draft.updated_at = seen + 1, timezone.now()
        draft.save(update_fields=["fields", "version", "updated_at"])
        return draft.version


def _begin(owner: User, key: UUID, path: str, fields: str) -> int:
    now = timezone.now()
    try:
        with transaction.atomic():
            FormDraft.objects.create(key=key, owner=owner, path=path, fields=fields, updated_at=now)
    except IntegrityError as taken:
        raise _changed() from taken
    newest = FormDraft.objects.filter(owner=owner).order_by("-updated_at", "-id")
    too_many = list(newest.values_list("pk", flat=True)[MOST_PER_PERSON:])
    if too_many:
        FormDraft.objects.filter(pk__in=too_many).delete()
    return 1


def _merged(fields: dict[str, list[str]], changed: Fields, gone: Sequence[str]) -> str:
    for name in gone:
        fields.pop(name, None)
    for name, values in changed.items():
        if not any(secret in name for secret in _SECRETS):
            fields[name] = list(values)
    text = json.dumps(fields, ensure_ascii=False)
    if len(text) > LONGEST:
        raise Invalid("draft_too_large", gettext_noop("This form is too long to be kept."))
    return text


def _changed() -> Conflict:
    return Conflict("draft_changed", gettext_noop("Another page went on with this draft."))


def newest(owner: User, path: str) -> FormDraft | None:
    """What the person typed last in the form at ``path`` and did not save. One statement."""
    since = timezone.now() - LASTS
    mine = FormDraft.objects.filter(owner=owner, path=path, updated_at__gte=since)
    return mine.order_by("-updated_at").first()


def drop(*, owner: User, key: UUID) -> None:
    """Forget the draft: it was saved, or its person wants it no more."""
    FormDraft.objects.filter(owner=owner, key=key).delete()


def drop_posted(request: HttpRequest) -> None:
    """Forget the drafts of the form that was posted, its own and the one that it was restored
    from, for it is saved."""
    for text in request.POST.getlist("draft")[:_MOST_POSTED]:
        key = read_key(text)
        if key and isinstance(request.user, User):
            drop(owner=request.user, key=key)


def asked_for(request: HttpRequest) -> QueryDict | None:
    """The fields of the draft that ``?draft=`` names: this person's, of this page."""
    key = read_key(request.GET.get("draft", ""))
    if key is None or not isinstance(request.user, User):
        return None
    found = FormDraft.objects.filter(key=key, owner=request.user, path=request.path).first()
    if found is None:
        return None
    fields = QueryDict(mutable=True)
    for name, values in json.loads(found.fields).items():
        fields.setlist(name, values)
    return fields


def read_key(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def forget_old() -> int:
    """Remove drafts that nobody came back to for LASTS; returns how many."""
    return FormDraft.objects.filter(updated_at__lt=timezone.now() - LASTS).delete()[0]
