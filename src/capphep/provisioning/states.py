"""The life of a licence request."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class RequestKind(models.TextChoices):
    TRIAL = "trial", _("Trial")
    NEW = "new", _("New sale")
    ADD_ON = "add_on", _("Add-on purchase")
    RENEWAL = "renewal", _("Renewal")
    INFO_CHANGE = "info_change", _("Change of information")


class EvidenceKind(models.TextChoices):
    FUNDING_DECISION = "funding_decision", _("Funding decision")
    COMMITMENT = "commitment", _("Proof of commitment")


class RequestStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for approval")
    RETURNED = "returned", _("Returned for changes")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    DISCARDED = "discarded", _("Discarded")


WAS_APPROVED: Final = (RequestStatus.APPROVED, RequestStatus.WITHDRAWN)
"""What changed a subscription."""


class WithdrawalStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")


REQUEST_STATUS = StateTable(
    moves={
        ("send", RequestStatus.DRAFT): RequestStatus.WAITING,
        ("send", RequestStatus.RETURNED): RequestStatus.WAITING,
        ("recall", RequestStatus.WAITING): RequestStatus.DRAFT,
        ("return", RequestStatus.WAITING): RequestStatus.RETURNED,
        ("approve", RequestStatus.WAITING): RequestStatus.APPROVED,
        ("reject", RequestStatus.WAITING): RequestStatus.REJECTED,
        ("withdraw", RequestStatus.APPROVED): RequestStatus.WITHDRAWN,
        ("discard", RequestStatus.DRAFT): RequestStatus.DISCARDED,
        ("discard", RequestStatus.RETURNED): RequestStatus.DISCARDED,
        ("expire", RequestStatus.DRAFT): RequestStatus.EXPIRED,
        ("expire", RequestStatus.RETURNED): RequestStatus.EXPIRED,
    },
    labels={
        RequestStatus.DRAFT: gettext_noop("Draft"),
        RequestStatus.WAITING: gettext_noop("Waiting for approval"),
        RequestStatus.RETURNED: gettext_noop("Returned for changes"),
        RequestStatus.APPROVED: gettext_noop("Approved"),
        RequestStatus.REJECTED: gettext_noop("Rejected"),
        RequestStatus.WITHDRAWN: gettext_noop("Withdrawn"),
        RequestStatus.EXPIRED: gettext_noop("Expired"),
        RequestStatus.DISCARDED: gettext_noop("Discarded"),
    },
)
WITHDRAWAL_STATUS = StateTable(
    moves={
        ("confirm", WithdrawalStatus.PROPOSED): WithdrawalStatus.CONFIRMED,
        ("decline", WithdrawalStatus.PROPOSED): WithdrawalStatus.DECLINED,
    },
    labels={
        WithdrawalStatus.PROPOSED: gettext_noop("Proposed"),
        WithdrawalStatus.CONFIRMED: gettext_noop("Confirmed"),
        WithdrawalStatus.DECLINED: gettext_noop("Declined"),
    },
)
# What its salesperson may still change.
EDITABLE: Final = (RequestStatus.DRAFT, RequestStatus.RETURNED)
# Not over yet.
OPEN: Final = (*EDITABLE, RequestStatus.WAITING)
# Over, and the order may raise another one, which begins with what this one held.
ENDED: Final = (RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.EXPIRED)
# R4: an order has at most one of these.
LIVE: Final = (*OPEN, RequestStatus.APPROVED)
