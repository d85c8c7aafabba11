"""What kinds of packages there are, and what an order is for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PackageKind(models.TextChoices):
    BASE = "base", _("New sale")
    ADD_ON = "add_on", _("Add-on")


class OrderPurpose(models.TextChoices):
    """RULE R8: what may be ordered depends on it."""

    SALE = "sale", _("Sale")
    RENEWAL = "renewal", _("Renewal")
