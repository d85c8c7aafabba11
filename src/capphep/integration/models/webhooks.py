"""Webhooks: endpoints of other programs, what is delivered to them, and each attempt."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.integration.models.bounds import Bounded
from capphep.integration.states import DeliveryStatus, EndpointStatus
from capphep.platform.leases import Leased, due_index
from capphep.platform.models import OutboxEvent, User


class BodyFormat(models.TextChoices):
    """The body is the same; its media type tells what its reader knows."""

    STANDARD = "application/json", _("Standard Webhooks (application/json)")
    CLOUDEVENTS = "application/cloudevents+json", _("CloudEvents (application/cloudevents+json)")


class Endpoint(Bounded):
    """An address to which events are delivered, signed.

    ``types`` empty means all. ``position`` is that of the last event that was handed over to
    `Delivery`. ``failing_since`` is the first failure after the last success, ``failures`` how
    often in a row it was busy or not there, ``rests_until`` the rest that it then has.
    """

    name = models.CharField(_("Name"), max_length=100)
    url = models.CharField(_("Address"), max_length=500)
    types = models.JSONField(_("Types of events"), default=list)
    body_format = models.CharField(
        _("Format"), max_length=40, choices=BodyFormat.choices, default=BodyFormat.STANDARD
    )
    # Sealed (`platform.sealing`): whoever signs needs the secret itself.
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    status = models.CharField(
        _("Status"),
        max_length=10,
        choices=EndpointStatus.choices,
        default=EndpointStatus.ACTIVE,
    )
    position = models.PositiveBigIntegerField(default=0)
    failing_since = models.DateTimeField(_("Failing since"), null=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(_("Last delivered"), null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="endpoint_newest")]

    def __str__(self) -> str:
        return self.name


class Delivery(Leased):
    """One event for one endpoint; a test has no event.

    ``order_key`` is the customer, or else the subject: what has the same is delivered in the
    order of ``position``. ``tries_before`` are the attempts before it was last asked for.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveBigIntegerField(default=0)
    order_key = models.CharField(max_length=60)
    status = models.CharField(
        _("Status"),
        max_length=10,
        choices=DeliveryStatus.choices,
        default=DeliveryStatus.WAITING,
    )
    tries_before = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("Made"), auto_now_add=True)
    ended_at = models.DateTimeField(_("Ended"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="delivered_once"),
        ]
        indexes = [
            due_index("delivery_due", "endpoint"),
            # Whether something of the same customer is still on its way to the same endpoint.
            models.Index(
                fields=["endpoint", "order_key", "position"],
                name="delivery_before",
                condition=models.Q(next_at__isnull=False),
            ),
            models.Index(fields=["endpoint", "status", "-id"], name="delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.event_id}"


class SendError(models.TextChoices):
    """Why nothing was answered; what the other side says is never part of it."""

    FORBIDDEN = "forbidden", _("The host leads to an address that is not on the internet.")
    UNKNOWN_HOST = "unknown_host", _("The host is not known.")
    UNREACHABLE = "unreachable", _("The host does not let itself be connected to.")
    TLS = "tls", _("The certificate is not valid, or there is no TLS.")
    TIMEOUT = "timeout", _("No answer within 15 seconds.")
    BROKEN = "broken", _("The connection broke off, or what came is no HTTP.")
    SECRET_LOST = "secret_lost", _("The secret cannot be read: make a new one.")


class Attempt(models.Model):
    """One request: where to, signed when, and what was answered (its first 1,000 bytes)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    url = models.CharField(max_length=500)
    took_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=20, blank=True, choices=SendError.choices)
    response = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"
