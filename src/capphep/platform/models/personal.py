"""The log of who saw personal data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.models.people import User


class AccessKind(models.TextChoices):
    VIEW = "view", _("Seen on a screen")
    REVEAL = "reveal", _("Shown in full by a click")
    EXPORT = "export", _("Exported")
    API = "api", _("Read over the API")


class PersonalAccess(models.Model):
    """Who saw the phone or e-mail of a record on a local day; once, however often they looked.

    Appended, never changed; the database lets only old entries go.
    """

    person = models.ForeignKey(
        User, verbose_name=_("Who"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    at = models.DateTimeField(_("When"), auto_now_add=True)
    kind = models.CharField(_("How"), max_length=10, choices=AccessKind.choices)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_no = models.CharField(_("Whose"), max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day", "kind", "subject_type", "subject_id"],
                condition=~models.Q(kind="export"),
                name="personal_access_once",
            ),
        ]
        indexes = [
            # The screen, newest first: all, one person's, one kind.
            models.Index(fields=["-at", "-id"], name="personal_access_newest"),
            models.Index(fields=["person", "-at", "-id"], name="personal_access_person"),
            # What is old goes.
            models.Index(fields=["day"], name="personal_access_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.person_id} {self.kind} {self.subject_no}"
