"""Texts of e-mails that an administrator has changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageText(models.Model):
    """One message in one language (`platform.messages`); an empty body: its default again."""

    key = models.CharField(max_length=60)
    language = models.CharField(max_length=5)
    subject = models.CharField(_("Subject"), max_length=200, blank=True)
    body = models.TextField(_("Text"), blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="message_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"
