"""Which form made which record, so that a form sent twice makes one."""

from __future__ import annotations

from django.db import models

from capphep.platform.models import User


class SentForm(models.Model):
    """A page with an empty form carries a token; the record that it made is noted under it."""

    token = models.UUIDField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "user", "kind"], name="sent_form_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"
