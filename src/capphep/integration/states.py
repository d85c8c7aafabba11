"""Where an endpoint and a delivery to it stand."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class EndpointStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    DISABLED = "disabled", _("Switched off after failures")


ENDPOINT_STATUS: Final = StateTable(
    moves={
        ("pause", EndpointStatus.ACTIVE): EndpointStatus.PAUSED,
        ("disable", EndpointStatus.ACTIVE): EndpointStatus.DISABLED,
        ("resume", EndpointStatus.PAUSED): EndpointStatus.ACTIVE,
        ("resume", EndpointStatus.DISABLED): EndpointStatus.ACTIVE,
    },
    labels={
        EndpointStatus.ACTIVE: gettext_noop("Active"),
        EndpointStatus.PAUSED: gettext_noop("Paused"),
        EndpointStatus.DISABLED: gettext_noop("Switched off after failures"),
    },
)


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


DELIVERY_STATUS: Final = StateTable(
    moves={
        ("deliver", DeliveryStatus.WAITING): DeliveryStatus.DELIVERED,
        ("give_up", DeliveryStatus.WAITING): DeliveryStatus.FAILED,
        ("redeliver", DeliveryStatus.DELIVERED): DeliveryStatus.WAITING,
        ("redeliver", DeliveryStatus.FAILED): DeliveryStatus.WAITING,
    },
    labels={
        DeliveryStatus.WAITING: gettext_noop("On its way"),
        DeliveryStatus.DELIVERED: gettext_noop("Delivered"),
        DeliveryStatus.FAILED: gettext_noop("Given up"),
    },
)
