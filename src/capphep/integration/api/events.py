"""Events over the API, in the order of their commits."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Field, Query, Schema

from capphep.catalog.models import Product
from capphep.crm.queries.former import codes_ever
from capphep.platform import feed
from capphep.platform.api import ApiRequest, Principal, Routes, Scope
from capphep.platform.event_types import TYPES
from capphep.platform.models import OutboxEvent
from capphep.platform.queries import LARGEST_ID
from capphep.platform.roles import sees_all
from capphep.pure.errors import Forbidden, Invalid, gettext_noop

routes = Routes("Events")

# To the microsecond, as webhooks have it: the same event reads the same.
_MOMENT: Any = Field(json_schema_extra={"format": "date-time"})


class EventQuery(Schema):
    after: Annotated[int, Field(ge=0, le=LARGEST_ID)] = Field(
        0, description="position of the last event that you have; 0 for all"
    )
    types: str = Field("", max_length=2000, description="some types, with commas; empty for all")
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class EventOut(Schema):
    """As Standard Webhooks and CloudEvents 1.0.2 have it, with its ``position``."""

    position: int
    id: str = Field(description="the same in every delivery")
    type: str
    timestamp: str = _MOMENT
    time: str = _MOMENT
    specversion: str
    source: str
    subject: str
    datacontenttype: str
    data: dict[str, Any] = Field(description="the record after the change, see docs/events.md")


class Events(Schema):
    items: list[EventOut]
    after: int = Field(description="ask for what comes next with this")


@routes.read("/events", Scope.EVENTS_READ, Events)
def list_events(request: ApiRequest, query: Query[EventQuery]) -> Any:
    """Read events in the order of their commits.

    Whatever is committed later has a higher position than all that was ever answered.
    """
    _require_reader(request.auth)
    types = _types(query.types)
    feed.place()
    found = feed.after(query.after, types=types, limit=query.limit, **_bounds(request.auth))
    last = found[-1].position if found else query.after
    return {"items": [_shown(event) for event in found], "after": last}


def _require_reader(principal: Principal) -> None:
    """Who reads only a team's records would read of others' here."""
    if not sees_all(principal.actor):
        message = gettext_noop("Events are read by a user that may read every record.")
        raise Forbidden("not_permitted", message)


def _types(text: str) -> list[str]:
    types = [word.strip() for word in text.split(",") if word.strip()]
    for type_ in types:
        if type_ not in TYPES:
            message = gettext_noop("There is no type of event %(type)s.")
            raise Invalid("event_type_unknown", message, field="types", params={"type": type_})
    return types


def _bounds(principal: Principal) -> dict[str, Any]:
    """Whom the events of a bound token concern, as events name them: also by former codes (D3)."""
    bounds: dict[str, Any] = {}
    if principal.customer_id is not None:
        bounds["customers"] = codes_ever(principal.customer_id)
    if principal.product_id is not None:
        bounds["product"] = Product.objects.values_list("code", flat=True).get(
            pk=principal.product_id
        )
    return bounds


def _shown(event: OutboxEvent) -> dict[str, object]:
    return {"position": event.position, **feed.body(event)}
