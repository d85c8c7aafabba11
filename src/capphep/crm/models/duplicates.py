"""Pairs of customers that may be one and the same unit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.crm.models.customer import Customer
from capphep.platform.models import User


class Alike(models.TextChoices):
    TAX_CODE = "tax_code", _("Same tax code")
    NAME = "name", _("Same name in the same place")


class DuplicatePair(models.Model):
    """Two customers that look like one unit, until somebody says that they are two or merges them.

    Noted when one is entered although the other was shown, and by `./capphep find_duplicates`.
    ``first`` is the older record. ``reason`` is what the person said who entered the second.
    """

    # The constraint's index begins with it.
    first = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    alike = models.CharField(_("Alike"), max_length=8, choices=Alike.choices)
    reason = models.CharField(_("Why nevertheless"), max_length=300, blank=True)
    is_open = models.BooleanField(default=True)
    dismiss_reason = models.CharField(_("Why not the same"), max_length=300, blank=True)
    noted_at = models.DateTimeField(_("Noted at"), auto_now_add=True)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_ordered"
            ),
        ]
        indexes = [
            # The list of those that nobody has judged, newest first.
            models.Index(
                fields=["-noted_at", "-id"],
                condition=models.Q(is_open=True),
                name="duplicate_pair_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} = {self.second}?"
