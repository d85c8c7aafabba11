"""Orders: order and contract in one, with their lines and amounts in whole đồng."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import TAX_CHOICES, Item, Product
from capphep.crm.models.customer import Customer
from capphep.crm.models.sales import Opportunity, SalesProject
from capphep.crm.states import GIVEN_UP, LicenceStatus
from capphep.platform.models import Team, User
from capphep.pure.money import DiscountKind
from capphep.pure.quantities import MAX_QUANTITY

DISCOUNT_CHOICES = [
    (DiscountKind.NONE.value, _("No discount")),
    (DiscountKind.LINE.value, _("By line (%)")),
    (DiscountKind.PERCENT.value, _("Percent of the order")),
    (DiscountKind.AMOUNT.value, _("Amount off the order")),
]


class Order(models.Model):
    """An order for goods of one product. Its amounts are those of its lines (R10)."""

    order_no = models.CharField(_("Order number"), max_length=20, unique=True)
    contract_no = models.CharField(_("Contract number"), max_length=60, blank=True)
    # Order and contract number and what its customer is found by (`crm.keys`).
    search_key = models.TextField()
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="orders"
    )
    budget_code = models.CharField(_("Budget code"), max_length=7)
    product = models.ForeignKey(
        Product, verbose_name=_("Product"), on_delete=models.PROTECT, related_name="+"
    )
    # Decided when the order is begun: a renewal is opened from what it renews (R8).
    purpose = models.CharField(
        _("Purpose"), max_length=10, choices=OrderPurpose.choices, default=OrderPurpose.SALE
    )
    description = models.CharField(_("Description"), max_length=300, blank=True)
    ordered_on = models.DateField(_("Order date"))
    project = models.ForeignKey(
        SalesProject,
        verbose_name=_("Sales project"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    opportunity = models.ForeignKey(
        Opportunity,
        verbose_name=_("Opportunity"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    salesperson = models.ForeignKey(
        User, verbose_name=_("Salesperson"), on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    contact_name = models.CharField(_("Contact"), max_length=150, blank=True)
    contact_position = models.CharField(_("Position"), max_length=100, blank=True)
    contact_phone = models.CharField(_("Contact phone"), max_length=15, blank=True)
    contact_email = models.EmailField(_("Contact e-mail"), blank=True)
    discount_kind = models.CharField(
        _("Discount"), max_length=10, choices=DISCOUNT_CHOICES, default=DiscountKind.NONE.value
    )
    discount_percent = models.DecimalField(
        _("Discount (%)"), max_digits=5, decimal_places=2, default=0
    )
    discount_amount = models.PositiveBigIntegerField(_("Discount amount"), default=0)
    gross = models.PositiveBigIntegerField(_("Amount before discount"))
    discount = models.PositiveBigIntegerField(_("Discount"))
    net = models.PositiveBigIntegerField(_("Amount before tax"))
    tax = models.PositiveBigIntegerField(_("Tax"))
    total = models.PositiveBigIntegerField(_("Total amount"))
    licence_status = models.CharField(
        _("Order status"),
        max_length=15,
        choices=LicenceStatus.choices,
        default=LicenceStatus.NOT_REQUESTED,
    )
    # Entered by mistake, or given up: it stays, out of the way (R13).
    is_active = models.BooleanField(_("Followed"), default=True, db_default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total=models.F("net") + models.F("tax")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(net=models.F("gross") - models.F("discount")),
                name="order_net_adds_up",
            ),
            # RULE R12: what somebody has in hand, or was granted under it, is followed.
            models.CheckConstraint(
                condition=models.Q(is_active=True)
                | models.Q(licence_status__in=[each.value for each in GIVEN_UP]),
                name="order_requested_is_followed",
            ),
        ]
        indexes = [
            # The list's default order, newest first.
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(fields=["licence_status", "-created_at", "-id"], name="order_by_status"),
            # Looked up by contract number at the officer's desk; many orders have none yet.
            models.Index(fields=["contract_no", "id"], name="order_contract"),
            # The list by day and by amount, and ranges of them.
            models.Index(fields=["ordered_on", "id"], name="order_by_day"),
            models.Index(fields=["total", "id"], name="order_by_total"),
            # The few that are no longer followed, among all others.
            models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(is_active=False),
                name="order_not_followed",
            ),
        ]

    def __str__(self) -> str:
        return self.order_no


class OrderLine(models.Model):
    """One item of an order. Name, price and tax are copied: the catalogue may change later.

    ``edition`` is that of the item when it was sold: its months and contents.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(_("Item code"), max_length=60)
    name = models.CharField(_("Item"), max_length=200)
    edition = models.PositiveIntegerField(default=1)
    quantity = models.PositiveIntegerField(_("Quantity"))
    unit_price = models.PositiveBigIntegerField(_("Unit price"))
    discount_percent = models.DecimalField(
        _("Discount (%)"), max_digits=5, decimal_places=2, default=0
    )
    tax_rate = models.CharField(_("Tax rate"), max_length=3, choices=TAX_CHOICES)
    gross = models.PositiveBigIntegerField()
    discount = models.PositiveBigIntegerField()
    net = models.PositiveBigIntegerField(_("Line amount"))
    tax = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__range=(1, MAX_QUANTITY)), name="line_quantity_bound"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
