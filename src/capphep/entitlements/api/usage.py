"""Usage over the API: the product reports, others read."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from ninja import Field, Query, Schema
from pydantic import AwareDatetime, StrictInt

from capphep.entitlements.actions.usage import MOST_ROWS, RowOutcome, report_usage
from capphep.entitlements.models import Subscription
from capphep.entitlements.queries import Gauge, gauges_of_subscription, visible_subscriptions
from capphep.entitlements.queries.gauges import ReportedRow, Within
from capphep.entitlements.queries.subscriptions import subscription_not_found
from capphep.platform import clock
from capphep.platform.api import ApiRequest, Input, Principal, RecordId, Routes, Scope
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Refusal

routes = Routes("Usage")


class MeasuredRow(Input):
    """How much of a resource was in use at a moment: a gauge, not a difference."""

    customer: str = Field(description="budget code")
    product: str = Field(description="code")
    module: str = Field(description="code")
    resource: str = Field(description="code")
    in_use: StrictInt
    measured_at: AwareDatetime = Field(description="at most five minutes ahead")


class UsageReport(Input):
    rows: list[MeasuredRow] = Field(min_length=1, max_length=MOST_ROWS)


class RefusedRow(Schema):
    """Why one row was not taken; the others were."""

    row: int = Field(description="its place in the report, from 0")
    code: str = Field(description="stable, for programs")
    detail: str = Field(description="for people, in the language asked for")
    pointer: str = Field(description="JSON pointer (RFC 6901) to the value in the report")


class ReportOut(Schema):
    """What became of the report. Sent again, it changes nothing."""

    kept: int
    refused: list[RefusedRow]
    rows: list[Literal["current", "late", "refused"]] = Field(
        description="each row, in order: what is in use now; kept for the trend only; not taken"
    )


@routes.create("/usage", Scope.USAGE_WRITE, ReportOut, 200)
def report(request: ApiRequest, data: UsageReport) -> Any:
    """Report what is in use.

    Rows that cannot be taken are refused one by one, the others are kept. A measurement that is
    older than what is known never overwrites it.
    """
    principal = request.auth
    outcomes = report_usage(
        actor=principal.actor,
        rows=[_row(each) for each in data.rows],
        within=Within(principal.product_id, principal.customer_id),
    )
    refused = [
        _refused(place, outcome.refusal)
        for place, outcome in enumerate(outcomes)
        if outcome.refusal
    ]
    return {
        "kept": len(outcomes) - len(refused),
        "refused": refused,
        "rows": [_word(one) for one in outcomes],
    }


def _row(each: MeasuredRow) -> ReportedRow:
    return ReportedRow(
        budget_code=each.customer,
        product=each.product,
        module=each.module,
        resource=each.resource,
        in_use=each.in_use,
        measured_at=each.measured_at,
    )


def _refused(place: int, refusal: Refusal) -> dict[str, object]:
    member = "customer" if refusal.field == "budget_code" else refusal.field
    return {
        "row": place,
        "code": refusal.code,
        "detail": refusal_text(refusal),
        "pointer": f"/rows/{place}/{member}",
    }


def _word(outcome: RowOutcome) -> str:
    if outcome.refusal:
        return "refused"
    return "current" if outcome.is_current else "late"


# --- read ----------------------------------------------------------------------------------------


class UsageQuery(Schema):
    days: int = Field(30, ge=1, le=400, description="how many local days of trend, today included")


class DayOut(Schema):
    day: datetime.date = Field(description="local day")
    last: int
    peak: int


class GaugeOut(Schema):
    module: str
    resource: str
    unit: str
    in_use: int
    in_force: int = Field(description="today")
    percent: int | None = Field(description="rounded down; null where nothing is in force")
    measured_at: datetime.datetime
    is_stale: bool = Field(description="the product has not reported for some days")
    days: list[DayOut]


class UsageOut(Schema):
    customer: str = Field(description="budget code")
    product: str = Field(description="code")
    gauges: list[GaugeOut]


@routes.read("/subscriptions/{subscription_id}/usage", Scope.USAGE_READ, UsageOut)
def read_usage(request: ApiRequest, subscription_id: RecordId, query: Query[UsageQuery]) -> Any:
    """Read what is in use of a subscription, beside what is in force."""
    found = _subscription(request.auth, subscription_id)
    return {
        "customer": found.customer.budget_code,
        "product": found.product.code,
        "gauges": [
            _shown(gauge) for gauge in gauges_of_subscription(found, clock.today(), query.days)
        ],
    }


def _subscription(principal: Principal, subscription_id: int) -> Subscription:
    rows = principal.within(
        visible_subscriptions(principal.actor), customer="customer", product="product"
    )
    found = rows.filter(pk=subscription_id).first()
    if not found:
        raise subscription_not_found()
    return found


def _shown(gauge: Gauge) -> dict[str, object]:
    return {
        "module": gauge.module.code,
        "resource": gauge.resource.code,
        "unit": gauge.resource.unit,
        "in_use": gauge.in_use,
        "in_force": gauge.in_force,
        "percent": gauge.percent,
        "measured_at": gauge.measured_at,
        "is_stale": gauge.is_stale,
        "days": [{"day": one.day, "last": one.last, "peak": one.peak} for one in gauge.days],
    }
