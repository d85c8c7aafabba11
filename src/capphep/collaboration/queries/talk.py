"""Comments on a record, newest first."""

from __future__ import annotations

from typing import Final

from django.db.models import Count, Max, Prefetch

from capphep.collaboration.models import Comment, CommentFile, Mention
from capphep.collaboration.records import Talked, record_of
from capphep.platform.models import User
from capphep.pure.errors import NotFound, gettext_noop

SHOWN: Final = 15


def comments_on(record: Talked, *, before: int | None = None) -> list[Comment]:
    """The newest comments, or those before one, with authors, files and mentions; one more than
    are shown, where there are more. Three statements."""
    rows = Comment.objects.filter(record_type=record.type, record_id=record.pk)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    files = CommentFile.objects.select_related("file").order_by("id")
    people = Mention.objects.select_related("person")
    rows = rows.select_related("author").prefetch_related(
        Prefetch("files", files), Prefetch("mentions", people)
    )
    return list(rows.order_by("-id")[: SHOWN + 1])


def count_on(record: Talked) -> int:
    """How many comments there are, without those that were removed."""
    rows = Comment.objects.filter(record_type=record.type, record_id=record.pk)
    return rows.filter(removed_at__isnull=True).count()


def talk_state(record_type: str, record_id: int) -> str:
    """Another text whenever something was said, edited or removed. One statement."""
    rows = Comment.objects.filter(record_type=record_type, record_id=record_id)
    found = rows.aggregate(Max("pk"), Max("edited_at"), Max("removed_at"), Count("removed_at"))
    return "-".join(str(value) for value in found.values()).replace(" ", "T")


def comment_of(actor: User, comment_id: int, *, for_update: bool = False) -> tuple[Comment, Talked]:
    """A comment with its record, where the actor may see that. Raises NotFound."""
    rows = Comment.objects.select_related("author")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    comment = rows.filter(pk=comment_id).first()
    if comment is None:
        raise _not_found()
    return comment, record_of(actor, comment.record_type, comment.record_id)


def file_of(actor: User, file_id: int) -> CommentFile:
    """RULE R7: a file is served only to those who may see its record. Raises NotFound.

    One of a removed comment is gone for everybody; its bytes stay.
    """
    rows = CommentFile.objects.select_related("file", "comment")
    found = rows.filter(pk=file_id, comment__removed_at__isnull=True).first()
    if found is None:
        raise NotFound("file_not_found", gettext_noop("There is no such file."))
    record_of(actor, found.comment.record_type, found.comment.record_id)
    return found


def _not_found() -> NotFound:
    return NotFound("comment_not_found", gettext_noop("There is no such comment."))
