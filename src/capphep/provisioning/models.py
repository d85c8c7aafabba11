"""Licence requests, their module lines, their evidence, and their rounds at the desk."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer, Level, Order, Sector
from capphep.platform.models import StoredFile, Team, User
from capphep.provisioning.states import (
    LIVE,
    OPEN,
    EvidenceKind,
    RequestKind,
    RequestStatus,
    WithdrawalStatus,
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


class Evidence(models.Model):
    """A file that proves the purchase (R7); the same content may serve several requests.

    ``number`` to ``amount`` (whole đồng) are what the funding decision says of itself.
    """

    request = models.ForeignKey(LicenceRequest, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    number = models.CharField(_("Decision number"), max_length=50, blank=True)
    issued_on = models.DateField(_("Decision date"), null=True)
    issuer = models.CharField(_("Issued by"), max_length=250, blank=True)
    amount = models.PositiveBigIntegerField(_("Amount of the decision"), null=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "file"], name="evidence_once")
        ]

    def __str__(self) -> str:
        return self.name


class RoundOutcome(models.TextChoices):
    RETURNED = "returned", _("Returned for changes")
    RECALLED = "recalled", _("Recalled")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class Round(models.Model):
    """One way of a request to the desk and back: what was sent, what was answered.

    ``content`` is the request as it was sent, its evidence by SHA-256 among it, and
    never changes. ``comments`` are the officer's, by the field that they are about.
    ``due_on`` is the local day by which the desk meant to answer, ``ended_on`` that on
    which it did, ``overdue_on`` the one on which the round became late.
    """

    request = models.ForeignKey(LicenceRequest, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, choices=RoundOutcome.choices, blank=True)
    comment = models.TextField(_("Comment"), blank=True)
    comments = models.JSONField(default=dict)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    overdue_on = models.DateField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="round_once"),
        ]
        indexes = [
            # Which rounds have become late, once a day: few are not noted yet.
            models.Index(
                fields=["due_on"], condition=models.Q(overdue_on__isnull=True), name="round_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}, {self.number}"


class Withdrawal(models.Model):
    """*Thu hồi cấp phép*: one officer proposes to take an approved request back, another confirms.

    ``from_day`` is the first day without it: the one proposed and, once confirmed, the one
    that took effect. ``force_reason`` says why it happens although more is in use than
    would remain, ``decline_reason`` why it does not happen.
    """

    request = models.ForeignKey(
        LicenceRequest, on_delete=models.PROTECT, related_name="withdrawals"
    )
    status = models.CharField(
        _("Status"),
        max_length=10,
        choices=WithdrawalStatus.choices,
        default=WithdrawalStatus.PROPOSED,
    )
    from_day = models.DateField(_("Withdrawn from"))
    reason = models.TextField(_("Reason"))
    force_reason = models.TextField(_("Why nevertheless"), blank=True)
    decline_reason = models.TextField(_("Why not"), blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(status=WithdrawalStatus.PROPOSED.value),
                name="one_proposed_withdrawal",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(status=WithdrawalStatus.CONFIRMED.value),
                name="withdrawn_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.status}"
