"""Where an administrator's account of a product at a customer stands."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class AccountStatus(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    INVITED = "invited", _("Invited")
    LINKED = "linked", _("Linked")
    FAILED = "failed", _("Failed")
    CLOSING = "closing", _("Waiting to be deactivated")
    CLOSED = "closed", _("Deactivated")
    CLOSE_FAILED = "close_failed", _("Deactivation failed")


ACCOUNT_STATUS = StateTable(
    moves={
        ("invite", AccountStatus.PENDING): AccountStatus.INVITED,
        ("invite", AccountStatus.FAILED): AccountStatus.INVITED,
        ("link", AccountStatus.PENDING): AccountStatus.LINKED,
        ("link", AccountStatus.FAILED): AccountStatus.LINKED,
        ("fail", AccountStatus.PENDING): AccountStatus.FAILED,
        ("close", AccountStatus.PENDING): AccountStatus.CLOSING,
        ("close", AccountStatus.INVITED): AccountStatus.CLOSING,
        ("close", AccountStatus.LINKED): AccountStatus.CLOSING,
        ("close", AccountStatus.FAILED): AccountStatus.CLOSING,
        ("deactivate", AccountStatus.CLOSING): AccountStatus.CLOSED,
        ("deactivate", AccountStatus.CLOSE_FAILED): AccountStatus.CLOSED,
        ("fail", AccountStatus.CLOSING): AccountStatus.CLOSE_FAILED,
        ("reopen", AccountStatus.CLOSING): AccountStatus.PENDING,
        ("reopen", AccountStatus.CLOSED): AccountStatus.PENDING,
        ("reopen", AccountStatus.CLOSE_FAILED): AccountStatus.PENDING,
        ("send_again", AccountStatus.FAILED): AccountStatus.PENDING,
        ("send_again", AccountStatus.INVITED): AccountStatus.PENDING,
        ("send_again", AccountStatus.LINKED): AccountStatus.PENDING,
        ("send_again", AccountStatus.CLOSE_FAILED): AccountStatus.CLOSING,
    },
    labels={
        AccountStatus.PENDING: gettext_noop("Waiting to be sent"),
        AccountStatus.INVITED: gettext_noop("Invited"),
        AccountStatus.LINKED: gettext_noop("Linked"),
        AccountStatus.FAILED: gettext_noop("Failed"),
        AccountStatus.CLOSING: gettext_noop("Waiting to be deactivated"),
        AccountStatus.CLOSED: gettext_noop("Deactivated"),
        AccountStatus.CLOSE_FAILED: gettext_noop("Deactivation failed"),
    },
)
# The person has to be told, or let in.
TO_OPEN: Final = (AccountStatus.PENDING, AccountStatus.FAILED)
# Nothing is left there to administer, and the provider does not know yet.
TO_CLOSE: Final = (AccountStatus.CLOSING, AccountStatus.CLOSE_FAILED)
# Something failed; the worker may still be trying.
TROUBLED: Final = (AccountStatus.FAILED, AccountStatus.CLOSE_FAILED)
OPEN: Final = (*TO_OPEN, AccountStatus.INVITED, AccountStatus.LINKED)
