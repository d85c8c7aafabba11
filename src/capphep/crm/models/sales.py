"""Opportunities and sales projects."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Item, Product
from capphep.crm.models.customer import Customer
from capphep.crm.states import OpportunityStage
from capphep.platform.models import Team, User
from capphep.pure.quantities import MAX_QUANTITY


class SalesProject(models.Model):
    """A sales campaign."""

    code = models.CharField(_("Project code"), max_length=30, unique=True)
    name = models.CharField(_("Sales project"), max_length=200)
    search_key = models.TextField()
    sort_key = models.CharField(max_length=800, default="", db_default="")
    first_day = models.DateField(_("From"), null=True, blank=True)
    last_day = models.DateField(_("To"), null=True, blank=True)
    note = models.TextField(_("Note"), blank=True)
    is_active = models.BooleanField(_("Active"), default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="project_newest")]

    def __str__(self) -> str:
        return self.name


class Opportunity(models.Model):
    """A possible sale to a customer; the amount in whole đồng."""

    name = models.CharField(_("Opportunity"), max_length=200)
    search_key = models.TextField()
    sort_key = models.CharField(max_length=800, default="", db_default="")
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer"),
        on_delete=models.PROTECT,
        related_name="opportunities",
    )
    project = models.ForeignKey(
        SalesProject,
        verbose_name=_("Sales project"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    stage = models.CharField(
        _("Stage"),
        max_length=10,
        choices=OpportunityStage.choices,
        default=OpportunityStage.OPEN,
    )
    expected_amount = models.PositiveBigIntegerField(_("Expected amount"), null=True, blank=True)
    expected_on = models.DateField(_("Expected on"), null=True, blank=True)
    note = models.TextField(_("Note"), blank=True)
    salesperson = models.ForeignKey(
        User, verbose_name=_("Salesperson"), on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    # RULE R8: an order that comes of it renews this product; none for a sale.
    renews = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="opportunity_newest"),
            models.Index(fields=["sort_key", "id"], name="opportunity_by_name"),
            # Those without a day or an amount stand last, whichever way the list is sorted: for the
            # falling order PostgreSQL has two more, which SQLite cannot have (`falling_indexes`).
            models.Index(fields=["expected_on", "id"], name="opportunity_soonest"),
            models.Index(fields=["expected_amount", "id"], name="opportunity_smallest"),
        ]

    def __str__(self) -> str:
        return self.name


class OpportunityLine(models.Model):
    """Goods that are proposed: an order that comes of the opportunity begins with them.

    Name and price are those of the catalogue, whenever one looks.
    """

    # The constraint's index begins with the opportunity.
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("Quantity"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "item"], name="opportunity_item_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__range=(1, MAX_QUANTITY)),
                name="opportunity_quantity_bound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item}"
