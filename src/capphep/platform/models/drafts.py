"""Forms that were not saved yet."""

from __future__ import annotations

from django.db import models

from capphep.platform.models.people import User


class FormDraft(models.Model):
    """What a person has typed into a form and not saved yet (see `platform.drafts`)."""

    key = models.UUIDField(unique=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=200)
    # The fields as JSON, each name with its values; read and written as a whole.
    fields = models.TextField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Offered when the form is opened again; the oldest of a person's make room.
            models.Index(fields=["owner", "path", "-updated_at"], name="form_draft_offered"),
            # Those that nobody came back to are removed.
            models.Index(fields=["updated_at"], name="form_draft_at"),
        ]

    def __str__(self) -> str:
        return self.path
