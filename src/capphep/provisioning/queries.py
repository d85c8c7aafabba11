"""Reads of licence requests."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Prefetch, Q, QuerySet

from capphep.catalog import schemas
from capphep.catalog.models import Module, Product
from capphep.crm.models import Customer, Order
from capphep.crm.queries.customers import compact_code
from capphep.platform import clock
from capphep.platform.numbers import REQUEST, may_mean
from capphep.platform.prepared import attach, prepared
from capphep.platform.roles import Actor, Permission, may, sees_all
from capphep.platform.word_search import FOUND_AT_MOST, beginning, holding, ids_holding
from capphep.provisioning.models import Evidence, LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.states import EDITABLE, ENDED, LIVE, OPEN, RequestKind, RequestStatus
from capphep.pure.errors import Invalids, NotFound, gettext_noop
from capphep.pure.folding import clean


def visible_requests(actor: Actor) -> QuerySet[LicenceRequest]:
    """A salesperson sees the team's requests; the desk's roles all that were ever sent."""
    rows = LicenceRequest.objects.select_related("order", "customer", "product")
    if sees_all(actor):
        return rows.filter(sent_at__isnull=False)
    return rows.filter(Q(created_by_id=actor.pk) | Q(team__isnull=False, team_id=actor.team_id))


def request_of(actor: Actor, request_id: int, *, alone: bool = False) -> LicenceRequest:
    """The request with its order, customer and product, or ``alone``.

    Raises NotFound for one that does not exist or that the actor may not see.
    """
    return _one((_visible_alone if alone else _visible_request)(actor, request_id))


def request_for_update(actor: Actor, request_id: int, *, alone: bool = False) -> LicenceRequest:
    """As `request_of`, with its sector too, its row locked until the transaction ends."""
    return _one((_locked_alone if alone else _locked_request)(actor, request_id))


@prepared
def _visible_request(actor: Actor, request_id: int) -> QuerySet[LicenceRequest]:
    return visible_requests(actor).filter(pk=request_id)


@prepared
def _visible_alone(actor: Actor, request_id: int) -> QuerySet[LicenceRequest]:
    return visible_requests(actor).select_related(None).filter(pk=request_id)


@prepared
def _locked_request(actor: Actor, request_id: int) -> QuerySet[LicenceRequest]:
    found = visible_requests(actor).select_related("sector").filter(pk=request_id)
    return found.select_for_update(of=("self",))


@prepared
def _locked_alone(actor: Actor, request_id: int) -> QuerySet[LicenceRequest]:
    found = visible_requests(actor).select_related(None).filter(pk=request_id)
    return found.select_for_update(of=("self",))


def _one(found: list[LicenceRequest]) -> LicenceRequest:
    if not found:
        raise request_not_found()
    return found[0]


def request_not_found() -> NotFound:
    return NotFound("request_not_found", gettext_noop("There is no such request."))


def search_requests(requests: QuerySet[LicenceRequest], text: str) -> QuerySet[LicenceRequest]:
    """Those whose number, order, contract, budget code or customer holds every word.

    Words alone name customers. With a digit among them, or where no customer is called so, numbers,
    orders and customers are asked one after the other; of each the newest 2,000 are found.
    """
    asked = compact_code(text)
    by_customer = holding(requests, asked, "customer__search_key")
    newest = by_customer.order_by("-pk").values_list("pk", flat=True)
    # In their order, for the first one of many is near then; `exists` would look for all.
    if not any(map(str.isdigit, asked)) and (not asked.strip() or newest[:1]):
        return by_customer
    numbers_meant = Q(request_no__in=may_mean(REQUEST, asked, clock.today()))
    numbered = requests.filter(beginning("request_no", clean(asked).upper()) | numbers_meant)
    found = {
        *numbered.order_by("-pk").values_list("pk", flat=True)[:FOUND_AT_MOST],
        *ids_holding(requests, asked, "order__search_key"),
        *newest[:FOUND_AT_MOST],
    }
    return requests.filter(pk__in=found)


def may_edit(actor: Actor, request: LicenceRequest) -> bool:
    """True for the request's own salesperson while it is a draft or was returned."""
    return (
        may(actor, Permission.REQUEST_WRITE)
        and request.created_by_id == actor.pk
        and request.status in EDITABLE
    )


