"""The directory of the people who administer a product at a customer (R15)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.crm.models import Customer


class AdminAccount(models.Model):
    """A person's account, found again by e-mail or phone."""

    full_name = models.CharField(_("Full name"), max_length=150)
    # NULL where not given, so that uniqueness speaks of real addresses only.
    email = models.EmailField(_("E-mail"), null=True, unique=True)
    phone = models.CharField(_("Phone"), max_length=15, null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

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
        ]

    def __str__(self) -> str:
        return self.full_name


class LinkKind(models.TextChoices):
    INVITED = "invited", _("Invited")
    LINKED = "linked", _("Linked")


class AccountLink(models.Model):
    """The account administers the product at the customer, since this request.

    From ``closed_from`` on, nothing is left there to administer.
    """

    account = models.ForeignKey(AdminAccount, on_delete=models.PROTECT, related_name="links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    request_no = models.CharField(_("Request number"), max_length=20)
    linked_at = models.DateTimeField(auto_now_add=True)
    closed_from = models.DateField(_("Closed from"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "customer", "product"], name="linked_once")
        ]

    def __str__(self) -> str:
        return f"{self.account} → {self.customer}"
