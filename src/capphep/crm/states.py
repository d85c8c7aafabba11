"""The states of an order's licence and of an opportunity, as tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class LicenceStatus(models.TextChoices):
    NOT_REQUESTED = "not_requested", _("Not requested")
    PENDING = "pending", _("KTLicense – Pending")
    RETURNED = "returned", _("KTLicense – Returned")
    APPROVED = "approved", _("KTLicense – Approved")
    REJECTED = "rejected", _("KTLicense – Rejected")
    REVOKED = "revoked", _("KTLicense – Revoked")


LICENCE_STATUS = StateTable(
    moves={
        ("send", LicenceStatus.NOT_REQUESTED): LicenceStatus.PENDING,
        ("send", LicenceStatus.RETURNED): LicenceStatus.PENDING,
        ("send", LicenceStatus.REJECTED): LicenceStatus.PENDING,
        ("send", LicenceStatus.REVOKED): LicenceStatus.PENDING,
        ("recall", LicenceStatus.PENDING): LicenceStatus.NOT_REQUESTED,
        ("return", LicenceStatus.PENDING): LicenceStatus.RETURNED,
        ("approve", LicenceStatus.PENDING): LicenceStatus.APPROVED,
        ("reject", LicenceStatus.PENDING): LicenceStatus.REJECTED,
        ("withdraw", LicenceStatus.APPROVED): LicenceStatus.REVOKED,
        ("discard", LicenceStatus.RETURNED): LicenceStatus.NOT_REQUESTED,
        ("expire", LicenceStatus.RETURNED): LicenceStatus.NOT_REQUESTED,
    },
    labels={
        LicenceStatus.NOT_REQUESTED: gettext_noop("Not requested"),
        LicenceStatus.PENDING: gettext_noop("KTLicense – Pending"),
        LicenceStatus.RETURNED: gettext_noop("KTLicense – Returned"),
        LicenceStatus.APPROVED: gettext_noop("KTLicense – Approved"),
        LicenceStatus.REJECTED: gettext_noop("KTLicense – Rejected"),
        LicenceStatus.REVOKED: gettext_noop("KTLicense – Revoked"),
    },
)
FROZEN = frozenset({LicenceStatus.PENDING, LicenceStatus.APPROVED})
GIVEN_UP = (LicenceStatus.NOT_REQUESTED, LicenceStatus.REJECTED)
"""What an order may be that nobody follows any more (R12, R13)."""


class OpportunityStage(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


OPPORTUNITY_STAGE = StateTable(
    moves={
        ("win", OpportunityStage.OPEN): OpportunityStage.WON,
        ("lose", OpportunityStage.OPEN): OpportunityStage.LOST,
        ("reopen", OpportunityStage.WON): OpportunityStage.OPEN,
        ("reopen", OpportunityStage.LOST): OpportunityStage.OPEN,
    },
    labels={
        OpportunityStage.OPEN: gettext_noop("Open"),
        OpportunityStage.WON: gettext_noop("Won"),
        OpportunityStage.LOST: gettext_noop("Lost"),
    },
)
