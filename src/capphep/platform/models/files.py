"""Files under their content, and what can be read in them (R7)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file's bytes, kept once under their SHA-256 and never changed (R7)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_not_empty")
        ]

    def __str__(self) -> str:
        return self.sha256


class TextState(models.TextChoices):
    HAS_TEXT = "has_text", _("Text found")
    NO_TEXT = "no_text", _("No text layer")
    UNREADABLE = "unreadable", _("Text cannot be read")


class FileText(models.Model):
    """What can be read in a stored file, found out once for each content.

    ``text`` is cut off at a fixed length, form feeds part its pages; ``pages`` were read
    out of ``page_count`` (both 0 where the kind of file has no pages).
    """

    file = models.OneToOneField(
        StoredFile, on_delete=models.CASCADE, primary_key=True, related_name="text"
    )
    state = models.CharField(max_length=10, choices=TextState.choices)
    text = models.TextField(blank=True)
    pages = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    read_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.file_id}: {self.state}"
