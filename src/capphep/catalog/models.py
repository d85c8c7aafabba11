"""The catalogue: what can be sold, what it contains, and to whom. From a file or from screens."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.kinds import PackageKind
from capphep.platform.models import User
from capphep.pure.money import MAX_UNIT_PRICE, TaxRate
from capphep.pure.months import MAX_MONTHS

TAX_LABELS = {
    TaxRate.EXEMPT: _("Exempt (KCT)"),
    TaxRate.ZERO: "0%",
    TaxRate.FIVE: "5%",
    TaxRate.EIGHT: "8%",
    TaxRate.TEN: "10%",
}
TAX_CHOICES = [(rate.value, label) for rate, label in TAX_LABELS.items()]


class Edited(models.Model):
    """What two administrators may change at once: the later one is told (`platform.versions`)."""

    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class Product(Edited):
    """The software, such as iGOV."""

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    name = models.CharField(_("Product"), max_length=100, unique=True)
    is_active = models.BooleanField(_("Active"), default=True)
    # RULE R9: an addition ends with the running term of the module that it adds to.
    co_terminates = models.BooleanField(_("Co-termination"), default=False)
    # Empty where the product is not offered for trial.
    trial_months = models.PositiveSmallIntegerField(_("Months of trial"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(trial_months__isnull=True)
                | models.Q(trial_months__range=(1, MAX_MONTHS)),
                name="product_trial_bound",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Package(Edited):
    """The group an item belongs to, such as Kế toán."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="packages")
    code = models.SlugField(max_length=40)
    name = models.CharField(_("Package"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=10, choices=PackageKind.choices)
    is_active = models.BooleanField(_("Active"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "code"], name="package_code_in_product")
        ]

    def __str__(self) -> str:
        return self.name


class AddOnEligibility(models.Model):
    """RULE R8 as data: the owner of a product may add this package."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="eligibilities")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "package"], name="eligibility_once")
        ]

    def __str__(self) -> str:
        return f"{self.product} → {self.package}"


class Module(Edited):
    """A business function of a product, with the schema of its own extra fields.

    ``extra_schema`` is the JSON Schema subset that `catalog.schemas` reads.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="modules")
    code = models.SlugField(max_length=40)
    name = models.CharField(_("Module"), max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    extra_schema = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "code"], name="module_code_in_product")
        ]

    def __str__(self) -> str:
        return self.name


class Resource(Edited):
    """What is counted: users, accounting books, GB. One list for all products."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("Resource"), max_length=100, unique=True)
    unit = models.CharField(_("Unit"), max_length=40)

    def __str__(self) -> str:
        return self.name


class TrialDefault(models.Model):
    """How many units of a module's resource a trial of the module's product grants."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="trial_defaults")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("Quantity"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "resource"], name="trial_default_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="trial_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.module}: {self.quantity} {self.resource}"


class Item(Edited):
    """A package size that can be ordered, with its price in whole đồng and its term in months.

    ``edition`` counts the changes of its months and contents: an order's line keeps the edition
    that was sold, and `FormerContent` what the earlier ones were.
    """

    package = models.ForeignKey(
        Package, verbose_name=_("Package"), on_delete=models.PROTECT, related_name="items"
    )
    sku = models.CharField(_("Item code"), max_length=60, unique=True)
    name = models.CharField(_("Item"), max_length=200)
    # Code, name and package without accents, so that one box finds all of them.
    search_key = models.CharField(max_length=400)
    sort_key = models.CharField(max_length=800, default="", db_default="")
    unit_price = models.PositiveBigIntegerField(_("Unit price"))
    term_months = models.PositiveSmallIntegerField(_("Months of use"))
    note = models.CharField(_("Note"), max_length=200, blank=True)
    edition = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(_("Active"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit_price__lte=MAX_UNIT_PRICE), name="item_price_bound"
            ),
            models.CheckConstraint(
                condition=models.Q(term_months__range=(1, MAX_MONTHS)), name="item_term_bound"
            ),
        ]
        indexes = [models.Index(fields=["sort_key", "id"], name="item_by_name")]

    def __str__(self) -> str:
        return self.sku


class ItemContent(models.Model):
    """How many units of a module's resource one package of the item adds."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="contents")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField(_("Units per package"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "module", "resource"], name="content_once"),
            models.CheckConstraint(condition=models.Q(units__gt=0), name="content_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.units} {self.resource}"


class ItemTax(models.Model):
    """The tax rate of an item from a day on (R10)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="taxes")
    rate = models.CharField(_("Tax rate"), max_length=3, choices=TAX_CHOICES)
    from_day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "from_day"], name="item_tax_day"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.rate} {self.from_day}"


class ItemPrice(models.Model):
    """A price of an item from a coming day on; `prices_take_effect` makes it the item's own."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="prices")
    unit_price = models.PositiveBigIntegerField(_("Unit price"))
    from_day = models.DateField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "from_day"], name="item_price_day"),
            models.CheckConstraint(
                condition=models.Q(unit_price__lte=MAX_UNIT_PRICE), name="coming_price_bound"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.unit_price} {self.from_day}"


class FormerContent(models.Model):
    """What an earlier edition of an item gave, for the orders of that time. Never changed."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="former_contents")
    edition = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "edition", "module", "resource"], name="former_content_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} ({self.edition}): {self.units} {self.resource}"
