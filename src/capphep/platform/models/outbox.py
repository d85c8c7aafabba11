"""Events for the outside (R5)."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class OutboxEvent(models.Model):
    """An event for the outside, written in the transaction that made it true (R5).

    ``position`` counts in the order of commits and is given after the commit (`platform.feed`).
    ``customer`` is the budget code and ``product`` the code of those whom it concerns, if any.
    """

    public_id = models.CharField(max_length=36, unique=True)
    position = models.PositiveBigIntegerField(null=True, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    customer = models.CharField(max_length=7, blank=True)
    product = models.CharField(max_length=40, blank=True)
    payload = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [
            # Those that have just been committed, looked for every second.
            models.Index(
                fields=["id"], name="event_unplaced", condition=models.Q(position__isnull=True)
            ),
            # Read on from a position by who asks for some types, or is bound to one customer.
            models.Index(fields=["type", "position"], name="event_by_type"),
            models.Index(fields=["customer", "position"], name="event_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"
