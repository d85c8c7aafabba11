"""What somebody means to do about a record: a call, a visit, an e-mail, a task."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.collaboration.records import RecordType
from capphep.platform.models import User


class ActivityKind(models.TextChoices):
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    EMAIL = "email", _("Write an e-mail")
    TASK = "task", _("Task")


class Activity(models.Model):
    """One thing to do about a record by a local day; done, it keeps what came of it.

    ``is_dropped``: it ended without having been done, ``outcome`` says why.
    """

    record_type = models.CharField(max_length=12, choices=RecordType.choices)
    record_id = models.BigIntegerField()
    kind = models.CharField(_("Kind"), max_length=6, choices=ActivityKind.choices)
    subject = models.CharField(_("What to do"), max_length=200)
    note = models.TextField(_("Note"), blank=True)
    due_on = models.DateField(_("Due on"))
    assignee = models.ForeignKey(
        User, verbose_name=_("Assignee"), on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField()
    done_at = models.DateTimeField(_("Done at"), null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_dropped = models.BooleanField(default=False)
    outcome = models.TextField(_("Outcome"), blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["created_by", "token"], name="activity_sent_once"),
        ]
        indexes = [
            models.Index(fields=["record_type", "record_id", "due_on"], name="activity_of_record"),
            # What is still to be done by somebody; few among all that was ever done.
            models.Index(
                fields=["assignee", "due_on"],
                condition=models.Q(done_at__isnull=True),
                name="activity_open",
            ),
            # What becomes due on a day, for the calendar.
            models.Index(
                fields=["due_on"], condition=models.Q(done_at__isnull=True), name="activity_due"
            ),
        ]

    def __str__(self) -> str:
        return self.subject
