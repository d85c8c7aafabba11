"""How endpoints, deliveries and attempts are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.integration.actions.outcomes import FAILING, GONE
from capphep.integration.models import Attempt, Delivery, Endpoint
from capphep.integration.retry_rules import is_success
from capphep.integration.states import DeliveryStatus, EndpointStatus
from capphep.platform.event_types import TEST
from capphep.platform.history import HistoryEntry, history_of
from capphep.platform.kit import Status, Tone

_DELIVERY_TONES: Final[dict[str, Tone]] = {
    DeliveryStatus.WAITING: "waiting",
    DeliveryStatus.DELIVERED: "good",
    DeliveryStatus.FAILED: "bad",
}
_ENDPOINT_TONES: Final[dict[str, Tone]] = {
    EndpointStatus.ACTIVE: "good",
    EndpointStatus.PAUSED: "gone",
    EndpointStatus.DISABLED: "bad",
}

_WHY_DISABLED: Final = {
    GONE: gettext_lazy("The address says that it is gone (410)."),
    FAILING: gettext_lazy("Nothing could be delivered for a day."),
}


def history(endpoint: Endpoint) -> list[HistoryEntry]:
    """The audit trail, with the reasons for which it was switched off in words."""
    return [
        replace(
            entry,
            changes=[
                (label, before, str(_WHY_DISABLED.get(after, after)))
                for label, before, after in entry.changes
            ],
        )
        for entry in history_of(endpoint)
    ]


def endpoint_status(endpoint: Endpoint) -> Status:
    if endpoint.status == EndpointStatus.ACTIVE and endpoint.failing_since:
        return Status(_("Failing"), "waiting")
    return Status(endpoint.get_status_display(), _ENDPOINT_TONES[endpoint.status])


def delivery_status(delivery: Delivery) -> Status:
    return Status(delivery.get_status_display(), _DELIVERY_TONES[delivery.status])


def type_of(delivery: Delivery) -> str:
    return delivery.event.type if delivery.event else TEST


def subject_of(delivery: Delivery) -> str:
    return delivery.event.subject if delivery.event else ""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery in a short table."""

    delivery: Delivery
    url: str
    type: str
    subject: str
    status: Status


def delivery_row(delivery: Delivery) -> DeliveryRow:
    return DeliveryRow(
        delivery,
        reverse("integration:delivery", args=[delivery.pk]),
        type_of(delivery),
        subject_of(delivery),
        delivery_status(delivery),
    )


@dataclass(frozen=True, slots=True)
class AttemptRow:
    attempt: Attempt
    result: Status


def attempt_row(attempt: Attempt) -> AttemptRow:
    if attempt.status is None:
        return AttemptRow(attempt, Status(attempt.get_error_display(), "bad"))
    tone: Tone = "good" if is_success(attempt.status) else "bad"
    return AttemptRow(attempt, Status(f"HTTP {attempt.status}", tone))


def shown_once(response: HttpResponse) -> HttpResponse:
    """The page that shows a secret, in the place of the whole record, and kept by nobody."""
    # The form's own request would take only the form's place.
    response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = "#record"
    response.headers["Cache-Control"] = "no-store"
    return response
