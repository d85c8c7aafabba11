"""The one table of the shell: which records a person looked at last."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.models import User


class Kind(models.TextChoices):
    """What the search box finds, in the order in which it shows them."""

    ORDER = "order", _("Orders")
    REQUEST = "request", _("Licence requests")
    CUSTOMER = "customer", _("Customers")
    SUBSCRIPTION = "subscription", _("Subscriptions")
    LICENCE = "licence", _("Licences")
    CONTACT = "contact", _("Contacts")
    OPPORTUNITY = "opportunity", _("Opportunities")


class Visit(models.Model):
    """A person looked at a record; once for each record, the last time counts."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    record = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "record"], name="visit_once")
        ]
        indexes = [models.Index(fields=["user", "-at"], name="visit_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"
