"""Tokens by which programs use the API."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.integration.models.bounds import Bounded
from capphep.platform.models import User


class ApiToken(Bounded):
    """A token of a program. Its text is shown once; only its hash is kept.

    It acts as ``user``, within ``scopes``; bound to a product or a customer it knows of no
    other. It ends at ``expires_at``, or at once when it is revoked.
    """

    name = models.CharField(_("Name"), max_length=100)
    user = models.ForeignKey(
        User, verbose_name=_("Acts as"), on_delete=models.PROTECT, related_name="+"
    )
    prefix = models.CharField(_("Begins with"), max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("Scopes"))
    per_minute = models.PositiveIntegerField(_("Requests a minute"), default=600)
    expires_at = models.DateTimeField(_("Expires"))
    revoked_at = models.DateTimeField(_("Revoked"), null=True)
    last_used_at = models.DateTimeField(_("Last used"), null=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="token_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(per_minute__gt=0), name="token_rate")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
