"""What kinds of packages there are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PackageKind(models.TextChoices):
    BASE = "base", _("New sale")
    ADD_ON = "add_on", _("Add-on")


class OrderPurpose(models.TextChoices):
    SALE = "sale", _("Sale")
    RENEWAL = "renewal", _("Renewal")
