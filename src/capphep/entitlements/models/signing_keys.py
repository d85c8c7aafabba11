"""The keys that sign licences."""

from __future__ import annotations

from django.db import models


class SigningKey(models.Model):
    """An Ed25519 key. Its public half is published for ever, so that old files can be verified.

    Which one signs follows from ``signs_from`` alone: the latest that has begun; one that has
    not is published already. ``number`` counts them from 1: no two first keys, no two next ones.
    ``private_key`` is encrypted (`entitlements.signing`), and empty once it signs no more.
    """

    number = models.PositiveIntegerField(unique=True)
    kid = models.CharField(max_length=43, unique=True)
    public_key = models.CharField(max_length=43)
    private_key = models.TextField(blank=True)
    signs_from = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.kid
