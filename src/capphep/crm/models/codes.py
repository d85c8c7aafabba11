"""What a unit was known by before: codes and names, its own or those of records merged into it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.crm.models.customer import Customer
from capphep.platform.models import User


class CodeKind(models.TextChoices):
    BUDGET_CODE = "budget_code", _("Budget code")
    TAX_CODE = "tax_code", _("Tax code")
    NAME = "name", _("Customer name")


class CustomerCode(models.Model):
    """A former code or name of the unit that ``customer`` is today.

    ``key`` is what one looks it up by, for equality: the code itself, the folded name. Days are
    local, both included. A former budget code is never anybody else's (R11).
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="former_codes")
    kind = models.CharField(_("Kind"), max_length=11, choices=CodeKind.choices)
    value = models.CharField(_("Former value"), max_length=250)
    key = models.CharField(max_length=250)
    first_day = models.DateField(_("From"), null=True, blank=True)
    last_day = models.DateField(_("To"), null=True, blank=True)
    reason = models.CharField(_("Reason or decision number"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["value"],
                condition=models.Q(kind=CodeKind.BUDGET_CODE.value),
                name="former_budget_code_once",
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__isnull=True)
                | models.Q(last_day__isnull=True)
                | models.Q(last_day__gte=models.F("first_day")),
                name="former_code_forward",
            ),
        ]
        indexes = [
            # An exact former code or name leads to the unit of today.
            models.Index(fields=["key"], name="former_code_key"),
        ]

    def __str__(self) -> str:
        return self.value
