"""Answers to programs, kept for repetitions."""

from __future__ import annotations

from django.db import models


class IdempotentAnswer(models.Model):
    """What was answered to a POST with this key, so that its repetition does nothing again.

    ``status`` is 0 until the answer is known, which no other transaction sees.
    """

    token_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_id", "key"], name="idempotency_key_once")
        ]
        # Those older than a day are removed.
        indexes = [models.Index(fields=["at"], name="idempotent_answer_at")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
