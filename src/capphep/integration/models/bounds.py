"""What a token or an endpoint may be for alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.crm.models import Customer


class Bounded(models.Model):
    """For one product, for one customer, or for all of them."""

    product = models.ForeignKey(
        Product,
        verbose_name=_("Only this product"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Only this customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        abstract = True

    @property
    def bounds(self) -> str:
        """In words, nothing where it is for all; product and customer must be at hand."""
        return " · ".join(str(one) for one in (self.product, self.customer) if one)
