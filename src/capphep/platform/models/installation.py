"""What the installation as a whole remembers: one row each, or one a series, one an option."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.models.people import User


class Installation(models.Model):
    """Facts about this installation; one row, made by the first migration."""

    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_installation_row")
        ]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "production"


class Tick(models.Model):
    """The last local day whose beginnings and ends were noted; one row (see `platform.ticks`)."""

    last_day = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_tick_row")]

    def __str__(self) -> str:
        return str(self.last_day)


class NumberSeries(models.Model):
    """The last number given in a series such as DH-2026 (R14)."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class OptionValue(models.Model):
    """What an administrator chose for one option (`platform.options`); null: its default again."""

    key = models.CharField(max_length=60, unique=True)
    value = models.JSONField(_("Value"), null=True, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.key
