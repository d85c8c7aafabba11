"""What a check reads: one row for each customer and product, derived from the ledger (R2)."""

from __future__ import annotations

from django.db import models

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.entitlements.models.ledger import Subscription


class CheckDocument(models.Model):
    """All that a product asks about a customer, for any day, in one row.

    Derived: `entitlements.actions.rebuild_balances` writes it with the balances, from the grants
    alone; `entitlements.check_rules` says what stands in it. It is read by budget code and
    product code (in lower case), without joins and without Django: a check that reads no other
    table waits for no change of one. ``version`` is that of the subscription when it was written.
    """

    subscription = models.OneToOneField(Subscription, on_delete=models.PROTECT, related_name="+")
    # For tokens that are bound to one; nobody looks for them.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    budget_code = models.CharField(max_length=7)
    product_code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    document = models.TextField()

    class Meta:
        constraints = [
            # What a check looks for; all products of a customer stand together.
            models.UniqueConstraint(fields=["budget_code", "product_code"], name="check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_code} {self.product_code}: {self.version}"
