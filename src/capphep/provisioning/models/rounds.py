"""The sendings of a request, and its withdrawal after the approval."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.models import User
from capphep.provisioning.models.requests import LicenceRequest
from capphep.provisioning.states import WithdrawalStatus


class RoundOutcome(models.TextChoices):
    RETURNED = "returned", _("Returned for changes")
    RECALLED = "recalled", _("Recalled")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class Round(models.Model):
    """One way of a request to the desk and back: what was sent, what was answered.

    ``content`` is the request as it was sent, its evidence by SHA-256 among it, and
    never changes. ``comments`` are the officer's, by the field that they are about.
    ``due_on`` is the local day by which the desk meant to answer, ``ended_on`` that on
    which it did, ``overdue_on`` the one on which the round became late.
    """

    request = models.ForeignKey(LicenceRequest, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, choices=RoundOutcome.choices, blank=True)
    comment = models.TextField(_("Comment"), blank=True)
    comments = models.JSONField(default=dict)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    overdue_on = models.DateField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="round_once"),
        ]
        indexes = [
            # Which rounds have become late, once a day: few are not noted yet.
            models.Index(
                fields=["due_on"], condition=models.Q(overdue_on__isnull=True), name="round_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}, {self.number}"


class Withdrawal(models.Model):
    """*Thu hồi cấp phép*: one officer proposes to take an approved request back, another confirms.

    ``from_day`` is the first day without it: the one proposed and, once confirmed, the one
    that took effect. ``force_reason`` says why it happens although more is in use than
    would remain, ``decline_reason`` why it does not happen.
    """

    request = models.ForeignKey(
        LicenceRequest, on_delete=models.PROTECT, related_name="withdrawals"
    )
    status = models.CharField(
        _("Status"),
        max_length=10,
        choices=WithdrawalStatus.choices,
        default=WithdrawalStatus.PROPOSED,
    )
    from_day = models.DateField(_("Withdrawn from"))
    reason = models.TextField(_("Reason"))
    force_reason = models.TextField(_("Why nevertheless"), blank=True)
    decline_reason = models.TextField(_("Why not"), blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(status=WithdrawalStatus.PROPOSED.value),
                name="one_proposed_withdrawal",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(status=WithdrawalStatus.CONFIRMED.value),
                name="withdrawn_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.status}"
