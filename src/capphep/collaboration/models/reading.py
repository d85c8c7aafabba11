"""How far the events were read."""

from __future__ import annotations

from django.db import models


class Reading(models.Model):
    """The position up to which people were told of the events (`platform.feed`); one row."""

    position = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_reading_row")]

    def __str__(self) -> str:
        return str(self.position)
