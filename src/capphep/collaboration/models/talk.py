"""Comments on records, with mentions and files, and who follows what is said."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.collaboration.records import RecordType
from capphep.platform.models import StoredFile, User


class Comment(models.Model):
    """Something said about a record, which is named by its type and key.

    It is never deleted: removed, it is shown as that (R13), and what it said before an edit is in
    `CommentVersion`. ``token`` comes with the form, so that a form sent twice says it once.
    """

    record_type = models.CharField(max_length=12, choices=RecordType.choices)
    record_id = models.BigIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("Comment"), blank=True)
    token = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "token"], name="comment_sent_once"),
        ]
        # A record's own page shows the newest first.
        indexes = [models.Index(fields=["record_type", "record_id", "-id"], name="comment_newest")]

    def __str__(self) -> str:
        return f"{self.record_type}/{self.record_id}#{self.pk}"


class CommentVersion(models.Model):
    """What a comment said until it was edited."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="versions")
    body = models.TextField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.comment_id}, {self.until:%Y-%m-%d %H:%M}"


class Mention(models.Model):
    """A comment names a person, who is told of it once, however often it is edited."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="mention_once"),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} @{self.person_id}"


class CommentFile(models.Model):
    """A file that came with a comment; its bytes are kept as evidence is (R7)."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "file"], name="comment_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Following(models.Model):
    """Whether a person is told of what is said about a record, whoever's it is."""

    record_type = models.CharField(max_length=12, choices=RecordType.choices)
    record_id = models.BigIntegerField()
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # False: said not to be told, though the record is the person's own.
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id", "person"], name="following_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_type}/{self.record_id}: {self.person_id}"
