"""Commenting on a record: who is mentioned, what comes with it, who is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from capphep.collaboration import rules
from capphep.collaboration.actions.following import follow
from capphep.collaboration.models import Comment, CommentFile, CommentVersion, Mention
from capphep.collaboration.queries.people import active_by_username, followers_of
from capphep.collaboration.queries.talk import comment_of
from capphep.collaboration.records import Talked, held, may_see, page_for, record_of
from capphep.platform import audit, files, notices, rows
from capphep.platform.models import StoredFile, User
from capphep.platform.notices import News
from capphep.platform.roles import Permission, require
from capphep.pure.errors import Conflict, Forbidden, Invalid, gettext_noop
from capphep.pure.folding import clean

_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    chunks: Iterable[bytes]


def add_comment(
    *,
    actor: User,
    record_type: str,
    record_id: int,
    body: str,
    token: UUID,
    uploads: Sequence[Upload] = (),
) -> Comment:
    """Say something about a record, and tell those whom it concerns; sent twice, it is said once.

    Files are received and read before the transaction begins. Raises Forbidden, NotFound; Invalid
    ``comment_empty``, ``comment_too_long``, ``too_many_files``, ``mention_cannot_see``, and what
    `platform.files.store` raises.
    """
    require(actor, Permission.TALK_WRITE)
    record = record_of(actor, record_type, record_id)
    text = rules.checked_body(body, has_files=bool(uploads))
    rules.check_number_of_files(len(uploads))
    people = _mentioned(record, text)
    stored = [(clean(one.name)[-_LONGEST_NAME:], files.store(one.chunks)) for one in uploads]
    with transaction.atomic():
        held(record)
        comment = Comment(
            record_type=record.type, record_id=record.pk, author=actor, body=text, token=token
        )
        if not rows.insert_new(comment):
            return Comment.objects.get(author=actor, token=token)
        names = _attach(comment, stored)
        follow(person_id=actor.pk, record=record)
        facts = {"comment": text, **({"files": names} if names else {})}
        audit.record(actor, [audit.Change(record.row, "commented", after=facts)])
        _tell_mentioned(comment, record, people)
        _tell_followers(comment, record, people)
    return comment


def edit_comment(*, actor: User, comment_id: int, body: str) -> Comment:
    """Mend an own comment within some minutes; what it said before is kept.

    Who is mentioned only now is told. Raises Forbidden ``not_your_comment``; NotFound; Conflict
    ``comment_is_old``, ``comment_is_removed``; Invalid as `add_comment`.
    """
    with transaction.atomic():
        comment, record = _own_for_update(actor, comment_id)
        if not rules.may_edit(comment.created_at, timezone.now()):
            message = gettext_noop("A comment can be edited for a quarter of an hour only.")
            raise Conflict("comment_is_old", message)
        text = rules.checked_body(body, has_files=comment.files.exists())
        if text == comment.body:
            return comment
        people = _mentioned(record, text)
        before, now = comment.body, timezone.now()
        CommentVersion.objects.create(comment=comment, body=before, until=now)
        comment.body, comment.edited_at = text, now
        comment.save(update_fields=["body", "edited_at"])
        change = audit.Change(record.row, "comment_edited", {"comment": before}, {"comment": text})
        audit.record(actor, [change])
        _tell_mentioned(comment, record, people)
    return comment


@transaction.atomic
def remove_comment(*, actor: User, comment_id: int) -> Comment:
    """Take back an own comment: it is shown as removed (R13), nobody need read it any more, and
    no notice quotes it.

    Raises Forbidden ``not_your_comment``, NotFound. Again, it does nothing.
    """
    comment, record = _own_for_update(actor, comment_id, is_removed=None)
    if comment.removed_at:
        return comment
    comment.removed_at = timezone.now()
    comment.save(update_fields=["removed_at"])
    audit.record(actor, [audit.Change(record.row, "comment_removed", {"comment": comment.body})])
    notices.take_back([_key(comment), _mention_key(comment)])
    return comment


def _own_for_update(
    actor: User, comment_id: int, *, is_removed: bool | None = False
) -> tuple[Comment, Talked]:
    require(actor, Permission.TALK_WRITE)
    comment, record = comment_of(actor, comment_id, for_update=True)
    if comment.author_id != actor.pk:
        message = gettext_noop("Only who wrote a comment changes it.")
        raise Forbidden("not_your_comment", message)
    if is_removed is False and comment.removed_at:
        raise Conflict("comment_is_removed", gettext_noop("This comment was removed."))
    return comment, record


def _attach(comment: Comment, stored: Sequence[tuple[str, StoredFile]]) -> list[str]:
    """The same content twice is one file. Returns the names."""
    by_content = {file.sha256: (name, file) for name, file in reversed(stored)}
    kept = list(reversed(by_content.values()))
    CommentFile.objects.bulk_create(
        CommentFile(comment=comment, file=file, name=name or file.sha256[:12])
        for name, file in kept
    )
    return [name for name, _file in kept]


def _mentioned(record: Talked, body: str) -> list[User]:
    """Raises Invalid ``mention_cannot_see`` for the first who may not see the record."""
    people = active_by_username(rules.mentioned(body))
    for person in people:
        if not may_see(person, record):
            message = gettext_noop("%(name)s may not see this record and cannot be mentioned here.")
            params = {"name": person.full_name}
            raise Invalid("mention_cannot_see", message, field="body", params=params)
    return people


def _tell_mentioned(comment: Comment, record: Talked, people: Sequence[User]) -> None:
    Mention.objects.bulk_create(
        (Mention(comment=comment, person=person) for person in people), ignore_conflicts=True
    )
    told = [person for person in people if person.pk != comment.author_id]
    for person in told:
        follow(person_id=person.pk, record=record)
    message = gettext_noop("%(author)s mentioned you at %(record)s.")
    notices.tell(
        (person.pk, _news(comment, record, person, "talk.mention", _mention_key(comment), message))
        for person in told
    )


def _tell_followers(comment: Comment, record: Talked, mentioned: Sequence[User]) -> None:
    """Whose record it is and who follows it; who is mentioned knows already."""
    known = {comment.author_id, *(person.pk for person in mentioned)}
    message = gettext_noop("%(author)s wrote about %(record)s.")
    notices.tell(
        (person.pk, _news(comment, record, person, "talk.comment", _key(comment), message))
        for person in followers_of(record)
        if person.pk not in known
    )


def _news(
    comment: Comment, record: Talked, person: User, kind: str, key: str, message: str
) -> News:
    return News(
        kind=kind,
        key=key,
        message=message,
        link=f"{page_for(person, record.type, record.pk)}#talk",
        params={
            "author": comment.author.full_name,
            "record": record.label,
            "text": rules.excerpt(comment.body),
        },
    )


def _key(comment: Comment) -> str:
    return f"comment/{comment.pk}"


def _mention_key(comment: Comment) -> str:
    return f"comment/{comment.pk}/mention"
