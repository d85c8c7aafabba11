"""The ledger of grants and what is derived from it (R2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer


class Subscription(models.Model):
    """A customer's right to one product.

    ``version`` counts the changes of its ledger and of what its licences certify.
    """

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
    TRIAL = "trial", _("Trial")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    TRIAL_END = "trial_end", _("End of the trial")
    MOVED_OUT = "moved_out", _("Moved to the customer that this one was merged into")
    MOVED_IN = "moved_in", _("Moved from a merged customer")
    TRIAL_OUT = "trial_out", _("Trial moved to the customer that this one was merged into")
    TRIAL_IN = "trial_in", _("Trial moved from a merged customer")
    UNDONE = "undone", _("Import undone")


def _values(kinds: Iterable[GrantKind]) -> list[str]:
    return [kind.value for kind in kinds]


OPPOSITES: Final[Mapping[str, GrantKind]] = {
    GrantKind.APPROVAL: GrantKind.WITHDRAWAL,
    GrantKind.TRIAL: GrantKind.TRIAL_END,
    GrantKind.MOVED_IN: GrantKind.WITHDRAWAL,
    GrantKind.TRIAL_IN: GrantKind.TRIAL_END,
}
"""What takes back each kind of addition by a decision; what was in force before capphep stays."""
MOVES: Final = (
    GrantKind.MOVED_OUT,
    GrantKind.MOVED_IN,
    GrantKind.TRIAL_OUT,
    GrantKind.TRIAL_IN,
)
"""By a merge: as much goes out of one subscription as comes into another."""
OF_NO_REQUEST: Final = (GrantKind.OPENING, GrantKind.UNDONE, *MOVES)
"""Behind what they say of the ledger stands no request of capphep's."""
ADDITIONS: Final = (
    GrantKind.OPENING,
    GrantKind.APPROVAL,
    GrantKind.TRIAL,
    GrantKind.MOVED_IN,
    GrantKind.TRIAL_IN,
)
REMOVALS: Final = (
    GrantKind.WITHDRAWAL,
    GrantKind.TRIAL_END,
    GrantKind.MOVED_OUT,
    GrantKind.TRIAL_OUT,
    GrantKind.UNDONE,
)
TRIALS: Final = (
    GrantKind.TRIAL,
    GrantKind.TRIAL_END,
    GrantKind.TRIAL_OUT,
    GrantKind.TRIAL_IN,
)


class Grant(models.Model):
    """So much of a resource for a span of days, added or taken back. Appended only (R2).

    ``source`` names the request line that granted it, such as ``YC-2026-000012/1``; what
    takes it back bears the same, from the day on which it ends to its last day. A line
    grants a resource once and loses it once (R4); only the end of a trial may come nearer.
    What an import entered by mistake is *undone* by its opposite on the very same days.
    ``granted_on`` is the local day on which it was decided.
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
    granted_on = models.DateField(_("Decided on"))
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "resource", "kind"],
                condition=~models.Q(kind__in=[GrantKind.TRIAL_END.value, *_values(MOVES)]),
                name="granted_once",
            ),
            # A line is moved into a subscription once, and out of it once.
            models.UniqueConstraint(
                fields=["subscription", "source", "resource", "kind"],
                condition=models.Q(kind__in=_values(MOVES)),
                name="moved_once",
            ),
            models.UniqueConstraint(
                fields=["source", "resource", "first_day"],
                condition=models.Q(kind=GrantKind.TRIAL_END.value),
                name="trial_ended_once",
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="grant_forward"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, kind__in=_values(ADDITIONS))
                | models.Q(quantity__lt=0, kind__in=_values(REMOVALS)),
                name="grant_signed",
            ),
        ]
        indexes = [
            # All grants of a subscription in the order in which they count.
            models.Index(
                fields=["subscription", "module", "resource", "first_day"], name="grant_of"
            ),
            # What a request granted: its origin page, the proof of the ledger, an import.
            models.Index(fields=["request_no"], name="grant_of_request"),
            # What begins or ends on a day, once a day.
            models.Index(fields=["first_day"], name="grant_begins"),
            models.Index(fields=["last_day"], name="grant_ends"),
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