def may_recall(actor: Actor, request: LicenceRequest) -> bool:
    """RULE R12: the request's own salesperson may take it back while it waits."""
    return (
        may(actor, Permission.REQUEST_WRITE)
        and request.created_by_id == actor.pk
        and request.status == RequestStatus.WAITING
    )


def may_raise_again(actor: Actor, request: LicenceRequest) -> bool:
    """Whether the order's salesperson may follow this request, which is over, with a new one."""
    return (
        may(actor, Permission.REQUEST_WRITE)
        and request.status in ENDED
        and request.order is not None
        and request.order.salesperson_id == actor.pk
        and not request.order.requests.filter(status__in=LIVE).exists()
    )


def open_without_order(
    customer: Customer, product: Product, kind: RequestKind
) -> LicenceRequest | None:
    """The one request of this kind that is being written or waits, of those without an order."""
    rows = LicenceRequest.objects.filter(
        order__isnull=True, customer=customer, product=product, kind=kind, status__in=OPEN
    )
    return rows.select_related("customer", "product").first()


def last_ended(order: Order | None) -> LicenceRequest | None:
    """The order's latest request that is over: the next one begins with what it held."""
    if order is None:
        return None
    return next(iter(_ended(order.pk)), None)


@prepared
def _ended(order_id: int) -> QuerySet[LicenceRequest]:
    rows = LicenceRequest.objects.filter(order_id=order_id, status__in=ENDED)
    return rows.select_related("decided_by").order_by("-id")[:1]


def live_request(order: Order) -> LicenceRequest | None:
    """The order's one request that is being written, waits or is approved (R4)."""
    return next(iter(_live(order.pk)), None)


@prepared
def _live(order_id: int) -> QuerySet[LicenceRequest]:
    return LicenceRequest.objects.filter(order_id=order_id, status__in=LIVE)


def lines_of(request: LicenceRequest) -> QuerySet[RequestLine]:
    """The request's module lines with module and quantities; two statements."""
    quantities = RequestQuantity.objects.select_related("resource").order_by("id")
    return request.lines.select_related("module").prefetch_related(
        Prefetch("quantities", quantities)
    )


def whole_lines_of(request: LicenceRequest) -> list[RequestLine]:
    """The same, read at once."""
    lines = _lines(request.pk)
    for line in lines:
        line.request = request
    attach(lines, "quantities", _quantities(request.pk), "line")
    return lines


@prepared
def _lines(request_id: int) -> QuerySet[RequestLine]:
    rows = RequestLine.objects.filter(request_id=request_id).select_related("module")
    return rows.order_by("position")


@prepared
def _quantities(request_id: int) -> QuerySet[RequestQuantity]:
    rows = RequestQuantity.objects.filter(line__request_id=request_id).select_related("resource")
    return rows.order_by("id")


def missing_extra(line: RequestLine) -> int:
    """How many of the module's additional fields are still missing or not right."""
    texts = {name: str(value) for name, value in line.extra.items()}
    try:
        schemas.clean_values(line.module.extra_schema, texts)
    except Invalids as found:
        return len(found.refusals)
    return 0


def other_modules(request: LicenceRequest, lines: Sequence[RequestLine]) -> QuerySet[Module]:
    """The modules of the product that the order does not buy."""
    bought = [line.module_id for line in lines]
    rows = Module.objects.filter(product_id=request.product_id).exclude(pk__in=bought)
    return rows.order_by("position", "id")


def decided_on(rows: QuerySet[LicenceRequest], day: datetime.date) -> QuerySet[LicenceRequest]:
    """Those that were decided on the local day."""
    return rows.filter(decided_at__range=(clock.start_of(day), clock.end_of(day)))


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


def requests_with_file(sha256: str) -> QuerySet[Evidence, tuple[str, str]]:
    """(request number, name of the file there) of everything that the content is evidence of."""
    rows = Evidence.objects.filter(file=sha256).order_by("request__request_no", "id")
    return rows.values_list("request__request_no", "name")
