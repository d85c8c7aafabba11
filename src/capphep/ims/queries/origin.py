"""Where a granted number comes from: order, request, grants, evidence, people, licence (R2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from capphep.catalog.models import FormerContent, ItemContent
from capphep.crm.models import Order, OrderLine
from capphep.crm.queries.orders import visible_orders
from capphep.entitlements.models import ADDITIONS, Grant, Licence, Subscription
from capphep.platform.roles import Actor
from capphep.provisioning.models import (
    Evidence,
    LicenceRequest,
    RequestQuantity,
    Withdrawal,
)
from capphep.provisioning.queries import evidence_of, visible_requests
from capphep.provisioning.states import WithdrawalStatus
from capphep.pure.errors import NotFound, gettext_noop


@dataclass(frozen=True, slots=True)
class OrderedPart:
    """An order line that carries the resource: quantity × units of the item today."""

    line: OrderLine
    units: int
    months: int

    @property
    def added(self) -> int:
        return self.line.quantity * self.units


@dataclass(frozen=True, slots=True)
class RequestBehind:
    """The request that a grant bears the number of, as far as the reader may see it.

    ``order`` is None where there is none or where the reader may not open it; ``parts``
    are what the order says of the resource; ``withdrawal`` was confirmed.
    """

    record: LicenceRequest
    quantity: RequestQuantity | None
    order: Order | None
    parts: Sequence[OrderedPart]
    evidence: Sequence[Evidence]
    withdrawal: Withdrawal | None

    @property
    def adds_up(self) -> bool:
        """Whether today's catalogue still explains the quantity from the order."""
        asked = self.quantity.added if self.quantity else 0
        return sum(part.added for part in self.parts) == asked


@dataclass(frozen=True, slots=True)
class Origin:
    """An addition, what takes it back, the request and the licences behind it.

    ``request`` is None for what was in force before capphep and for what the reader may
    not see.
    """

    grant: Grant
    opposites: Sequence[Grant]
    request: RequestBehind | None
    licences: Sequence[Licence]


def origin_of(actor: Actor, subscription: Subscription, grant_id: int) -> Origin:
    """The origin of a grant of a subscription that the actor may see. Raises NotFound."""
    rows = subscription.grants.select_related("module", "resource")
    grant = rows.filter(pk=grant_id, kind__in=ADDITIONS).first()
    if not grant:
        raise NotFound("grant_not_found", gettext_noop("There is no such grant."))
    same_line = rows.filter(source=grant.source, resource=grant.resource_id)
    licences = subscription.licences.filter(request_no=grant.request_no)
    return Origin(
        grant=grant,
        opposites=list(same_line.exclude(kind__in=ADDITIONS).order_by("id")),
        request=_request(actor, grant),
        licences=list(licences.order_by("version")),
    )


def _request(actor: Actor, grant: Grant) -> RequestBehind | None:
    rows = visible_requests(actor).select_related("created_by", "sent_by", "decided_by")
    record = rows.filter(request_no=grant.request_no).first()
    if not record:
        return None
    quantities = RequestQuantity.objects.filter(
        line__request=record, line__position=grant.source.rpartition("/")[2]
    )
    quantity = quantities.filter(resource=grant.resource_id).select_related("line", "resource")
    confirmed = record.withdrawals.filter(status=WithdrawalStatus.CONFIRMED)
    return RequestBehind(
        record=record,
        quantity=quantity.first(),
        order=visible_orders(actor).filter(requests=record).first(),
        parts=_parts(record, grant),
        evidence=list(evidence_of(record)),
        withdrawal=confirmed.select_related("proposed_by", "decided_by").first(),
    )


def _parts(record: LicenceRequest, grant: Grant) -> list[OrderedPart]:
    if not record.order_id:
        return []
    lines = OrderLine.objects.filter(order=record.order_id).select_related("item")
    given = _given(lines, grant)
    parts = [(line, given.get((line.item_id, line.edition))) for line in lines.order_by("position")]
    return [OrderedPart(line, *part) for line, part in parts if part]


def _given(lines: QuerySet[OrderLine], grant: Grant) -> dict[tuple[int, int], tuple[int, int]]:
    """What one package of each item gives of the resource: (item, edition) to units, months."""
    place: dict[str, Any] = {"module": grant.module_id, "resource": grant.resource_id}
    place["item__in"] = lines.values("item")
    now = ItemContent.objects.filter(**place).values_list(
        "item_id", "item__edition", "units", "item__term_months"
    )
    former = FormerContent.objects.filter(**place).values_list(
        "item_id", "edition", "units", "months"
    )
    return {(item, edition): (units, months) for item, edition, units, months in [*former, *now]}
