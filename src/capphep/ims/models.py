"""What the desk keeps for itself: who is away, and who stands in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.models import User


class Absence(models.Model):
    """An officer is away from the first to the last local day, both included.

    What is assigned to them is the substitute's to look after in those days.
    """

    officer = models.ForeignKey(
        User, verbose_name=_("Officer"), on_delete=models.PROTECT, related_name="+"
    )
    substitute = models.ForeignKey(
        User, verbose_name=_("Substitute"), on_delete=models.PROTECT, related_name="+"
    )
    first_day = models.DateField(_("First day away"))
    last_day = models.DateField(_("Last day away"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="absence_forward"
            ),
            models.CheckConstraint(
                condition=~models.Q(substitute=models.F("officer")), name="absence_not_oneself"
            ),
        ]
        indexes = [
            # Who is away today: asked for with every page of the queue.
            models.Index(
                fields=["last_day", "first_day"],
                condition=models.Q(cancelled_at=None),
                name="absence_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer}: {self.first_day:%d/%m/%Y} – {self.last_day:%d/%m/%Y}"
