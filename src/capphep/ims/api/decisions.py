"""*Phê duyệt*, *Từ chối*, *Trả lại* over the API: the officer sees, and confirms what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse

from capphep.ims import actions
from capphep.ims.api.schemas import (
    ApprovalOut,
    ApproveIn,
    MovedProblem,
    RejectIn,
    ReturnIn,
    ReviewOut,
)
from capphep.ims.api.shown import check_shown, difference_shown
from capphep.ims.checks import Check
from capphep.ims.queries import desk
from capphep.ims.queries.checks import checks_of
from capphep.ims.queries.evidence import files_of
from capphep.platform import clock
from capphep.platform.api import ApiRequest, Principal, Routes, Scope, pointing, problem
from capphep.provisioning.api.requests import request_answer, request_named
from capphep.provisioning.api.schemas import RequestOut
from capphep.provisioning.models import LicenceRequest

routes = Routes("Decisions")


@routes.read("/requests/{request_no}/review", Scope.REQUESTS_READ, ReviewOut)
def review(request: ApiRequest, request_no: str) -> Any:
    """What an approval today would do, the automatic checks, and the fingerprint to confirm."""
    found = request_named(request.auth, request_no)
    record, day = desk.desk_request(request.auth.actor, found.pk), clock.today()
    difference = desk.difference_of(record, day)
    checks = checks_of(record, difference, files_of(record), day)
    known = _known(request.auth, checks)
    return difference_shown(difference) | {
        "request_no": record.request_no,
        "status": record.status,
        "held_by": record.assigned_to.full_name if record.assigned_to else "",
        "checks": [check_shown(check, known) for check in checks],
    }


def _known(principal: Principal, checks: Sequence[Check]) -> set[int]:
    """Of the other requests that checks speak of, those within the token's bounds."""
    ids = {link.request_id for check in checks for link in check.links}
    if not principal.is_bound:
        return ids
    rows = LicenceRequest.objects.filter(pk__in=ids)
    within = principal.within(rows, customer="customer", product="product")
    return set(within.values_list("pk", flat=True))


@routes.create(
    "/requests/{request_no}/approve",
    Scope.REQUESTS_DECIDE,
    ApprovalOut,
    200,
    refused={409: MovedProblem},
)
def approve(request: ApiRequest, request_no: str, data: ApproveIn) -> Any:
    """Approve what the review showed, once (R4); 409 with the new review if it moved (R3)."""
    found = request_named(request.auth, request_no)
    try:
        approval = actions.approve(
            actor=request.auth.actor, request_id=found.pk, seen=data.fingerprint
        )
    except actions.BaseMoved as moved:
        now = difference_shown(desk.previewed(moved.review))
        return problem(moved.status, [moved], review=now)
    return {
        "request_no": approval.request.request_no,
        "status": approval.request.status,
        "subscription": approval.subscription.pk,
        "subscription_version": approval.subscription.version,
        "licence_no": approval.licence.licence_no,
    }


@routes.create("/requests/{request_no}/reject", Scope.REQUESTS_DECIDE, RequestOut, 200)
def reject(request: ApiRequest, request_no: str, data: RejectIn, response: HttpResponse) -> Any:
    """Reject a request with a reason; its order is free again."""
    found = request_named(request.auth, request_no)
    actions.reject(actor=request.auth.actor, request_id=found.pk, reason=data.reason)
    return request_answer(request.auth, request_no, response)


@routes.create("/requests/{request_no}/return", Scope.REQUESTS_DECIDE, RequestOut, 200)
def give_back(request: ApiRequest, request_no: str, data: ReturnIn, response: HttpResponse) -> Any:
    """Return a request for changes, with comments in general and by field."""
    found = request_named(request.auth, request_no)
    with pointing(lambda field: f"comments/{field}" if field in data.comments else field):
        actions.return_request(
            actor=request.auth.actor,
            request_id=found.pk,
            comment=data.comment,
            comments=data.comments,
        )
    return request_answer(request.auth, request_no, response)
