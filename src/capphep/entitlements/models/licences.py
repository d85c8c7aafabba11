"""Licences: certificates of what a subscription holds."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from capphep.entitlements.models.ledger import Subscription
from capphep.entitlements.public_codes import LENGTH


class LicenceCause(models.TextChoices):
    OPENING = "opening", _("In force when capphep began")
    APPROVAL = "approval", _("Approval")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    INFO_CHANGE = "info_change", _("Change of information")
    MERGE = "merge", _("Merge of customers")
    CODE_CHANGE = "code_change", _("Change of the budget code")


_OF_NO_REQUEST = [
    LicenceCause.OPENING.value,
    LicenceCause.MERGE.value,
    LicenceCause.CODE_CHANGE.value,
]


class Licence(models.Model):
    """The subscription's content after a decision on a request, certified (R14).

    ``file`` is the signed file as it was issued, empty where that was before files were
    signed; what is handed out is made anew from time to time (`queries.licence_file`). One
    that certifies what was in force before capphep has no request.
    ``public_code`` ends the address at which everybody may ask whether it still counts.
    """

    licence_no = models.CharField(_("Licence number"), max_length=20, unique=True)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="licences"
    )
    version = models.PositiveIntegerField()
    request_no = models.CharField(_("Request number"), max_length=20)
    cause = models.CharField(
        max_length=12, choices=LicenceCause.choices, default=LicenceCause.APPROVAL
    )
    issued_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField()
    file = models.TextField(default="", blank=True)
    public_code = models.CharField(max_length=LENGTH, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "version"], name="licence_version"),
            models.UniqueConstraint(
                fields=["request_no", "cause"],
                condition=~models.Q(cause__in=_OF_NO_REQUEST),
                name="licence_once",
            ),
        ]

    def __str__(self) -> str:
        return self.licence_no
