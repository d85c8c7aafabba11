"""The life of a licence request."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class RequestKind(models.TextChoices):
    NEW = "new", _("New sale")
    ADD_ON = "add_on", _("Add-on purchase")


class EvidenceKind(models.TextChoices):
    FUNDING_DECISION = "funding_decision", _("Funding decision")
    COMMITMENT = "commitment", _("Proof of commitment")


class RequestStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    DISCARDED = "discarded", _("Discarded")


REQUEST_STATUS = StateTable(
    moves={
        ("send", RequestStatus.DRAFT): RequestStatus.WAITING,
        ("recall", RequestStatus.WAITING): RequestStatus.DRAFT,
        ("approve", RequestStatus.WAITING): RequestStatus.APPROVED,
        ("reject", RequestStatus.WAITING): RequestStatus.REJECTED,
        ("discard", RequestStatus.DRAFT): RequestStatus.DISCARDED,
    },
    labels={
        RequestStatus.DRAFT: gettext_noop("Draft"),
        RequestStatus.WAITING: gettext_noop("Waiting for approval"),
        RequestStatus.APPROVED: gettext_noop("Approved"),
        RequestStatus.REJECTED: gettext_noop("Rejected"),
        RequestStatus.DISCARDED: gettext_noop("Discarded"),
    },
)
LIVE = (RequestStatus.DRAFT, RequestStatus.WAITING, RequestStatus.APPROVED)
