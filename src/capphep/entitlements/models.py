"""The ledger of grants and what is derived from it (R2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer


class Subscription(models.Model):
    """A customer's right to one product. ``version`` counts the changes of its ledger."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="+"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("Product"), on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "product"], name="one_subscription")
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="subscription_newest")]

    def __str__(self) -> str:
        return f"{self.product} – {self.customer}"


class GrantKind(models.TextChoices):
    OPENING = "opening", _("In force when capphep began")
    APPROVAL = "approval", _("Approved request")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class Grant(models.Model):
    """One addition of a resource for a span of days. Appended only (R2).

    ``source`` names the request line that granted it, such as ``YC-2026-000012/1``;
    with the resource and kind it is unique, so that a line can never grant twice (R4).
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="grants")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=GrantKind.choices)
    quantity = models.IntegerField(_("Quantity"))
    months = models.PositiveSmallIntegerField(_("Months of use"), null=True)
    first_day = models.DateField(_("From"))
    last_day = models.DateField(_("To"))
    request_no = models.CharField(_("Request number"), max_length=20)
    source = models.CharField(max_length=30)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "resource", "kind"], name="granted_once"),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="grant_forward"
            ),
            models.CheckConstraint(condition=~models.Q(quantity=0), name="grant_not_zero"),
        ]
        indexes = [
            # All grants of a subscription in the order in which they count.
            models.Index(
                fields=["subscription", "module", "resource", "first_day"], name="grant_of"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.quantity} {self.resource}"


class BalanceStep(models.Model):
    """From this day on, this much is in force, until the next step.

    Derived: the sums of the grants, kept as steps so that one indexed row answers for
    any day. `entitlements.actions.rebuild_balances` makes them from the grants alone.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="steps")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    from_day = models.DateField()
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "module", "resource", "from_day"], name="step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_day}: {self.quantity}"


class Licence(models.Model):
    """What one approval certified: the subscription's content after it (R14)."""

    licence_no = models.CharField(_("Licence number"), max_length=20, unique=True)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="licences"
    )
    version = models.PositiveIntegerField()
    request_no = models.CharField(_("Request number"), max_length=20, unique=True)
    issued_at = models.DateTimeField(auto_now_add=True)
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "version"], name="licence_version")
        ]

    def __str__(self) -> str:
        return self.licence_no
