"""Customers: public-sector units, their people, and which products they have in force."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.platform.models import Team, User


class OrgType(models.TextChoices):
    CENTRAL = "central", _("Public unit, central")
    PROVINCE = "province", _("Public unit, province")
    COMMUNE = "commune", _("Public unit, commune/ward")


class PublicUnitKind(models.TextChoices):
    COMMITTEE = "committee", _("People's committee of a commune/ward")
    DEPARTMENT = "department", _("Specialised department")
    EDUCATION = "education", _("Education unit")
    OTHER = "other", _("Other units")


class Level(models.IntegerChoices):
    CENTRAL = 1, _("Central")
    PROVINCE = 2, _("Province")
    DISTRICT = 3, _("District (until 1/7/2025)")
    COMMUNE = 4, _("Commune")


class Sector(models.Model):
    name = models.CharField(_("Sector"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A unit, known for life by its budget code (R11).

    Without an owner it is in the common pool, where every salesperson may work on it.
    """

    budget_code = models.CharField(_("Budget code"), max_length=7, unique=True)
    name = models.CharField(_("Customer"), max_length=250)
    # Derived (`crm.keys`): what the search boxes find it by, its place in Vietnamese order, and
    # what says that two records may be one unit (RULE D1, `duplicate_rules`).
    search_key = models.TextField()
    sort_key = models.CharField(max_length=800, default="", db_default="")
    name_key = models.CharField(max_length=360, default="", blank=True)
    place_key = models.CharField(max_length=110, default="", blank=True)
    org_type = models.CharField(_("Organisation type"), max_length=10, choices=OrgType.choices)
    public_unit_kind = models.CharField(
        _("Kind of public unit"), max_length=12, choices=PublicUnitKind.choices
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("Governing unit"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    sector = models.ForeignKey(
        Sector, verbose_name=_("Sector"), on_delete=models.PROTECT, null=True, blank=True
    )
    level = models.PositiveSmallIntegerField(
        _("Level"), choices=Level.choices, default=Level.COMMUNE
    )
    chapter_code = models.CharField(_("Chapter"), max_length=3, blank=True)
    tax_code = models.CharField(_("Tax code"), max_length=14, blank=True)
    province = models.CharField(_("Province/City"), max_length=100, blank=True)
    commune = models.CharField(_("Commune/Ward"), max_length=100, blank=True)
    address = models.CharField(_("Address"), max_length=250, blank=True)
    phone = models.CharField(_("Phone"), max_length=15, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    note = models.TextField(_("Note"), blank=True)
    owner = models.ForeignKey(
        User,
        verbose_name=_("Salesperson in charge"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    is_active = models.BooleanField(_("Active"), default=True)
    # The record that this one turned out to be; then it is inactive and says nothing any more.
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("Merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
    )
    # The unit that carries on this one's work, since a reorganisation on that local day.
    successor = models.ForeignKey(
        "self",
        verbose_name=_("Successor"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
    )
    succeeded_on = models.DateField(_("Succeeded on"), null=True, blank=True)
    succession_note = models.CharField(_("Reason or decision number"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(budget_code__regex=r"^[0-9]{7}$"), name="budget_code_digits"
            ),
        ]
        indexes = [
            # The list's default order, newest first, reads straight from this index.
            models.Index(fields=["-created_at", "-id"], name="customer_newest"),
            models.Index(fields=["sort_key", "id"], name="customer_by_name"),
            # Whoever is entered is compared with those of the same code or name.
            models.Index(fields=["tax_code"], name="customer_same_tax"),
            models.Index(fields=["name_key"], name="customer_same_name"),
            # The list by province, and which provinces there are.
            models.Index(fields=["province", "id"], name="customer_by_province"),
            # How many of a kind there are is counted without reading them.
            models.Index(fields=["public_unit_kind", "-id"], name="customer_by_kind"),
            # Whose it is, for lists of what hangs on customers, without reading these.
            models.Index(fields=["id", "owner", "team"], name="customer_whose"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_code} · {self.name}"


class Contact(models.Model):
    """A person at the customer; the first active one fills an order's contact fields."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    full_name = models.CharField(_("Contact"), max_length=150)
    position = models.CharField(_("Position"), max_length=100, blank=True)
    phone = models.CharField(_("Phone"), max_length=15, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    is_active = models.BooleanField(_("Active"), default=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            # The search box finds people by the number that rang.
            models.Index(fields=["phone"], name="contact_phone", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.full_name


class OwnedProduct(models.Model):
    """A span of days in which the customer has the product in force.

    Derived from the ledger of grants, which lies above this module and writes it
    here (`crm.actions.ownership.note_ownership`) so that R8 can be decided here.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="owned_products")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product", "first_day"], name="owned_span_once"
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="owned_span_forward"
            ),
        ]
        # What ends in some span of days.
        indexes = [models.Index(fields=["last_day", "customer"], name="owned_span_ends")]

    def __str__(self) -> str:
        return f"{self.product} {self.first_day} – {self.last_day}"
