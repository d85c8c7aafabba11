"""Licence requests and their module lines (R1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer, Level, Order, Sector
from capphep.platform.models import Team, User
from capphep.provisioning.states import (
    LIVE,
    OPEN,
    RequestKind,
    RequestStatus,
)


class LicenceRequest(models.Model):
    """The request for a licence or subscription; only sales are raised from an order.

    ``unit_*`` and ``admin_*`` are the MISA ID block: the customer's data as they
    stand in this request, and the person who will administer the product.
    ``start_on`` is a later first day that was asked for (R9); ``due_on`` the day by
    which the desk means to decide.
    """

    request_no = models.CharField(_("Request number"), max_length=20, unique=True)
    order = models.ForeignKey(
        Order,
        verbose_name=_("Order"),
        on_delete=models.PROTECT,
        null=True,
        related_name="requests",
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="+"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("Product"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("Request kind"), max_length=12, choices=RequestKind.choices)
    status = models.CharField(
        _("Status"), max_length=10, choices=RequestStatus.choices, default=RequestStatus.DRAFT
    )
    budget_code = models.CharField(_("Budget code"), max_length=7)
    amount = models.PositiveBigIntegerField(_("Amount"))
    sector = models.ForeignKey(
        Sector, verbose_name=_("Sector"), on_delete=models.PROTECT, null=True, blank=True
    )
    level = models.PositiveSmallIntegerField(
        _("Level"), choices=Level.choices, null=True, blank=True
    )
    start_on = models.DateField(_("First day asked for"), null=True, blank=True)
    note = models.TextField(_("Note"), blank=True)
    unit_name = models.CharField(_("Unit name"), max_length=250, blank=True)
    unit_tax_code = models.CharField(_("Tax code"), max_length=14, blank=True)
    # Of a change of information alone: the others leave the customer's chapter as it is.
    unit_chapter_code = models.CharField(
        _("Chapter"), max_length=3, blank=True, default="", db_default=""
    )
    unit_address = models.CharField(_("Address"), max_length=250, blank=True)
    unit_phone = models.CharField(_("Unit phone"), max_length=15, blank=True)
    unit_email = models.EmailField(_("Unit e-mail"), blank=True)
    admin_name = models.CharField(_("Administrator's full name"), max_length=150, blank=True)
    admin_position = models.CharField(_("Position"), max_length=100, blank=True)
    admin_phone = models.CharField(_("Administrator's phone"), max_length=15, blank=True)
    admin_email = models.EmailField(_("Administrator's e-mail"), blank=True)
    # What the information was before a change of it: when sent, then when approved.
    info_before = models.JSONField(default=dict, blank=True)
    write_back = models.BooleanField(_("Save new data to the customer record"), default=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("Sent at"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    reject_reason = models.TextField(_("Reason"), blank=True)
    assigned_to = models.ForeignKey(
        User,
        verbose_name=_("Assigned to"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    due_on = models.DateField(_("To be decided by"), null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            # R4: at most one request of an order is being written, waits or is approved.
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status__in=[status.value for status in LIVE]),
                name="one_live_request_per_order",
            ),
            # Of what has no order, a customer has one of a kind on its way.
            models.UniqueConstraint(
                fields=["customer", "product", "kind"],
                condition=models.Q(
                    order__isnull=True, status__in=[status.value for status in OPEN]
                ),
                name="one_open_request_without_order",
            ),
        ]
        indexes = [
            # The officer's queue: by status, oldest sent first or newest first.
            models.Index(fields=["status", "sent_at", "id"], name="request_queue"),
            # Of what waits, a few among all that was ever decided: what is late, who holds what.
            models.Index(
                fields=["due_on", "id"],
                condition=models.Q(status=RequestStatus.WAITING.value),
                name="request_due",
            ),
            models.Index(
                fields=["assigned_to", "sent_at", "id"],
                condition=models.Q(status=RequestStatus.WAITING.value),
                name="request_held",
            ),
            models.Index(fields=["-created_at", "-id"], name="request_newest"),
            # The whole desk by the day of sending.
            models.Index(
                fields=["sent_at", "id"],
                condition=models.Q(sent_at__isnull=False),
                name="request_sent",
            ),
            # What was decided today, and lately.
            models.Index(
                fields=["-decided_at", "-id"],
                condition=models.Q(decided_at__isnull=False),
                name="request_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.request_no

    @property
    def price(self) -> int | None:
        """The amount of what is sold, in whole đồng; None where nothing is."""
        return self.amount if self.order_id else None


class RequestLine(models.Model):
    """One module for one term. From and to are set by the approval (R9).

    ``ends_with`` is the last day of the running term that an addition ends with,
    ``follows`` the last day of the one that a renewal continues.
    """

    request = models.ForeignKey(LicenceRequest, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    months = models.PositiveSmallIntegerField(_("Months of use"))
    extra = models.JSONField(_("Additional information"), default=dict)
    ends_with = models.DateField(null=True)
    follows = models.DateField(null=True)
    first_day = models.DateField(_("From"), null=True)
    last_day = models.DateField(_("To"), null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="request_line_position"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.position}"


class RequestQuantity(models.Model):
    """RULE R1: base, added and the total that follows, of one resource of a line.

    ``base`` is what was in force when the request was sent and, once approved, what
    was in force at that moment; ``base_request_no`` the request that it came from and
    ``lapsed`` how much less is in force than that request's total.
    """

    line = models.ForeignKey(RequestLine, on_delete=models.CASCADE, related_name="quantities")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    base = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    total = models.PositiveIntegerField(_("Resource quantity"))
    base_request_no = models.CharField(max_length=20, blank=True)
    lapsed = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "resource"], name="request_quantity_once"),
            models.CheckConstraint(
                condition=models.Q(total=models.F("base") + models.F("added")),
                name="total_is_base_and_added",
            ),
            models.CheckConstraint(condition=models.Q(added__gt=0), name="added_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.base} + {self.added} = {self.total}"
