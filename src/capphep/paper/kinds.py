"""The papers that there are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperKind(models.TextChoices):
    ORDER = "order", _("Order")
    REQUEST = "request", _("Licence/subscription request")
    HANDOVER = "handover", _("Handover record")
