"""What the product says is in use."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Module, Resource
from capphep.entitlements.models.ledger import Subscription


class Usage(models.Model):
    """How much of a resource the product last said is in use. A measurement, not a decision."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="usage")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    in_use = models.PositiveIntegerField(_("In use"))
    reported_at = models.DateTimeField(_("Reported at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "module", "resource"], name="usage_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.in_use} {self.resource}"
