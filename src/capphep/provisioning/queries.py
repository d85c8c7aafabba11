"""Reads of licence requests."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from capphep.catalog.models import ItemContent, Module, Resource
from capphep.crm.models import Order
from capphep.entitlements import queries as entitlements
from capphep.entitlements.rules import Base
from capphep.platform.roles import Actor, Permission, may, sees_all
from capphep.provisioning import rules
from capphep.provisioning.models import Evidence, LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.months import Term, term


@dataclass(frozen=True, slots=True)
class ReviewedQuantity:
    """RULE R3: the base then (when sent) and now, what is bought, and the new total."""

    record: RequestQuantity
    resource: Resource
    then: int
    base: Base
    added: int

    @property
    def total(self) -> int:
        return self.base.quantity + self.added

    @property
    def has_moved(self) -> bool:
        return self.then != self.base.quantity


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    line: RequestLine
    term: Term
    quantities: Sequence[ReviewedQuantity]

    @property
    def module(self) -> Module:
        return self.line.module


@dataclass(frozen=True, slots=True)
class Review:
    """What an approval on the day would grant. ``fingerprint`` names the bases it shows."""

    lines: Sequence[ReviewedLine]
    fingerprint: str

    @property
    def has_moved(self) -> bool:
        return any(quantity.has_moved for line in self.lines for quantity in line.quantities)


def visible_requests(actor: Actor) -> QuerySet[LicenceRequest]:
    """A salesperson sees the team's requests; the desk's roles all that were ever sent."""
    rows = LicenceRequest.objects.select_related("order", "customer", "product")
    if sees_all(actor):
        return rows.filter(sent_at__isnull=False)
    return rows.filter(Q(created_by_id=actor.pk) | Q(team__isnull=False, team_id=actor.team_id))


def request_of(actor: Actor, request_id: int) -> LicenceRequest:
    """Raises NotFound for one that does not exist or that the actor may not see."""
    found = visible_requests(actor).filter(pk=request_id).first()
    if not found:
        raise NotFound("request_not_found", gettext_noop("There is no such request."))
    return found


def may_edit(actor: Actor, request: LicenceRequest) -> bool:
    """True for the request's own salesperson while it is a draft."""
    return (
        may(actor, Permission.REQUEST_WRITE)
        and request.created_by_id == actor.pk
        and request.status == RequestStatus.DRAFT
    )


def lines_of(request: LicenceRequest) -> QuerySet[RequestLine]:
    """The request's module lines with module and quantities; two statements."""
    return request.lines.select_related("module").prefetch_related("quantities__resource")


def ordered_contents(order: Order) -> list[rules.OrderedContent]:
    """What the order's lines buy, by module position; one statement."""
    contents = ItemContent.objects.filter(item__in=order.lines.values("item")).select_related(
        "item", "module"
    )
    quantities: dict[int, int] = {}
    for item_id, quantity in order.lines.values_list("item_id", "quantity"):
        quantities[item_id] = quantities.get(item_id, 0) + quantity
    return [
        rules.OrderedContent(
            module_id=content.module_id,
            resource_id=content.resource_id,
            months=content.item.term_months,
            added=quantities[content.item_id] * content.units,
        )
        for content in contents.order_by("module__position", "module_id", "item__term_months", "id")
    ]


def planned_lines(order: Order, day: datetime.date) -> list[rules.PlannedLine]:
    """RULE R1: the module lines that the order asks for, on what is in force on the day."""
    bases = entitlements.bases(order.customer_id, order.product_id, day)
    return rules.module_lines(ordered_contents(order), bases)


def review(
    request: LicenceRequest, day: datetime.date, lines: Sequence[RequestLine] | None = None
) -> Review:
    """RULE R3: the request's lines on what is in force on the day, not on what was then."""
    reached = entitlements.bases(request.customer_id, request.product_id, day)
    seen: list[tuple[tuple[int, int], int]] = []
    reviewed = []
    for line in lines if lines is not None else lines_of(request):
        quantities = []
        for quantity in sorted(line.quantities.all(), key=lambda one: one.pk):
            key = (line.module_id, quantity.resource_id)
            base = reached.get(key, Base(0))
            reached[key] = Base(base.quantity + quantity.added)
            seen.append((key, base.quantity))
            quantities.append(
                ReviewedQuantity(quantity, quantity.resource, quantity.base, base, quantity.added)
            )
        reviewed.append(ReviewedLine(line, term(day, line.months), quantities))
    return Review(reviewed, rules.fingerprint(seen))


def evidence_of(request: LicenceRequest) -> QuerySet[Evidence]:
    return request.evidence.select_related("file", "added_by").order_by("kind", "id")


def visible_evidence(actor: Actor, evidence_id: int) -> Evidence:
    """RULE R7: a file is served only to those who may see its request. Raises NotFound."""
    found = Evidence.objects.select_related("file", "request").filter(pk=evidence_id).first()
    if not found or not visible_requests(actor).filter(pk=found.request_id).exists():
        raise NotFound("file_not_found", gettext_noop("There is no such file."))
    return found


def same_files_elsewhere(request: LicenceRequest) -> QuerySet[Evidence]:
    """RULE R7: evidence of other sent requests with the same content as this request's."""
    digests = request.evidence.values("file")
    return (
        Evidence.objects.filter(file__in=digests, request__sent_at__isnull=False)
        .exclude(request=request)
        .select_related("request")
        .order_by("request__request_no", "id")
    )
