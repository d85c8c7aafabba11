"""What the product says is in use, and what is worth a salesperson's while because of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Module, Resource
from capphep.crm.models import Opportunity
from capphep.entitlements.models.ledger import Subscription


class Usage(models.Model):
    """How much of a resource the product last said is in use. A measurement, not a decision."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="usage")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    in_use = models.PositiveIntegerField(_("In use"))
    measured_at = models.DateTimeField(_("Measured at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "module", "resource"], name="usage_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.in_use} {self.resource}"


class DailyUsage(models.Model):
    """The last and the highest value that was measured on a local day: the trend.

    However often the product reports, a day is one row. ``./capphep tick`` removes what is
    older than CAPPHEP_USAGE_HISTORY_DAYS.
    """

    # The constraint's index begins with the subscription.
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="daily_usage", db_index=False
    )
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", db_index=False)
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    last = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    peak = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "module", "resource", "day"], name="daily_usage_once"
            ),
        ]
        indexes = [
            # What is too old is removed, day by day.
            models.Index(fields=["day"], name="daily_usage_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.last}, {self.peak}"


class Occasion(models.Model):
    """A reason to sell to a customer: usage came near its limit, or an end came near.

    ``thing`` names what it is about, ``level`` the mark that was reached: percent in use, or
    days before the end. Of one thing each level is told once (R16, R17). For usage, module and
    resource say of what, ``in_use`` and ``in_force`` how much there was; for an end, ``ends_on``
    is the last day. ``opportunity`` is what a salesperson made of it.
    """

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="occasions"
    )
    thing = models.CharField(max_length=120)
    level = models.PositiveSmallIntegerField()
    module = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, related_name="+")
    in_use = models.PositiveIntegerField(null=True)
    in_force = models.PositiveIntegerField(null=True)
    ends_on = models.DateField(null=True)
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "level"], name="occasion_once"),
            models.CheckConstraint(
                condition=models.Q(
                    module__isnull=False,
                    resource__isnull=False,
                    in_use__isnull=False,
                    in_force__gt=0,
                    ends_on__isnull=True,
                )
                | models.Q(
                    module__isnull=True,
                    resource__isnull=True,
                    in_use__isnull=True,
                    in_force__isnull=True,
                    ends_on__isnull=False,
                ),
                name="occasion_usage_or_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thing}/{self.level}"
