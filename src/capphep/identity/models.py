"""The directory of the people who administer a product at a customer (R15)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.identity.states import OPEN, AccountStatus
from capphep.platform.leases import Leased, due_index


class DeliveryError(models.TextChoices):
    """Why an account could not be delivered, as people read it; never what the other side said."""

    UNREACHABLE = "unreachable", _("The identity provider cannot be reached.")
    TIMEOUT = "timeout", _("The identity provider did not answer in time.")
    TOKEN = "token", _("The identity provider does not accept the token (CAPPHEP_SCIM_TOKEN).")
    BUSY = "busy", _("The identity provider asks to wait.")
    BROKEN = "broken", _("The identity provider reported a failure of its own.")
    REDIRECT = "redirect", _("The identity provider sends elsewhere: check CAPPHEP_SCIM_URL.")
    REFUSED = "refused", _("The identity provider refused this account.")
    NOT_UNDERSTOOD = "not_understood", _("The identity provider's answer cannot be understood.")
    AMBIGUOUS = "ambiguous", _("Several users at the identity provider fit: choose one there.")
    TAKEN = "taken", _("The address is taken at the identity provider, but nobody is found by it.")
    MAIL = "mail", _("The mail server did not take the invitation.")
    ADDRESS = "address", _("The mail server refused the e-mail address.")


class AdminAccount(Leased):
    """A person's account, found again by e-mail or phone; one user at the identity provider.

    The worker claims it whenever something about its links is to be delivered.
    """

    full_name = models.CharField(_("Full name"), max_length=150)
    # Derived: what the search box finds the person by (`rules.account_key`).
    search_key = models.TextField(default="", db_default="")
    # NULL where not given, so that uniqueness speaks of real addresses only.
    email = models.EmailField(_("E-mail"), null=True, unique=True)
    phone = models.CharField(_("Phone"), max_length=15, null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # What the identity provider knows it by (externalId): a lost answer is found again by it.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Where it was delivered and its id there; "" as long as it is only in this directory.
    provider = models.CharField(_("Identity provider"), max_length=250, blank=True)
    provider_id = models.CharField(max_length=250, blank=True)
    # The last invitation by e-mail of this directory.
    invited_at = models.DateTimeField(_("Invited at"), null=True)
    # The attempt that ended last: where it is `attempts`, no worker holds the account.
    ended = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    tried_at = models.DateTimeField(_("Last attempt"), null=True)
    # A `DeliveryError`.
    error = models.CharField(_("Error"), max_length=16, blank=True)
    # The status of the answer (HTTP, SMTP), where there was one.
    error_status = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False),
                name="account_reachable",
            )
        ]
        indexes = [
            # Found by its address however that is capitalised.
            models.Index(Lower("email"), name="account_by_email"),
            due_index("account_due"),
        ]

    def __str__(self) -> str:
        return self.full_name


class AccountLink(models.Model):
    """The account administers the product at the customer, since this request.

    From ``closed_from`` on, nothing is left there to administer; on that day it is closed.
    """

    account = models.ForeignKey(AdminAccount, on_delete=models.PROTECT, related_name="links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        _("Status"),
        max_length=12,
        choices=AccountStatus.choices,
        default=AccountStatus.PENDING,
    )
    request_no = models.CharField(_("Request number"), max_length=20)
    linked_at = models.DateTimeField(auto_now_add=True)
    closed_from = models.DateField(_("Closed from"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "customer", "product"], name="linked_once")
        ]
        indexes = [
            # The list's default order, newest first.
            models.Index(fields=["-linked_at", "-id"], name="account_link_newest"),
            # What ends by itself, looked for every day.
            models.Index(
                fields=["closed_from"],
                name="account_link_ending",
                condition=models.Q(closed_from__isnull=False, status__in=OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} → {self.customer}"
