"""Many checks at once over the API. One at a time, and faster: OFREP (docs/ofrep.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Query, Schema
from pydantic import StrictInt, StringConstraints

from capphep.entitlements.check_rules import REASONS
from capphep.entitlements.queries.checks import Checked, Question, check_many
from capphep.entitlements.queries.gauges import Within
from capphep.platform import clock
from capphep.platform.api import ApiRequest, Input, LocalDay, Routes, Scope

routes = Routes("Entitlements")
MOST_CHECKS = 1000


class CheckIn(Input):
    customer: Annotated[str, StringConstraints(max_length=20)] = Field(description="budget code")
    flag: Annotated[str, StringConstraints(max_length=130)] = Field(
        description="`igov.office` for a module, `igov.office.users` for a resource of it"
    )
    more: StrictInt | None = Field(
        None,
        ge=0,
        le=1_000_000_000,
        description="also say whether so many more of the resource would be allowed",
    )


class ChecksIn(Input):
    checks: list[CheckIn] = Field(min_length=1, max_length=MOST_CHECKS)


class CheckOut(Schema):
    """What may be used on the day. Where ``unknown`` says something, nothing else does."""

    customer: str
    flag: str
    unknown: Literal["", "customer_unknown", "flag_unknown"] = Field(
        description="what there is not, or not for this token"
    )
    granted: bool
    in_force: int = Field(description="the total of a resource; of a module 1 or 0")
    reason: str = Field(description=f"one of {', '.join(REASONS)}, or empty")
    request_no: str = Field(description="the latest request behind it, or empty")
    valid_until: LocalDay | None = Field(description="the last day with no less in force")
    in_use: int | None = Field(
        description="as the product reported last, where `more` was asked; null: never reported"
    )
    allowed: bool | None = Field(
        description="whether `in_use` and `more` are together at most `in_force`; else null"
    )


class ChecksOut(Schema):
    at: LocalDay = Field(description="the local day that was answered for")
    results: list[CheckOut] = Field(description="in the order of the checks")


class AtQuery(Schema):
    at: LocalDay | None = Field(None, description="the local day; else today")


@routes.create("/entitlements/check", Scope.ENTITLEMENTS_READ, ChecksOut, 200)
def check(request: ApiRequest, data: ChecksIn, query: Query[AtQuery]) -> Any:
    """Check many features of many customers at once.

    What there is not, and what this token may not know of, is told at each check.
    """
    day = query.at or clock.today()
    principal = request.auth
    found = check_many(
        principal.actor,
        [Question(each.customer, each.flag, each.more) for each in data.checks],
        day,
        Within(principal.product_id, principal.customer_id),
    )
    results = [_shown(each, one) for each, one in zip(data.checks, found, strict=True)]
    return {"at": day, "results": results}


def _shown(asked: CheckIn, checked: Checked) -> dict[str, object]:
    answer = checked.answer
    return {
        "customer": asked.customer,
        "flag": asked.flag,
        "unknown": checked.unknown,
        "granted": answer.quantity > 0,
        "in_force": answer.quantity,
        "reason": answer.reason,
        "request_no": answer.request_no,
        "valid_until": answer.until or None,
        "in_use": checked.in_use,
        "allowed": checked.is_allowed,
    }
