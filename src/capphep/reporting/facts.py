"""What the records count as: read from them, nothing else; the same for one and for all."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.db.models import Case, F, Max, When
from django.utils import timezone

from capphep.crm.models import Order, OwnedProduct
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.provisioning.models import LicenceRequest, Round, RoundOutcome
from capphep.provisioning.states import WAS_APPROVED, RequestStatus
from capphep.reporting import rules
from capphep.reporting.models import AnswerFact, EndFact, OrderFact, RequestFact

_GRANTED: Final = (GrantKind.APPROVAL, GrantKind.TRIAL, GrantKind.WITHDRAWAL)
_SAID: Final = (RoundOutcome.RETURNED.value, RoundOutcome.REJECTED.value)

_FILED_REQUEST: Final = {
    "product": F("product_id"),
    "project": F("order__project_id"),
    # Who sells: of a request without an order, who made it.
    "salesperson": Case(
        When(order__isnull=False, then=F("order__salesperson_id")), default=F("created_by_id")
    ),
    "province": F("customer__province"),
}


def order_facts(ids: Collection[int]) -> list[OrderFact]:
    """Those of orders that are followed (R13). One statement."""
    rows = Order.objects.filter(pk__in=ids, is_active=True).values_list(
        "pk",
        "ordered_on",
        "product_id",
        "project_id",
        "salesperson_id",
        "team_id",
        "customer__province",
        "licence_status",
        "total",
    )
    return [
        OrderFact(
            order=row[0],
            day=row[1],
            month=rules.first_of_month(row[1]),
            product=row[2],
            project=row[3] or 0,
            salesperson=row[4],
            team=row[5] or 0,
            province=row[6],
            status=row[7],
            amount=row[8],
        )
        for row in rows.order_by("pk")
    ]


class RequestFacts:
    """Those of some requests. Two statements."""

    def __init__(self, ids: Collection[int]) -> None:
        self._requests = {
            row["pk"]: row
            for row in LicenceRequest.objects.filter(pk__in=ids, sent_at__isnull=False)
            .annotate(**{f"filed_{name}": value for name, value in _FILED_REQUEST.items()})
            .order_by("pk")
            .values(
                "pk",
                "kind",
                "status",
                "decided_at",
                "created_at",
                "order__created_at",
                "team_id",
                *(f"filed_{name}" for name in _FILED_REQUEST),
            )
        }
        self._rounds: dict[int, list[Any]] = defaultdict(list)
        rounds = Round.objects.filter(request__in=list(self._requests)).order_by("number")
        for row in rounds.values_list(
            "request_id", "pk", "sent_at", "ended_at", "ended_on", "outcome", "ended_by_id",
            "comments", named=True,
        ):  # fmt: skip
            self._rounds[row.request_id].append(row)

    def approved(self) -> list[RequestFact]:
        return [
            self._approved(pk, row)
            for pk, row in self._requests.items()
            if row["status"] in WAS_APPROVED and row["decided_at"]
        ]

    def answers(self) -> list[AnswerFact]:
        return [
            fact
            for pk, row in self._requests.items()
            for one in self._rounds[pk]
            if one.outcome in _SAID
            for fact in _answers(pk, row, one)
        ]

    def _approved(self, pk: int, row: Mapping[str, Any]) -> RequestFact:
        day = timezone.localdate(row["decided_at"])
        draft, desk, sales = _times(row, self._rounds[pk])
        return RequestFact(
            request=pk,
            kind=row["kind"],
            was_withdrawn=row["status"] == RequestStatus.WITHDRAWN,
            day=day,
            month=rules.first_of_month(day),
            draft=draft,
            desk=desk,
            sales=sales,
            bucket=rules.bucket(draft + desk + sales),
            **_filed(row),
        )


def _times(row: Mapping[str, Any], rounds: list[Any]) -> tuple[int, int, int]:
    """Minutes until the first sending, at the desk, and back with sales."""
    begin, end = row["order__created_at"] or row["created_at"], row["decided_at"]
    whole = rules.minutes_between(begin, end)
    if not rounds:
        return 0, whole, 0
    draft = min(rules.minutes_between(begin, rounds[0].sent_at), whole)
    waits = (rules.minutes_between(one.sent_at, one.ended_at or end) for one in rounds)
    desk = min(sum(waits), whole - draft)
    return draft, desk, whole - draft - desk


def _filed(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[f"filed_{name}"] for name in _FILED_REQUEST}
    return {**named, "project": named["project"] or 0, "team": row["team_id"] or 0}


def _answers(pk: int, row: Mapping[str, Any], one: Any) -> Iterator[AnswerFact]:
    day: datetime.date = one.ended_on or timezone.localdate(one.ended_at)
    # Lines of one request are numbered: which module it was matters less than that it was one.
    fields = sorted({"line" if name.startswith("line-") else name for name in one.comments})
    for number, field in enumerate(fields or [""]):
        yield AnswerFact(
            round=one.pk,
            request=pk,
            field=field,
            is_first=number == 0,
            outcome=one.outcome,
            kind=row["kind"],
            officer=one.ended_by_id or 0,
            day=day,
            month=rules.first_of_month(day),
            **_filed(row),
        )


def grants_of(requests: Collection[int]) -> dict[int, list[tuple[int, int, int]]]:
    """(module, resource, quantity) that each request granted; below zero: taken back.

    One statement.
    """
    numbers = LicenceRequest.objects.filter(pk__in=requests).values_list("request_no", "pk")
    by_number = dict(numbers)
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    rows = Grant.objects.filter(request_no__in=list(by_number), kind__in=_GRANTED)
    for number, module, resource, quantity in rows.values_list(
        "request_no", "module_id", "resource_id", "quantity"
    ):
        found[by_number[number]].append((module, resource, quantity))
    return found


def end_facts(subscriptions: Collection[int]) -> list[EndFact]:
    """When each ends: the last day of all that its customer has of the product.

    Those that nothing but a trial ever held have none. Three statements.
    """
    rows = Subscription.objects.filter(pk__in=subscriptions).values_list(
        "pk",
        "customer_id",
        "product_id",
        "customer__owner_id",
        "customer__team_id",
        "customer__province",
    )
    found = list(rows.order_by("pk"))
    customers = {row[1] for row in found}
    spans = OwnedProduct.objects.filter(customer__in=customers).order_by()
    ends = {
        (customer, product): last
        for customer, product, last in spans.values_list("customer_id", "product_id").annotate(
            last=Max("last_day")
        )
    }
    amounts = _last_amounts(customers)
    return [
        EndFact(
            subscription=pk,
            customer=customer,
            ends_on=ends[customer, product],
            amount=amounts.get((customer, product), 0),
            product=product,
            salesperson=owner or 0,
            team=team or 0,
            province=province,
        )
        for pk, customer, product, owner, team, province in found
        if (customer, product) in ends
    ]


def _last_amounts(customers: Collection[int]) -> dict[tuple[int, int], int]:
    """What the latest approved order of each customer and product came to."""
    rows = LicenceRequest.objects.filter(
        customer__in=customers, status=RequestStatus.APPROVED, order__isnull=False
    ).order_by("decided_at", "pk")
    return {
        (customer, product): amount
        for customer, product, amount in rows.values_list("customer_id", "product_id", "amount")
    }
