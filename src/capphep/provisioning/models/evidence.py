"""What a request is proved by (R7)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.models import StoredFile, User
from capphep.provisioning.models.requests import LicenceRequest
from capphep.provisioning.states import EvidenceKind


class Evidence(models.Model):
    """A file that proves the purchase (R7); the same content may serve several requests.

    ``number`` to ``amount`` (whole đồng) are what the funding decision says of itself.
    """

    request = models.ForeignKey(LicenceRequest, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    number = models.CharField(_("Decision number"), max_length=50, blank=True)
    issued_on = models.DateField(_("Decision date"), null=True)
    issuer = models.CharField(_("Issued by"), max_length=250, blank=True)
    amount = models.PositiveBigIntegerField(_("Amount of the decision"), null=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "file"], name="evidence_once")
        ]

    def __str__(self) -> str:
        return self.name
