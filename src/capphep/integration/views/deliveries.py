"""The log of deliveries, for administrators."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.integration import webhook_queries as queries
from capphep.integration.actions import redelivery
from capphep.integration.courier import LEASE, body_of, webhook_id
from capphep.integration.models import Delivery, Endpoint
from capphep.integration.states import DeliveryStatus
from capphep.integration.views.shown import (
    attempt_row,
    delivery_status,
    subject_of,
    type_of,
)
from capphep.platform.event_types import TYPES
from capphep.platform.htmx import done, render_dialog, render_page_or_fragment
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.signed_in import actor_of

# What is being sent at the moment is due at the end of its lease.
_SOON: Final = datetime.timedelta(seconds=LEASE)


def delivery_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, DELIVERIES)


def _spec(_actor: User) -> ListSpec[Delivery]:
    return ListSpec(
        columns=(
            Column("type", gettext_lazy("Event"), "code", value=type_of),
            Column("status", gettext_lazy("Status"), "status", value=delivery_status),
            Column("subject", gettext_lazy("Record"), value=subject_of),
            Column("endpoint", gettext_lazy("Webhook")),
            Column("attempts", gettext_lazy("Attempts"), "number"),
            Column("next_at", gettext_lazy("Next attempt"), "moment"),
            Column("created_at", gettext_lazy("Made"), "moment", sort="pk"),
        ),
        default_sort="-created_at",
        row_url=lambda one: reverse("integration:delivery", args=[one.pk]),
        row_menu=_menu,
        filters=(
            Filter("status", gettext_lazy("Status"), DeliveryStatus.choices, "status"),
            Filter("endpoint", gettext_lazy("Webhook"), _endpoints, "endpoint"),
            Filter("type", gettext_lazy("Event"), list(TYPES.items()), "event__type"),
        ),
        search=queries.searched,
        search_hint=gettext_lazy("Number of the record, budget code, id of the event"),
    )


DELIVERIES: Final = ListSource(
    name="integration.deliveries",
    title=gettext_lazy("Delivery log"),
    url_name="integration:delivery_list",
    rows=queries.visible_deliveries,
    spec=_spec,
    empty_text=gettext_lazy("Nothing was sent yet."),
    intro=gettext_lazy("Each event for each webhook, with what was answered."),
)


def _endpoints() -> list[tuple[int, str]]:
    return list(Endpoint.objects.order_by("name").values_list("pk", "name"))


def _menu(delivery: Delivery) -> Sequence[MenuItem]:
    if delivery.status == DeliveryStatus.WAITING:
        return []
    again = reverse("integration:delivery_again", args=[delivery.pk])
    return [MenuItem(_("Deliver again"), again, "dialog", icon="refresh")]


def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """context: title and what `_delivery.html` names."""
    found = queries.delivery_of(actor_of(request), delivery_id)
    body = json.loads(body_of(found, found.endpoint))
    context: dict[str, Any] = {
        "title": type_of(found),
        "delivery": found,
        "band": _band(found),
        "type": type_of(found),
        "subject": subject_of(found),
        "webhook_id": webhook_id(found),
        "body": json.dumps(body, ensure_ascii=False, indent=2),
        "tries": [attempt_row(one) for one in found.tries.order_by("-number")],
        "is_waiting": found.status == DeliveryStatus.WAITING,
        "is_due": found.next_at is not None and found.next_at < timezone.now() + _SOON,
    }
    page = "integration/delivery.html"
    return render_page_or_fragment(request, page, "integration/_delivery.html", context)


def _band(delivery: Delivery) -> HeaderBand:
    menu = _menu(delivery)
    return HeaderBand(
        title=type_of(delivery),
        number=subject_of(delivery),
        status=delivery_status(delivery),
        primary=menu[0] if menu else None,
        back_url=reverse("integration:endpoint", args=[delivery.endpoint_id]),
        back_label=delivery.endpoint.name,
    )


def delivery_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """context: title, text, action, back_url."""
    queries.delivery_of(actor_of(request), delivery_id)
    page = reverse("integration:delivery", args=[delivery_id])
    if request.method == "POST":
        redelivery.redeliver(actor=actor_of(request), delivery_id=delivery_id)
        return done(request, _("It goes out again."), back=page)
    context = {
        "title": _("Deliver it again?"),
        "text": _("The event keeps its id: who has handled it knows it again."),
        "action": request.path,
        "back_url": page,
    }
    return render_dialog(request, "platform/_confirm.html", context)
