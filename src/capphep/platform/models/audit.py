"""The audit trail in its chains (R13)."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from capphep.platform.models.people import User


class AuditChain(models.Model):
    """Where one chain of audit entries ends: how many it has, and the hash of its last."""

    length = models.PositiveIntegerField()
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.pk}: {self.length}"


class AuditEntry(models.Model):
    """Who did what to which record, when and from where (R13).

    Appended, never changed: the database refuses it, and the hash of each entry covers the
    one before it in its chain.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    origin = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_no = models.CharField(max_length=150, blank=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # The constraint's index begins with the chain.
    chain = models.ForeignKey(
        AuditChain, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    seq = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # A chain that two transactions prolong at once would fork here.
            models.UniqueConstraint(fields=["chain", "seq"], name="audit_entry_place")
        ]
        indexes = [
            # A record's own page lists its entries, newest first.
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.subject_no}"
